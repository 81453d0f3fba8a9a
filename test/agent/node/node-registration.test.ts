import { afterEach, beforeEach, expect, it } from 'vitest'
import { NodeRegistration } from '../../../agent/node/node-registration.ts'
import { systemClock } from '../../../shared/platform/clock.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import { type Node, nodes } from '../../../shared/resources/resource.ts'
import { type AgentCluster, startAgentCluster } from '../environment.ts'

let cluster: AgentCluster
let registration: NodeRegistration
let beats: number
let memory: string
let tell: (node: Node) => void
beforeEach(async () => {
  cluster = await startAgentCluster()
  beats = 0
  // In the server's words: 2Mi.
  memory = '2048Ki'
  registration = new NodeRegistration({
    client: cluster.client,
    node: {
      onChange: (listener) => {
        tell = (node) => listener(node, undefined)
        return () => undefined
      },
    },
    identity: { name: 'node-1', labels: {} },
    heartbeats: {
      beat: async () => {
        beats++
      },
      delayMs: (_nowMs, everyMs) => everyMs,
    },
    usage: { news: async () => undefined, told: () => undefined },
    status: async () => ({ capacity: { memory }, images: [] }),
    health: async () => ({ notReady: undefined, memoryPressure: false, diskPressure: false }),
    events: { node: () => undefined, pod: () => undefined } as never,
    clock: systemClock,
    log: createLogger({ write: () => undefined }),
    heartbeatMs: 5,
    statusEveryMs: Number.POSITIVE_INFINITY,
  })
  await registration.start()
})
afterEach(async () => {
  registration.stop()
  await cluster.stop()
})

const get = () => cluster.client.get(nodes, '', 'node-1')
const severalBeats = async () => {
  const until = beats + 10
  await expect.poll(() => beats).toBeGreaterThan(until)
}

it('does not write a status again that the server puts in other words', async () => {
  const before = await get()
  expect(before.status?.capacity).toEqual({ memory: '2Mi' })
  await severalBeats()
  expect((await get()).metadata.resourceVersion).toBe(before.metadata.resourceVersion)
})

it('writes what changes, and what somebody else has changed', async () => {
  memory = '4096Ki'
  await expect.poll(async () => (await get()).status?.capacity).toEqual({ memory: '4Mi' })
  const body = { status: { capacity: { memory: '1Mi' } } }
  tell(await cluster.client.patch(nodes, '', 'node-1', { type: 'merge', body }, { subresource: 'status' }))
  await expect.poll(async () => (await get()).status?.capacity).toEqual({ memory: '4Mi' })
})
