import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nodes, type Pod, pods } from '../../../shared/resources/resource.ts'
import { type AgentCluster, type SimulatedNode, startAgentCluster, startSimulatedNode } from '../environment.ts'

const running = (pod: Pod) => pod.status?.phase === 'Running'
const condition = (pod: Pod, type: string) => pod.status?.conditions?.find((each) => each.type === type)
const ready = (pod: Pod) => condition(pod, 'Ready')?.status === 'True'
const first = (pod: Pod) => pod.status?.containerStatuses?.[0]

describe('a pod on its node', () => {
  let cluster: AgentCluster
  let node: SimulatedNode
  const idOf = async (name: string) => first(await cluster.getPod(name))!.containerID!.split('//')[1]!

  beforeEach(async () => {
    cluster = await startAgentCluster()
    node = await startSimulatedNode(cluster)
  })
  afterEach(async () => {
    await node.stop()
    await cluster.stop()
  })

  it('registers its node as ready', async () => {
    const found = await cluster.client.get(nodes, '', 'node-1')
    expect(found.status?.conditions?.map(({ type, status }) => [type, status])).toEqual([
      ['MemoryPressure', 'False'],
      ['DiskPressure', 'False'],
      ['PIDPressure', 'False'],
      ['Ready', 'True'],
    ])
    expect(found.spec.podCIDR).toBe('10.244.0.0/24')
  })

  it('runs and tells all of its status', async () => {
    await cluster.createPod('web', {})
    const pod = await cluster.pod('web', ready)
    expect(pod.status).toMatchObject({ phase: 'Running', qosClass: 'BestEffort', hostIP: '127.0.0.1' })
    expect(pod.status?.podIP).toMatch(/^10\.244\.0\./)
    expect(first(pod)).toMatchObject({ ready: true, started: true, restartCount: 0, image: 'example/app:1' })
    expect(pod.status?.conditions?.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled']),
    )
    const expected = ['Created: Container created', 'Started: Container started']
    await expect.poll(() => cluster.events()).toEqual(expect.arrayContaining(expected))
  })

  it('has not started for anybody before its postStart hook is over, and is not probed', async () => {
    const hooked = { name: 'main', image: 'example/app:1', lifecycle: { postStart: { sleep: { seconds: 2 } } } }
    node.probes.set('main', { ok: false, output: 'too early' })
    const livenessProbe = { exec: { command: ['true'] }, failureThreshold: 1, periodSeconds: 1 }
    await cluster.createPod('web', { terminationGracePeriodSeconds: 5, containers: [{ ...hooked, livenessProbe }] })
    const { uid = '' } = (await cluster.getPod('web')).metadata
    await expect.poll(() => node.runtime.pod(uid)?.containers[0]?.state).toBe('running')
    await expect.poll(() => cluster.events()).toContain('Started: Container started')
    const waiting = await cluster.pod('web', (pod) => first(pod) !== undefined)
    expect([waiting.status?.phase, first(waiting)?.state, first(waiting)?.started, ready(waiting)]).toEqual([
      'Pending',
      { waiting: { reason: 'ContainerCreating' } },
      false,
      false,
    ])
    expect((await cluster.events()).filter((event) => event.startsWith('Unhealthy'))).toEqual([])
    node.probes.set('main', { ok: true, output: '' })
    await cluster.pod('web', ready)
    expect(node.runtime.pod(uid)?.containers).toHaveLength(1)
  })

  it('says that it can not be looked at, and goes on when it can', async () => {
    await cluster.createPod('web', {})
    await cluster.pod('web', ready)
    const broken = vi.spyOn(node.runtime, 'pod').mockImplementation(() => {
      throw new Error('the engine is mute')
    })
    const touch = { type: 'merge', body: { metadata: { labels: { touched: 'yes' } } } } as const
    await cluster.client.patch(pods, 'default', 'web', touch)
    await expect.poll(() => cluster.events()).toContain('FailedSync: error determining status: the engine is mute')
    broken.mockRestore()
    await cluster.client.delete(pods, 'default', 'web')
    await cluster.gone('web')
  })

  it('restarts a crashed container at once, then backs off', async () => {
    await cluster.createPod('web', {})
    await cluster.pod('web', ready)
    node.runtime.exit(await idOf('web'), 1)
    await cluster.pod('web', (pod) => running(pod) && first(pod)?.restartCount === 1 && first(pod)?.state?.running !== undefined)
    node.runtime.exit(await idOf('web'), 1)
    const pod = await cluster.pod('web', (found) => first(found)?.state?.waiting?.reason === 'CrashLoopBackOff')
    expect(first(pod)?.state?.waiting?.message).toBe(
      `back-off 10s restarting failed container=main pod=web_default(${pod.metadata.uid})`,
    )
    expect(first(pod)?.lastState?.terminated).toMatchObject({ exitCode: 1, reason: 'Error' })
    expect(pod.status?.phase).toBe('Running')
    expect(condition(pod, 'Ready')).toMatchObject({ status: 'False', message: 'containers with unready status: [main]' })
  })

  it.each([
    { policy: 'Never', exitCode: 0, phase: 'Succeeded' },
    { policy: 'Never', exitCode: 3, phase: 'Failed' },
    { policy: 'OnFailure', exitCode: 0, phase: 'Succeeded' },
  ])('ends $phase with restartPolicy $policy and exit code $exitCode', async ({ policy, exitCode, phase }) => {
    await cluster.createPod('job', { restartPolicy: policy })
    await cluster.pod('job', running)
    node.runtime.exit(await idOf('job'), exitCode)
    const pod = await cluster.pod('job', (found) => found.status?.phase === phase)
    expect(first(pod)?.state?.terminated).toMatchObject({ exitCode })
    await cluster.client.delete(pods, 'default', 'job')
    await cluster.gone('job')
    expect(node.runtime.pods()).toEqual([])
  })

  it('runs init containers before the others, sidecars beside them', async () => {
    await cluster.createPod('web', {
      initContainers: [
        { name: 'setup', image: 'example/setup:1' },
        { name: 'proxy', image: 'example/proxy:1', restartPolicy: 'Always' },
      ],
    })
    const pod = await cluster.pod('web', ready)
    expect(pod.status?.initContainerStatuses).toMatchObject([
      { name: 'setup', ready: true, started: false, state: { terminated: { exitCode: 0, reason: 'Completed' } } },
      { name: 'proxy', ready: true, started: true },
    ])
  })

  it('is not ready while its readiness probe fails, and says why', async () => {
    node.probes.set('main', { ok: false, output: 'HTTP probe failed with statuscode: 503' })
    const readinessProbe = { httpGet: { path: '/', port: 80 }, periodSeconds: 1, failureThreshold: 1 }
    await cluster.createPod('web', { containers: [{ name: 'main', image: 'a:1', readinessProbe }] })
    await cluster.pod('web', (pod) => first(pod)?.started === true && !ready(pod))
    node.probes.delete('main')
    await cluster.pod('web', ready)
    node.probes.set('main', { ok: false, output: 'HTTP probe failed with statuscode: 503' })
    await cluster.pod('web', (pod) => !ready(pod))
    await expect
      .poll(() => cluster.events())
      .toContain('Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 503')
  })

  it('restarts a container whose liveness probe fails', async () => {
    const livenessProbe = { tcpSocket: { port: 80 }, periodSeconds: 1, failureThreshold: 1 }
    await cluster.createPod('web', { containers: [{ name: 'main', image: 'a:1', livenessProbe }] })
    await cluster.pod('web', ready)
    node.probes.set('main', { ok: false, output: 'refused' })
    await cluster.pod('web', (pod) => first(pod)?.restartCount === 1)
    await expect.poll(() => cluster.events()).toContain('Killing: Container main failed liveness probe, will be restarted')
  })

  it('holds other probes back until the startup probe has succeeded', async () => {
    node.probes.set('main', { ok: false, output: 'not yet' })
    const startupProbe = { tcpSocket: { port: 80 }, periodSeconds: 1, failureThreshold: 100 }
    await cluster.createPod('web', { containers: [{ name: 'main', image: 'a:1', startupProbe }] })
    await cluster.pod('web', (pod) => running(pod) && first(pod)?.started === false)
    node.probes.delete('main')
    await cluster.pod('web', (pod) => ready(pod) && first(pod)?.started === true)
  })

  it('is gone after a graceful deletion, with all it had', async () => {
    await cluster.createPod('web', {})
    await cluster.pod('web', ready)
    await cluster.client.delete(pods, 'default', 'web')
    await cluster.gone('web')
    await expect.poll(() => cluster.events()).toContain('Killing: Stopping container main')
    await expect.poll(() => node.runtime.pods()).toEqual([])
  })

  it('is failed when it is active for longer than its deadline', async () => {
    await cluster.createPod('web', { activeDeadlineSeconds: 1 })
    const pod = await cluster.pod('web', (found) => found.status?.phase === 'Failed')
    expect(pod.status).toMatchObject({ reason: 'DeadlineExceeded' })
  })

  it.each([
    [{ hostUsers: false }, 'PodFeatureUnsupported', 'the pod asks for hostUsers: false, which this agent does not support'],
    [{ os: { name: 'windows' } }, 'PodOSNotSupported', "Failed to admit pod as the OS field doesn't match node OS"],
  ])('is rejected by name when it asks for %j', async (spec, reason, message) => {
    await cluster.createPod('web', spec)
    const pod = await cluster.pod('web', (found) => found.status?.phase === 'Failed')
    expect(pod.status).toMatchObject({ reason, message: `Pod was rejected: ${message}` })
    await expect.poll(() => cluster.events()).toContain(`${reason}: ${message}`)
    expect(node.runtime.pods()).toEqual([])
  })

  it('gets a new sandbox when its own dies', async () => {
    await cluster.createPod('web', {})
    const before = await cluster.pod('web', ready)
    const { sandboxes } = node.runtime.pod(before.metadata.uid!)!
    await node.runtime.stopSandbox(sandboxes[0]!.id)
    await cluster.pod('web', (pod) => ready(pod) && first(pod)?.restartCount === 1)
    await expect.poll(() => cluster.events()).toContain('SandboxChanged: Pod sandbox changed, it will be killed and re-created.')
  })

  it('starts again without back-off when the machine was down', async () => {
    await cluster.createPod('web', { initContainers: [{ name: 'setup', image: 'example/setup:1' }] })
    const { metadata } = await cluster.pod('web', ready)
    await node.stop()
    const { sandboxes, containers } = node.runtime.pod(metadata.uid!)!
    for (const { id } of containers) node.runtime.exit(id, 137)
    for (const { id } of sandboxes) await node.runtime.stopSandbox(id)
    node = await startSimulatedNode(cluster, { runtime: node.runtime })
    const pod = await cluster.pod('web', (found) => ready(found) && first(found)?.restartCount === 1)
    expect(first(pod)?.lastState?.terminated?.exitCode).toBe(137)
    expect(await cluster.events()).not.toContainEqual(expect.stringContaining('Back-off'))
  })

  it('does nothing while a container backs off', async () => {
    await cluster.createPod('web', {})
    await cluster.pod('web', ready)
    for (let crash = 0; crash < 2; crash++) {
      await cluster.pod('web', (pod) => first(pod)?.restartCount === crash && first(pod)?.state?.running !== undefined)
      node.runtime.exit(await idOf('web'), 1)
    }
    const { metadata } = await cluster.pod('web', (pod) => first(pod)?.state?.waiting?.reason === 'CrashLoopBackOff')
    const before = process.cpuUsage()
    await new Promise((resolve) => setTimeout(resolve, 300))
    const { user } = process.cpuUsage(before)
    expect(user / 1000).toBeLessThan(150)
    expect((await cluster.getPod('web')).metadata.resourceVersion).toBe(metadata.resourceVersion)
  })

  it('keeps running while the agent is away, and is not restarted when it comes back', async () => {
    const readinessProbe = { tcpSocket: { port: 80 }, initialDelaySeconds: 3600 }
    await cluster.createPod('web', {})
    await cluster.createPod('slow', { containers: [{ name: 'main', image: 'a:1', readinessProbe }] })
    const before = await cluster.pod('web', ready)
    await cluster.pod('slow', running)
    await node.stop()
    node = await startSimulatedNode(cluster, { runtime: node.runtime })
    await cluster.createPod('other', {})
    await cluster.pod('other', ready)
    const after = await cluster.getPod('web')
    expect(first(after)).toEqual(first(before))
    expect(ready(after)).toBe(true)
  })

  it('ends what is left of pods that were deleted while the agent was away', async () => {
    await cluster.createPod('web', {})
    await cluster.pod('web', ready)
    await node.stop()
    await cluster.client.delete(pods, 'default', 'web', { gracePeriodSeconds: 0 })
    node = await startSimulatedNode(cluster, { runtime: node.runtime })
    await expect.poll(() => node.runtime.pods()).toEqual([])
  })
})
