import { SendMessageBatchCommand } from '@aws-sdk/client-sqs'
import { expect, it } from 'vitest'
import { batchHandler } from '../../../functions/wiring/batch-handler.ts'
import { createHeartbeatWorker } from '../../../shared/dispatch/heartbeat-worker.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import type { NodeUsage } from '../../../shared/resources/metrics/node-usage.ts'
import { FakeSqs } from '../../fakes/fake-sqs.ts'
import { ManualClock } from '../../fakes/manual-clock.ts'

/** Each body is sent a second after the one before. */
const noted = async (...bodies: unknown[]) => {
  const clock = new ManualClock()
  const begunMs = clock.now()
  const sqs = new FakeSqs(clock)
  const QueueUrl = sqs.create('heartbeats')
  for (const [i, body] of bodies.entries()) {
    const MessageBody = typeof body === 'string' ? body : JSON.stringify(body)
    await sqs.client.send(new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: String(i), MessageBody }] }))
    clock.advance(1000)
  }
  clock.advance(60_000)
  const recorded: ReadonlyMap<string, number>[] = []
  const used: Record<string, NodeUsage> = {}
  const said: string[] = []
  const heartbeats = {
    record: async (beats: ReadonlyMap<string, number>) => {
      recorded.push(beats)
    },
    recordUsage: async (usages: ReadonlyMap<string, NodeUsage>) => {
      for (const [node, usage] of usages) used[node] = usage
    },
  }
  const log = createLogger({ write: (line) => said.push(line) })
  expect(
    await sqs.deliver(
      QueueUrl,
      batchHandler(async () => createHeartbeatWorker({ heartbeats, log })),
    ),
  ).toBe(true)
  expect([recorded.length, sqs.bodies(QueueUrl)]).toEqual([1, []])
  return {
    secondsOf: Object.fromEntries([...recorded[0]!].map(([node, ms]) => [node, (ms - begunMs) / 1000])),
    said,
    used,
    begunMs,
  }
}

it('notes when the queue took the newest of each node, all at once', async () => {
  expect(await noted({ node: 'a' }, { node: 'b' }, { node: 'a' })).toMatchObject({
    secondsOf: { a: 2, b: 1 },
    used: {},
    said: [],
  })
})

it.each([
  ['behind', -40_000],
  ['ahead', 86_400_000],
])("asks no node's clock, that of one who is %s least of all", async (_, byMs) => {
  expect((await noted({ node: 'a', atMs: new ManualClock().now() + byMs })).secondsOf).toEqual({ a: 0 })
})

it.each(['no JSON', 'null', {}, { node: 1 }, { node: '' }, { node: 'x'.repeat(254) }, { node: 'not a name' }])(
  'drops %j and nothing beside it',
  async (bad) => {
    const { secondsOf, said } = await noted(bad, { node: 'a' })
    expect([secondsOf, said.length]).toEqual([{ a: 1 }, 1])
  },
)

it.each([
  ['AROAEXAMPLE:i-1', ['i-1']],
  ['AROAEXAMPLE:i-2', ['i-2']],
  ['AROAEXAMPLE:', []],
  ['AROAEXAMPLE:x:i-1', []],
  // no role's session: only who may administer the queue sends without one
  ['123456789012', ['i-1', 'i-2']],
  [undefined, ['i-1', 'i-2']],
])('takes from %s only what it says of itself', async (sender, nodes) => {
  const recorded: string[] = []
  const said: string[] = []
  const work = createHeartbeatWorker({
    heartbeats: {
      record: async (beats) => void recorded.push(...beats.keys()),
      recordUsage: async (usages) => void recorded.push(...usages.keys()),
    },
    log: createLogger({ write: (line) => said.push(line) }),
  })
  const messages = ['i-1', 'i-2'].map((node) => ({ id: node, body: JSON.stringify({ node }), sentMs: 1, sender }))
  expect(await work(messages)).toEqual([])
  expect(recorded).toEqual(nodes)
  expect(said).toHaveLength(2 - nodes.length)
})

it('notes what a node uses by when the queue took it, the newest of several, and nothing that is no usage', async () => {
  const usage = (cpuNanoCores: number) => ({
    ...{ atMs: 5_000_000, windowMs: 60_000, cpuNanoCores, memoryBytes: 7 },
    pods: [{ atMs: 4_999_000, windowMs: 60_000, namespace: 'default', name: 'one', uid: 'u', containers: [] }],
  })
  const { used, begunMs, secondsOf } = await noted(
    { node: 'a', usage: usage(1) },
    { node: 'a', usage: usage(2) },
    { node: 'b', usage: { ...usage(1), cpuNanoCores: -1 } },
    { node: 'c' },
  )
  expect(Object.keys(used)).toEqual(['a'])
  expect(used.a).toMatchObject({ cpuNanoCores: 2, atMs: begunMs + 1000, pods: [{ name: 'one', atMs: begunMs }] })
  expect(secondsOf).toEqual({ a: 1, b: 2, c: 3 })
})
