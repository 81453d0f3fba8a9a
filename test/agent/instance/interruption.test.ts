import { afterEach, beforeEach, expect, it } from 'vitest'
import { watchInterruption } from '../../../agent/instance/interruption.ts'
import { endingTaint } from '../../../shared/placement/annotation.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import { nodes, type Pod, pods } from '../../../shared/resources/resource.ts'
import { ManualClock } from '../../fakes/manual-clock.ts'
import { type AgentCluster, startAgentCluster } from '../environment.ts'

let cluster: AgentCluster
let clock: ManualClock
let stopping: AbortController
let notice: { action: string; atMs: number } | undefined
let told: string[]
let all: Pod[]

beforeEach(async () => {
  cluster = await startAgentCluster()
  clock = new ManualClock()
  stopping = new AbortController()
  notice = undefined
  told = []
  await cluster.client.create(nodes, { metadata: { name: 'node-1' }, spec: {} })
  const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'd', uid: 'd', controller: true }
  const daemon = await cluster.createPod('daemon', {})
  all = [await cluster.createPod('web', {}), { ...daemon, metadata: { ...daemon.metadata, ownerReferences: [owner] } }]
})
afterEach(async () => {
  stopping.abort()
  await cluster.stop()
})

const start = (isSpot = true) =>
  watchInterruption({
    metadata: { isSpot: async () => isSpot, interruption: async () => notice },
    nodeName: 'node-1',
    client: cluster.nodeClient,
    pods: () => all,
    events: {
      node: (_node, { reason, message }) => told.push(`${reason}: ${message}`),
      pod: () => undefined,
      volume: () => undefined,
    },
    clock,
    log: createLogger({ write: () => undefined }),
    signal: stopping.signal,
  })
/** Time goes on whenever somebody sleeps. */
const pass = async (done: Promise<void>) => {
  let over = false
  void done.then(() => {
    over = true
  })
  while (!over) {
    clock.advance(1000)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
const interrupt = () => {
  notice = { action: 'terminate', atMs: Date.UTC(2026, 10, 23, 12) }
}
const deleted = async () =>
  (await cluster.client.list(pods)).items
    .filter(({ metadata }) => metadata.deletionTimestamp)
    .map(({ metadata }) => metadata.name)
const node = () => cluster.client.get(nodes, '', 'node-1')

it('closes the node, says why, and has its pods leave when nobody else does', async () => {
  const watching = start()
  interrupt()
  await pass(watching)
  expect((await node()).spec.unschedulable).toBe(true)
  expect(told).toEqual([
    'SpotInterruption: The spot instance of node node-1 is interrupted at 2026-11-23T12:00:00.000Z (terminate)',
  ])
  expect(await deleted()).toEqual(['web'])
})

it('leaves the pods to the control plane when that empties the node', async () => {
  await cluster.client.patch(nodes, '', 'node-1', {
    type: 'merge',
    body: { spec: { taints: [{ key: endingTaint, effect: 'NoExecute' }] } },
  })
  interrupt()
  await pass(start())
  expect((await node()).spec.unschedulable).toBe(true)
  expect(await deleted()).toEqual([])
})

it('does nothing on an instance that is paid for by the hour', async () => {
  interrupt()
  await start(false)
  expect((await node()).spec.unschedulable).toBeUndefined()
})
