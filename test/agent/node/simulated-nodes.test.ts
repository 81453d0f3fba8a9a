import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AgentConfiguration } from '../../../agent/configuration.ts'
import { startSimulatedNodes } from '../../../agent/node/simulated-nodes.ts'
import { systemClock } from '../../../shared/platform/clock.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import { nodes, type Pod, pods } from '../../../shared/resources/resource.ts'
import { type AgentCluster, startAgentCluster } from '../environment.ts'

describe('simulated nodes', () => {
  let cluster: AgentCluster
  let running: { stop(): Promise<void> }
  let abort: AbortController
  const configuration = {
    nodeName: 'sim',
    simulatedNodes: 3,
    port: 0,
    labels: { zone: 'a' },
    podCIDR: '10.244.0.0/16',
    clusterDomain: 'cluster.local',
    clusterDNS: '10.96.0.10',
  } as unknown as AgentConfiguration

  beforeEach(async () => {
    abort = new AbortController()
    cluster = await startAgentCluster()
    const log = createLogger({ write: (line) => cluster.logs.push(line) })
    running = await startSimulatedNodes({
      configuration: { ...configuration, dataDir: cluster.dataDir },
      client: cluster.client,
      clock: systemClock,
      log,
      signal: abort.signal,
    })
  })
  afterEach(async () => {
    await running.stop()
    abort.abort()
    await cluster.stop()
  })

  it('are all there, ready, each with a range of its own, and run the pods that are theirs', async () => {
    const { items } = await cluster.client.list(nodes)
    expect(items.map(({ metadata }) => metadata.name).sort()).toEqual(['sim-1', 'sim-2', 'sim-3'])
    expect(new Set(items.map(({ spec }) => spec.podCIDR)).size).toBe(3)
    for (const { status, metadata } of items) {
      expect(status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True')
      expect(metadata.labels).toMatchObject({ zone: 'a', 'kubernetes.io/os': 'linux' })
    }
    const ready = (pod: Pod) => pod.status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True'
    for (const index of [1, 2, 3]) await cluster.createPod(`web-${index}`, { nodeName: `sim-${index}` })
    const ran = await Promise.all([1, 2, 3].map((index) => cluster.pod(`web-${index}`, ready)))
    expect(new Set(ran.map(({ status }) => status?.podIP)).size).toBe(3)
    await cluster.client.delete(pods, 'default', 'web-2')
    await cluster.gone('web-2')
  })

  it('complete a pod when its annotation says so', async () => {
    const annotations = { 'simulated.windlass.dev/complete-after': '0.2', 'simulated.windlass.dev/exit-code': '3' }
    await cluster.createPod('job', { nodeName: 'sim-1', restartPolicy: 'Never' }, annotations)
    const pod = await cluster.pod('job', (found) => found.status?.phase === 'Failed')
    expect(pod.status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({ exitCode: 3, reason: 'Error' })
  })
})
