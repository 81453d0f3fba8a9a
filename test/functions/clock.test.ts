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

it.each([
  { at: 1, due: ['tick'] },
  { at: 5, due: ['tick', 'sweep'] },
  { at: 60, due: ['tick', 'sweep', 'resync', 'reencrypt'] },
  { at: 30 * 24 * 60, due: ['tick', 'sweep', 'resync', 'reencrypt', 'rotateKeys'] },
])('knows at minute $at what is due', ({ at, due }) => {
  expect(dueTasks(minute(at) + 7000)).toEqual(due)
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
