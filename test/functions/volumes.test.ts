import { afterEach, beforeEach, expect, it } from 'vitest'
import { persistentVolumeClaims, persistentVolumes, pods } from '../../shared/resources/resource.ts'
import { type Functions, startFunctions } from './environment.ts'

let run: Functions
beforeEach(async () => {
  run = await startFunctions()
  await run.resync('start')
  await run.settle()
})
afterEach(() => run.stop())

it("binds a claim to a directory of its pod's node, and tells that node alone when the directory is to go", async () => {
  await run.addNode('i-1')
  await run.addNode('i-2')
  await run.client.create(persistentVolumeClaims, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', namespace: 'default' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  })
  await run.client.create(pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'writer', namespace: 'default' },
    spec: {
      containers: [{ name: 'c', image: 'c:1' }],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
      nodeSelector: { 'kubernetes.io/hostname': 'i-2' },
    },
  })
  await run.settle()
  const claim = await run.client.get(persistentVolumeClaims, 'default', 'data')
  expect(claim.status?.phase).toBe('Bound')
  expect((await run.client.get(pods, 'default', 'writer')).spec.nodeName).toBe('i-2')
  const name = claim.spec.volumeName!
  expect((await run.client.get(persistentVolumes, '', name)).spec.local?.path).toBe(`/var/lib/windlass/volumes/${name}`)
  await run.client.delete(pods, 'default', 'writer', { gracePeriodSeconds: 0 })
  await run.settle()
  await run.client.delete(persistentVolumeClaims, 'default', 'data')
  await run.settle()
  const volume = await run.client.get(persistentVolumes, '', name)
  expect([volume.metadata.deletionTimestamp !== undefined, volume.metadata.finalizers]).toEqual([
    true,
    ['windlass.dev/local-directory'],
  ])
  const letter = expect.objectContaining({ resource: 'persistentvolumes', namespace: '', name })
  expect(run.sqs.bodies('https://sqs.test/test-node-i-2')).toContainEqual(letter)
  expect(run.sqs.bodies('https://sqs.test/test-node-i-1')).not.toContainEqual(letter)
})
