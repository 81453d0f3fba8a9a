import { afterEach, beforeEach, expect, it } from 'vitest'
import { dueTasks } from '../../functions/wiring/clock-tasks.ts'
import { namespaces, nodes, pods } from '../../shared/resources/resource.ts'
import { type Functions, startFunctions } from './environment.ts'

let run: Functions
beforeEach(async () => {
  run = await startFunctions()
})
afterEach(() => run.stop())

const minute = (count: number) => count * 60_000

const month = 30 * 24 * 60
const done = (minutes: Readonly<Record<string, number>>) =>
  new Map(Object.entries(minutes).map(([task, at]) => [task, minute(at)]))

it.each([
  { what: 'nothing is known', at: 1, last: {}, due: ['tick', 'sweep', 'resync', 'reencrypt', 'sweepVault', 'rotateKeys'] },
  { what: 'all was done', at: 1, last: { sweep: 1, resync: 1, reencrypt: 1, rotateKeys: 1 }, due: ['tick'] },
  {
    what: 'a minute was late',
    at: 66,
    last: { sweep: 60, resync: 1, reencrypt: 59, rotateKeys: 1 },
    due: ['tick', 'sweep', 'resync'],
  },
  {
    what: 'a month has gone',
    at: month + 1,
    last: { sweep: month, resync: month, reencrypt: month, rotateKeys: 1 },
    due: ['tick', 'rotateKeys'],
  },
  { what: 'an older ring comes late', at: 30, last: { sweep: 60, resync: 60, reencrypt: 60, rotateKeys: 60 }, due: ['tick'] },
])('knows what is due when $what', ({ what, at, last, due }) => {
  expect(dueTasks(minute(at), done(what === 'nothing is known' ? last : { sweepVault: at, ...last }))).toEqual(due)
})

it('rings a few seconds early and is not taken for too early', () => {
  expect(dueTasks(minute(60) - 5000, done({ sweep: 55, resync: 0, reencrypt: 0, rotateKeys: 0 }))).toContain('resync')
})

const countOf = (task: string) => run.clockWork.filter((each) => each === task).length

it('does again the next minute what failed, and once what two rings ask for', async () => {
  run.failClock('reencrypt')
  await expect(run.wakeClock(minute(1))).rejects.toThrow('reencrypt by the test')
  run.failClock(undefined)
  await run.wakeClock(minute(2))
  await run.wakeClock(minute(2))
  await run.wakeNewClock(minute(2))
  expect([countOf('reencrypt'), countOf('removeExpired')]).toEqual([2, 4])
})

it('skips nothing when the minute of an hour never comes', async () => {
  for (const at of [1, 59, 62, 63, 121, 122, 123]) await run.wakeNewClock(minute(at))
  expect(countOf('reencrypt')).toBe(3)
})

it('makes a new data key when the last is a month old, and none at first', async () => {
  for (const at of [1, 2, month, month + 1, month + 2, 2 * month + 5]) await run.wakeClock(minute(at))
  expect(countOf('rotateKeys')).toBe(2)
})

it('makes what every cluster has, in the first minute of a new one', async () => {
  await run.wakeClock(minute(1))
  await run.settle()
  const names = (await run.client.list(namespaces)).items.map(({ metadata }) => metadata.name)
  expect(names).toEqual(['default', 'kube-node-lease', 'kube-public', 'kube-system'])
})

it('notes a node that went silent, and one that is heard again stays', async () => {
  await run.wakeClock(minute(1))
  await run.settle()
  for (const name of ['i-1', 'i-2']) await run.addNode(name)
  await run.settle()
  run.clock.leapTo(run.clock.now() + minute(1))
  await run.heartbeats.record(new Map([['i-2', run.clock.now()]]))
  await run.wakeClock(minute(2))
  await run.settle()
  const ready = async (name: string) =>
    (await run.client.get(nodes, '', name)).status?.conditions?.find(({ type }) => type === 'Ready')?.status
  expect([await ready('i-1'), await ready('i-2')]).toEqual(['Unknown', 'True'])
})

it('forgets when nodes were heard of that have been gone for an hour', async () => {
  await run.wakeClock(minute(1))
  await run.settle()
  await run.addNode('i-1')
  const now = run.clock.now()
  await run.heartbeats.record(
    new Map([
      ['i-1', now - minute(61)],
      ['gone', now - minute(61)],
      ['going', now - minute(59)],
    ]),
  )
  await run.wakeClock(minute(2))
  expect([...(await run.heartbeats.all()).keys()].toSorted()).toEqual(['going', 'i-1'])
})

it('says each minute how many pods find no node, and how many nodes are not ready', async () => {
  await run.wakeClock(minute(1))
  await run.settle()
  for (const name of ['i-1', 'i-2']) await run.addNode(name)
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'default' } }
  await run.client.create(pods, { ...pod, spec: { containers: [{ name: 'c', image: 'c:1' }], nodeSelector: { disk: 'ssd' } } })
  await run.client.patch(
    nodes,
    '',
    'i-1',
    {
      type: 'strategic',
      body: { status: { conditions: [{ type: 'Ready', status: 'False' }] } },
    },
    { subresource: 'status' },
  )
  await run.settle()
  await run.wakeClock(minute(2))
  expect(run.measured.at(-1)).toEqual({
    _aws: {
      Timestamp: run.clock.now(),
      CloudWatchMetrics: [
        {
          Namespace: 'Windlass',
          Dimensions: [['Cluster']],
          Metrics: [
            { Name: 'UnschedulablePods', Unit: 'Count' },
            { Name: 'NodesNotReady', Unit: 'Count' },
          ],
        },
      ],
    },
    Cluster: 'test',
    UnschedulablePods: 1,
    NodesNotReady: 1,
  })
})
