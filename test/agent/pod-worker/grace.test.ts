import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { pods } from '../../../shared/resources/resource.ts'
import { type AgentCluster, type SimulatedNode, startAgentCluster, startSimulatedNode } from '../environment.ts'

let cluster: AgentCluster
let node: SimulatedNode
beforeEach(async () => {
  cluster = await startAgentCluster()
  node = await startSimulatedNode(cluster, { departures: { left: async () => undefined } })
})
afterEach(async () => {
  vi.restoreAllMocks()
  await node.stop()
  await cluster.stop()
})

const run = async (name: string, terminationGracePeriodSeconds: number) => {
  await cluster.createPod(name, { terminationGracePeriodSeconds })
  await cluster.pod(name, ({ status }) => status?.phase === 'Running')
}

const graces = [...Array.from({ length: 41 }, (_, index) => index), 59, 100, 3601, 86_400, 2 ** 31 - 1, 2 ** 31, 10 ** 10]

it(`ends a pod that is deleted, whatever its grace is: 0 to 40, ${graces.slice(41).join(', ')} seconds`, async () => {
  await Promise.all(graces.map((grace) => run(`own-${grace}`, grace)))
  for (const grace of graces) await cluster.client.delete(pods, 'default', `own-${grace}`)
  await Promise.all(graces.map((grace) => cluster.gone(`own-${grace}`)))
  expect((await cluster.events()).filter((event) => event.startsWith('FailedKillPod'))).toEqual([])
})

it('ends a pod whatever the grace is that it is deleted with', async () => {
  await Promise.all(graces.map((grace) => run(`given-${grace}`, 30)))
  for (const grace of graces) await cluster.client.delete(pods, 'default', `given-${grace}`, { gracePeriodSeconds: grace })
  await Promise.all(graces.map((grace) => cluster.gone(`given-${grace}`)))
})

it('kills at once when a second deletion leaves no grace of one that a timer could not count', async () => {
  vi.spyOn(node.runtime, 'stopContainer').mockImplementation(() => new Promise(() => undefined))
  await run('slow', 10 ** 10)
  await cluster.client.delete(pods, 'default', 'slow')
  await expect.poll(() => cluster.events()).toContain('Killing: Stopping container main')
  const { uid = '' } = (await cluster.getPod('slow')).metadata
  expect(node.runtime.pod(uid)?.containers[0]?.state).toBe('running')
  await cluster.client.delete(pods, 'default', 'slow', { gracePeriodSeconds: 1 })
  await expect.poll(() => node.runtime.pod(uid)?.containers[0]?.exitCode, { timeout: 5000 }).toBe(137)
})

it('says so when a pod can not be ended, and kills it when its grace is over', async () => {
  vi.spyOn(node.runtime, 'stopContainer').mockRejectedValue(new Error('the engine has a bad day'))
  await run('stubborn', 1)
  await cluster.client.delete(pods, 'default', 'stubborn')
  await cluster.gone('stubborn')
  expect(await cluster.events()).toContain('FailedKillPod: error killing pod: the engine has a bad day')
})
