import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Cluster, titled, whyNoKubectl } from './cluster.ts'
import { eventually } from './kubectl.ts'
import { container, deployment } from './object.ts'

const why = whyNoKubectl()

describe.skipIf(why !== undefined)(titled('Jobs, CronJobs and budgets by kubectl', why), () => {
  const cluster = new Cluster({ runtime: 'simulated', nodes: 2 })
  const { kubectl } = cluster

  beforeAll(() => cluster.start())
  afterAll(() => cluster.dispose())

  const ends = (seconds: number, exitCode = 0) => ({
    'simulated.windlass.dev/complete-after': String(seconds),
    'simulated.windlass.dev/exit-code': String(exitCode),
  })
  const template = (annotations: Record<string, string>) => ({
    metadata: { annotations },
    spec: { restartPolicy: 'Never', containers: [container({ image: 'work:1' })] },
  })
  const job = (name: string, spec: object) => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec })
  const cronJob = (name: string, spec: object) => ({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name },
    spec: { schedule: '0 0 1 1 *', jobTemplate: { spec: { template: template(ends(0)) } }, ...spec },
  })
  const ended = (name: string, condition: string) =>
    kubectl.ok('wait', `--for=condition=${condition}`, `job/${name}`, '--timeout=60s')

  it('a Job of three completions completes', async () => {
    await kubectl.apply(job('three', { completions: 3, parallelism: 2, template: template(ends(0.2)) }))
    await ended('three', 'complete')
    expect(await kubectl.ok('get', 'job', 'three', '--no-headers')).toMatch(/^three +Complete +3\/3 /)
    expect(await kubectl.ok('get', 'pods', '-l', 'job-name=three', '--no-headers')).toMatch(/^(\S+ +0\/1 +Completed .*\n){3}$/)
    expect(await kubectl.ok('describe', 'job', 'three')).toMatch(/SuccessfulCreate[\s\S]+Completed .+ Job completed/)
  })

  it('a Job whose pods fail comes to its end, and says why', async () => {
    await kubectl.apply(job('broken', { backoffLimit: 0, template: template(ends(0.1, 3)) }))
    await ended('broken', 'failed')
    expect(await kubectl.ok('get', 'job', 'broken', '--no-headers')).toMatch(/^broken +Failed +0\/1 /)
    expect(await kubectl.ok('describe', 'job', 'broken')).toContain('Job has reached the specified backoff limit')
  })

  it('an Indexed Job runs each index once, and goes with its pods', async () => {
    await kubectl.apply(
      job('indexed', { completions: 4, parallelism: 4, completionMode: 'Indexed', template: template(ends(0.1)) }),
    )
    await ended('indexed', 'complete')
    const indexes = await kubectl.ok('get', 'job', 'indexed', '-o', 'jsonpath={.status.completedIndexes}')
    expect(indexes).toBe('0-3')
    await kubectl.ok('delete', 'job', 'indexed')
    await eventually('no pods', {
      ask: () => kubectl.ok('get', 'pods', '-l', 'job-name=indexed', '-o', 'name'),
      wanted: (text) => text === '',
    })
  })

  it('a Job is made of a CronJob by hand', async () => {
    await kubectl.apply(cronJob('yearly', {}))
    await kubectl.ok('create', 'job', 'now', '--from=cronjob/yearly')
    await ended('now', 'complete')
    expect(await kubectl.ok('get', 'cronjob', 'yearly', '--no-headers')).toMatch(/^yearly +0 0 1 1 \* +<none> +False +0 +<none> /)
  })

  it('a CronJob starts its Jobs by itself', async () => {
    await kubectl.apply(cronJob('soon', { schedule: '@every 2s', successfulJobsHistoryLimit: 1 }))
    await eventually('two runs', {
      ask: () => kubectl.ok('get', 'events', '--field-selector', 'involvedObject.name=soon', '-o', 'jsonpath={..reason}'),
      wanted: (reasons) => reasons.split(' ').filter((reason) => reason === 'SawCompletedJob').length >= 1,
    })
    expect(await kubectl.ok('get', 'cronjob', 'soon', '-o', 'jsonpath={.status.lastSuccessfulTime}')).toMatch(/^20.+Z$/)
    await kubectl.ok('patch', 'cronjob', 'soon', '-p', '{"spec":{"suspend":true}}')
  })

  it('a node is drained as its budgets allow, and is left by and by', async () => {
    await kubectl.apply(deployment('guarded', { replicas: 4, spec: { containers: [container({ image: 'web:1' })] } }), {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'guarded' },
      spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'guarded' } } },
    })
    await kubectl.ok('rollout', 'status', 'deployment/guarded', '--timeout=60s')
    await eventually('a budget that allows one', {
      ask: () => kubectl.ok('get', 'pdb', 'guarded', '--no-headers'),
      wanted: (text) => /^guarded +N\/A +1 +1 /.test(text),
    })
    const [node = ''] = (await kubectl.ok('get', 'nodes', '-o', 'jsonpath={.items[*].metadata.name}')).split(' ')
    const drain = ['drain', node, '--ignore-daemonsets', '--force', '--timeout=90s']
    const output = await kubectl.ok(...drain, '--pod-selector=app=guarded')
    expect(output).toContain('drained')
    await kubectl.ok('rollout', 'status', 'deployment/guarded', '--timeout=60s')
    await kubectl.ok('patch', 'pdb', 'guarded', '--type=merge', '-p', '{"spec":{"maxUnavailable":0}}')
    await kubectl.ok('uncordon', node)
    const [, other = ''] = (await kubectl.ok('get', 'nodes', '-o', 'jsonpath={.items[*].metadata.name}')).split(' ')
    const refused = await kubectl.fails(
      'drain',
      other,
      '--ignore-daemonsets',
      '--force',
      '--timeout=4s',
      '--pod-selector=app=guarded',
    )
    expect(refused).toContain("Cannot evict pod as it would violate the pod's disruption budget.")
    await kubectl.ok('uncordon', other)
  })
})
