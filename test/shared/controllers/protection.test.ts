import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { attributesClassProtectionController } from '../../../shared/controllers/protection/attributes-class-protection.ts'
import { claimProtectionController } from '../../../shared/controllers/protection/claim-protection.ts'
import { volumeProtectionController } from '../../../shared/controllers/protection/volume-protection.ts'
import {
  namespaces,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  serviceAccounts,
  type VolumeAttributesClass,
  volumeAttributesClasses,
} from '../../../shared/resources/resource.ts'
import { startTestCluster, type TestCluster } from './environment.ts'

let cluster: TestCluster
beforeEach(async () => {
  const controllers = [claimProtectionController, volumeProtectionController, attributesClassProtectionController]
  cluster = await startTestCluster({ controllers })
  await cluster.client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } })
  await cluster.client.create(serviceAccounts, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace: 'n' },
  })
})
afterEach(() => cluster.stop())

const makeClaim = (name: string, spec: object = {}, metadata: object = {}) =>
  cluster.client.create(persistentVolumeClaims, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'n', ...metadata },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
  } as PersistentVolumeClaim)
const makePod = (name: string, volume: object, spec: object = {}) =>
  cluster.client.create(pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'n' },
    spec: { containers: [{ name: 'c', image: 'i' }], volumes: [{ name: 'v', ...volume }], ...spec },
  } as Pod)
const claimIsGone = (name: string) => cluster.until(() => !cluster.cache.get(persistentVolumeClaims, 'n', name))
const deleteClaim = (name: string) => cluster.client.delete(persistentVolumeClaims, 'n', name)
const named = (claimName: string) => ({ persistentVolumeClaim: { claimName } })
/** Whatever there was to do is done. */
const stays = async (look: () => unknown) => {
  await cluster.cache.sync()
  await cluster.idle()
  expect(look()).toBeDefined()
}

describe('protection of what is in use', () => {
  it('a claim that no pod has goes at once', async () => {
    expect((await makeClaim('a')).metadata.finalizers).toEqual(['kubernetes.io/pvc-protection'])
    await makePod('waits', named('a'))
    await deleteClaim('a')
    await claimIsGone('a')
  })

  it('a claim stays until the last pod with a node is gone', async () => {
    await makeClaim('a')
    for (const name of ['p', 'q']) await makePod(name, named('a'), { nodeName: 'somewhere' })
    await deleteClaim('a')
    await cluster.client.delete(pods, 'n', 'p', { gracePeriodSeconds: 0 })
    await stays(() => cluster.cache.get(persistentVolumeClaims, 'n', 'a'))
    await cluster.client.delete(pods, 'n', 'q', { gracePeriodSeconds: 0 })
    await claimIsGone('a')
  })

  it('a claim of a pod alone stays with its pod, and no pod of the same name keeps it', async () => {
    const volume = {
      ephemeral: {
        volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
      },
    }
    const pod = await makePod('p', volume, { nodeName: 'somewhere' })
    const owner = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: pod.metadata.uid, controller: true }
    await makeClaim('p-v', {}, { ownerReferences: [owner] })
    await deleteClaim('p-v')
    await stays(() => cluster.cache.get(persistentVolumeClaims, 'n', 'p-v'))
    await cluster.client.delete(pods, 'n', 'p', { gracePeriodSeconds: 0 })
    await claimIsGone('p-v')
    await makePod('p', volume, { nodeName: 'somewhere' })
    await makeClaim('p-v')
    await deleteClaim('p-v')
    await claimIsGone('p-v')
  })

  it('a claim from before there was protection gets it', async () => {
    await makeClaim('a')
    await cluster.client.patch(persistentVolumeClaims, 'n', 'a', { type: 'merge', body: { metadata: { finalizers: null } } })
    await cluster.until(() => cluster.cache.get(persistentVolumeClaims, 'n', 'a')?.metadata.finalizers?.length)
  })

  it('a volume stays while it is bound', async () => {
    await cluster.client.create(persistentVolumes, {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'v' },
      spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' } },
    } as PersistentVolume)
    const become = (phase: string) =>
      cluster.client.patch(persistentVolumes, '', 'v', { type: 'merge', body: { status: { phase } } }, { subresource: 'status' })
    await become('Bound')
    await cluster.client.delete(persistentVolumes, '', 'v')
    await stays(() => cluster.cache.get(persistentVolumes, '', 'v'))
    await become('Released')
    await cluster.until(() => !cluster.cache.get(persistentVolumes, '', 'v'))
  })

  it('a class of attributes stays while a claim or a volume names it', async () => {
    await cluster.client.create(volumeAttributesClasses, {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'VolumeAttributesClass',
      metadata: { name: 'gold' },
      driverName: 'x.example.com',
      parameters: { a: 'b' },
    } as VolumeAttributesClass)
    await makeClaim('a', { volumeAttributesClassName: 'gold' })
    await cluster.client.delete(volumeAttributesClasses, '', 'gold')
    await stays(() => cluster.cache.get(volumeAttributesClasses, '', 'gold'))
    await deleteClaim('a')
    await cluster.until(() => !cluster.cache.get(volumeAttributesClasses, '', 'gold'))
  })
})
