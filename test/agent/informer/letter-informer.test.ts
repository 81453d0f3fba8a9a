import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { LetterInformer } from '../../../agent/informer/letter-informer.ts'
import { observingClient } from '../../../agent/informer/observing-client.ts'
import type { Client } from '../../../shared/client/client.ts'
import { createInProcessClient } from '../../../shared/client/in-process.ts'
import { ApiError } from '../../../shared/meta/status.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import { type Pod, pods } from '../../../shared/resources/resource.ts'
import { admin, startTestServer } from '../../shared/apiserver/environment.ts'

let client: Client
let reads: string[]
let informer: LetterInformer<Pod>
let told: string[]
let forbidden: ReadonlySet<string>
const log = createLogger({ write: () => undefined })
const newPod = (name: string, nodeName: string) =>
  ({ metadata: { name, namespace: 'default' }, spec: { nodeName, containers: [{ name: 'c', image: 'i' }] } }) as unknown as Pod
const letter = (pod: Pod) => ({ namespace: 'default', name: pod.metadata.name, revision: Number(pod.metadata.resourceVersion) })
const names = () =>
  informer
    .list()
    .map(({ metadata }) => metadata.name)
    .sort()

beforeEach(async () => {
  const server = await startTestServer()
  onTestFinished(() => server.stop())
  await server.makeNamespace('default')
  client = createInProcessClient(server.handle, admin)
  reads = []
  forbidden = new Set()
  const counted: Client = {
    ...client,
    get: (resource, namespace, name) => {
      reads.push(`get ${name}`)
      if (forbidden.has(name)) throw new ApiError('Forbidden', `${name} is nobody's`)
      return client.get(resource, namespace, name)
    },
    list: (resource, options) => {
      reads.push('list')
      return client.list(resource, options)
    },
  }
  const belongs = ({ spec }: Pod) => spec.nodeName === 'me'
  informer = new LetterInformer({ client: counted, resource: pods, fieldSelector: 'spec.nodeName=me', belongs, log })
  told = []
  informer.onChange((object, previous) => {
    const verb = object ? (previous ? 'changed' : 'new') : 'gone'
    told.push(`${verb} ${(object ?? previous)?.metadata.name}`)
  })
})

it('reads what letters name, once, and nothing that it knows', async () => {
  const a = await client.create(pods, newPod('a', 'me'))
  await informer.relist()
  await informer.synced
  const b = await client.create(pods, newPod('b', 'me'))
  await informer.look([letter(a), letter(b)])
  await informer.look([letter(b), letter(a)])
  expect(reads).toEqual(['list', 'get b'])
  expect(told).toEqual(['new a', 'new b'])
})

it('drops what is gone, or belongs to another now, and tells one pod of a name from the next', async () => {
  const a = await client.create(pods, newPod('a', 'me'))
  await client.create(pods, newPod('other', 'you'))
  await informer.relist()
  await client.delete(pods, 'default', 'a', { gracePeriodSeconds: 0 })
  const again = await client.create(pods, newPod('a', 'me'))
  await informer.look([{ ...letter(a), revision: Number(again.metadata.resourceVersion) }])
  expect(informer.get('default', 'a')?.metadata.uid).toBe(again.metadata.uid)
  await client.delete(pods, 'default', 'a', { gracePeriodSeconds: 0 })
  await informer.look([
    { ...letter(again), revision: letter(again).revision + 1 },
    { namespace: 'default', name: 'other', revision: 1 },
  ])
  expect(names()).toEqual([])
  expect(told).toEqual(['new a', 'changed a', 'gone a'])
})

it('lists when much has changed, and finds what no letter told of', async () => {
  const made = await Promise.all(Array.from({ length: 25 }, (_, i) => client.create(pods, newPod(`p${i}`, 'me'))))
  await informer.look(made.map(letter))
  expect(reads).toEqual(['list'])
  await client.delete(pods, 'default', 'p0', { gracePeriodSeconds: 0 })
  await informer.relist()
  expect(names()).toHaveLength(24)
})

it('knows what this agent has written, before its letter comes', async () => {
  const a = await client.create(pods, newPod('a', 'me'))
  await informer.relist()
  const writing = observingClient(client, (_, object) => informer.observe(object as Pod))
  const body = { metadata: { labels: { mine: 'yes' } } }
  const patched = await writing.patch(pods, 'default', 'a', { type: 'merge', body })
  expect(informer.get('default', 'a')?.metadata.labels).toEqual({ mine: 'yes' })
  informer.observe(a)
  expect(informer.get('default', 'a')?.metadata.resourceVersion).toBe(patched.metadata.resourceVersion)
  await informer.look([letter(patched)])
  expect(reads).toEqual(['list'])
})

it('lists when it may not ask for one that is gone', async () => {
  await client.create(pods, newPod('a', 'me'))
  const b = await client.create(pods, newPod('b', 'me'))
  await informer.relist()
  for (const name of ['a', 'b']) await client.delete(pods, 'default', name, { gracePeriodSeconds: 0 })
  const c = await client.create(pods, newPod('c', 'me'))
  forbidden = new Set(['a', 'b'])
  const later = Number(c.metadata.resourceVersion)
  reads = []
  await informer.look([
    { namespace: 'default', name: 'a', revision: later },
    { ...letter(b), revision: later },
  ])
  expect(names()).toEqual(['c'])
  expect(reads).toEqual(['get a', 'get b', 'list'])
})
