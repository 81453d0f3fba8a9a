import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Pod } from '../../../shared/resources/resource.ts'
import { pods } from '../../../shared/resources/resource.ts'
import { type AgentCluster, type SimulatedNode, startAgentCluster, startSimulatedNode } from '../environment.ts'

let cluster: AgentCluster
let node: SimulatedNode
let leaving: { pod: Pod; signal: AbortSignal }[]
let left: PromiseWithResolvers<void>
beforeEach(async () => {
  cluster = await startAgentCluster()
  leaving = []
  left = Promise.withResolvers()
  const departures = {
    left: (pod: Pod, signal: AbortSignal) => {
      leaving.push({ pod, signal })
      signal.addEventListener('abort', () => left.resolve())
      return left.promise
    },
  }
  node = await startSimulatedNode(cluster, { departures })
})
afterEach(async () => {
  left.resolve()
  await node.stop()
  await cluster.stop()
})

const run = async (spec: Partial<Pod['spec']>) => {
  await cluster.createPod('web', spec)
  const { metadata } = await cluster.pod('web', ({ status }) => status?.phase === 'Running')
  return () => node.runtime.pod(metadata.uid ?? '')?.containers[0]?.state
}

it('stops the containers of a deleted pod when nobody sends to it any more', async () => {
  const state = await run({ terminationGracePeriodSeconds: 30 })
  await cluster.client.delete(pods, 'default', 'web')
  await expect.poll(() => cluster.events()).toContain('Killing: Stopping container main')
  expect(leaving.map(({ pod }) => pod.metadata.name)).toEqual(['web'])
  expect(state()).toBe('running')
  left.resolve()
  await cluster.gone('web')
})

it('waits for a part of the grace only, and not at all when that is short', async () => {
  await run({ terminationGracePeriodSeconds: 3 })
  await cluster.client.delete(pods, 'default', 'web')
  await cluster.gone('web')
  expect(leaving[0]?.signal.aborted).toBe(true)
  await run({ terminationGracePeriodSeconds: 1 })
  await cluster.client.delete(pods, 'default', 'web')
  await cluster.gone('web')
  expect(leaving).toHaveLength(1)
})

it('does not wait for what Services do not hear of: a pod that ends by itself', async () => {
  const state = await run({ activeDeadlineSeconds: 1, terminationGracePeriodSeconds: 30 })
  await cluster.pod('web', ({ status }) => status?.phase === 'Failed')
  await expect.poll(state).not.toBe('running')
  expect(leaving).toEqual([])
})
