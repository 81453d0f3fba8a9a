import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Cluster, titled, whyNoKubectl } from './cluster.ts'
import { eventually } from './kubectl.ts'
import { container, deployment } from './object.ts'

const why = whyNoKubectl()

describe.skipIf(why !== undefined)(titled('a HorizontalPodAutoscaler on a simulated cluster', why), () => {
  const cluster = new Cluster({ runtime: 'simulated' })
  const { kubectl } = cluster

  beforeAll(() => cluster.start())
  afterAll(() => cluster.dispose())

  const replicas = () => kubectl.field('.spec.replicas', 'deployment', 'web')
  const use = (cpu: string) => kubectl.ok('annotate', 'pods', '-l', 'app=web', '--overwrite', `simulated.windlass.dev/cpu=${cpu}`)

  it('takes a Deployment up with its load, and down again', async () => {
    const asking = { ...container({ image: 'web:1' }), resources: { requests: { cpu: '100m' } } }
    await kubectl.apply(deployment('web', { replicas: 1, spec: { containers: [asking] } }))
    await kubectl.ok('rollout', 'status', 'deployment/web', '--timeout=30s')
    await kubectl.ok('autoscale', 'deployment', 'web', '--cpu-percent=50', '--min=1', '--max=3')
    const quick = { spec: { behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } } }
    await kubectl.ok('patch', 'hpa', 'web', '--type=merge', '-p', JSON.stringify(quick))
    await use('200m')
    await eventually('more pods', { ask: replicas, wanted: (count) => count === '3', seconds: 90 })
    expect(await kubectl.ok('describe', 'hpa', 'web')).toMatch(
      /SuccessfulRescale .* New size: 3; reason: cpu resource utilization/,
    )
    const shown = await eventually('what is used', {
      ask: () => kubectl.ok('get', 'hpa', 'web'),
      wanted: (text) => /Deployment\/web +cpu: \d+%\/50% +1 +3 +3 /.test(text),
      seconds: 60,
    })
    expect(shown).toMatch(/^NAME +REFERENCE +TARGETS +MINPODS +MAXPODS +REPLICAS +AGE\n/)
    await use('5m')
    await eventually('fewer pods', { ask: replicas, wanted: (count) => count === '1', seconds: 90 })
    expect(await kubectl.ok('describe', 'hpa', 'web')).toMatch(/New size: 1; reason: All metrics below target/)
  })
})
