import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { trackingFinalizer } from '../../../../shared/controllers/job/tracking.ts'
import type { JobSpec, PodTemplateSpec } from '../../../../shared/resources/generated/types.ts'
import {
  cronJobs,
  events,
  type Job,
  jobs,
  namespaces,
  type Pod,
  pods,
  serviceAccounts,
} from '../../../../shared/resources/resource.ts'
import { allControllers, startTestCluster, type TestCluster } from '../environment.ts'

let cluster: TestCluster
/** exit codes of a Job's pods, by its name */
const exits = new Map<string, (pod: Pod) => number | undefined>()
const jobOf = ({ metadata }: Pod) => metadata.labels?.['job-name'] ?? ''
beforeAll(async () => {
  cluster = await startTestCluster({ controllers: allControllers() })
  await cluster.until(() => cluster.cache.get(serviceAccounts, 'default', 'default'))
  await cluster.addNode('n')
  await cluster.addNode('silent')
  cluster.playKubelet({ runs: ({ spec }) => spec.nodeName === 'n', exits: (pod) => exits.get(jobOf(pod))?.(pod) })
})
afterAll(() => cluster.stop())

const template = (spec: Partial<NonNullable<PodTemplateSpec['spec']>> = {}): PodTemplateSpec => ({
  spec: { nodeName: 'n', restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }], ...spec },
})
const create = (name: string, spec: Partial<JobSpec> = {}): Promise<Job> =>
  cluster.client.create(jobs, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: 'default' },
    spec: { template: template(), ...spec },
  })
const patch = (name: string, spec: Partial<JobSpec>) =>
  cluster.client.patch(jobs, 'default', name, { type: 'merge', body: { spec } })
/** so that the kubelet that is played looks again */
const touch = ({ metadata }: Pod) =>
  cluster.client.patch(pods, 'default', metadata.name, { type: 'merge', body: { metadata: { annotations: { touched: 'yes' } } } })
const found = (name: string) => cluster.cache.get(jobs, 'default', name)
const podsOf = (name: string) => cluster.cache.list(pods, 'default').filter((pod) => jobOf(pod) === name)
const conditionsOf = ({ status }: Job) =>
  status?.conditions?.map(({ type, status: is, reason }) => `${type}=${is} ${reason}`) ?? []
const ended = (name: string) =>
  cluster.until(() => {
    const job = found(name)
    return job?.status?.conditions?.some(({ type }) => type === 'Complete' || type === 'Failed') && job
  })
const reasonsOf = (name: string) =>
  cluster.cache
    .list(events, 'default')
    .flatMap(({ involvedObject, reason }) => (involvedObject.name === name ? [reason ?? ''] : []))

describe('a Job', () => {
  it('runs its pods, not more at once than it may, and counts each success once', async () => {
    exits.set('three', () => 0)
    await create('three', { completions: 3, parallelism: 2 })
    const job = await ended('three')
    expect(conditionsOf(job)).toEqual(['SuccessCriteriaMet=True CompletionsReached', 'Complete=True CompletionsReached'])
    expect(job.status).toMatchObject({ succeeded: 3, ready: 0, terminating: 0, uncountedTerminatedPods: {} })
    expect(job.status?.active).toBeUndefined()
    expect(job.status?.completionTime).toBe(job.status?.conditions?.[1]?.lastTransitionTime)
    const made = await cluster.until(() => {
      const all = podsOf('three')
      return all.every(({ metadata }) => !metadata.finalizers?.includes(trackingFinalizer)) && all
    })
    expect(made).toHaveLength(3)
    await cluster.until(() => reasonsOf('three').includes('Completed'))
    expect(reasonsOf('three').sort()).toEqual(['Completed', 'SuccessfulCreate', 'SuccessfulCreate', 'SuccessfulCreate'])
  })

  it('goes on until one pod succeeds when it has no number of completions, and waits for the others', async () => {
    exits.set('pool', (pod) => (podsOf('pool').some(({ status }) => status?.phase === 'Succeeded') ? undefined : Number(!pod)))
    await create('pool', { parallelism: 3 })
    const first = await cluster.until(() => {
      const job = found('pool')
      return (job?.status?.succeeded ?? 0) > 0 && job
    })
    const left = (first.status?.active ?? 0) + (first.status?.succeeded ?? 0)
    expect(left).toBe(3)
    exits.set('pool', () => 0)
    for (const pod of podsOf('pool')) await touch(pod)
    const job = await ended('pool')
    expect(job.status?.succeeded).toBe(3)
  })

  it('fails past its back-off limit, and takes the pods that still run with it', async () => {
    let failures = 0
    exits.set('broken', () => (failures++ < 2 ? 3 : undefined))
    await create('broken', { completions: 3, parallelism: 3, backoffLimit: 1 })
    const job = await ended('broken')
    expect(conditionsOf(job)).toEqual(['FailureTarget=True BackoffLimitExceeded', 'Failed=True BackoffLimitExceeded'])
    expect(job.status?.failed).toBe(3)
    expect(job.status?.completionTime).toBeUndefined()
    await cluster.until(() => reasonsOf('broken').includes('BackoffLimitExceeded'))
    expect(reasonsOf('broken')).toContain('SuccessfulDelete')
  })

  it('waits before it replaces a pod that failed', async () => {
    exits.set('slow', () => 1)
    await create('slow', { backoffLimit: 4 })
    await cluster.until(() => found('slow')?.status?.failed === 1)
    await cluster.idle()
    expect(podsOf('slow')).toHaveLength(1)
  })

  it('fails at its deadline', async () => {
    await create('late', { activeDeadlineSeconds: 1, parallelism: 2, completions: 2 })
    const job = await ended('late')
    expect(conditionsOf(job)).toEqual(['FailureTarget=True DeadlineExceeded', 'Failed=True DeadlineExceeded'])
    expect(job.status?.failed).toBe(2)
  })

  it('deletes its pods while suspended, counts none of them, and goes on with a new start', async () => {
    await create('nap', { parallelism: 2, completions: 2 })
    await cluster.until(() => found('nap')?.status?.ready === 2)
    await patch('nap', { suspend: true })
    const suspended = await cluster.until(() => {
      const job = found('nap')
      return conditionsOf(job!).includes('Suspended=True JobSuspended') && job?.status?.terminating === 0 && job
    })
    expect(suspended.status).toMatchObject({ ready: 0 })
    expect(suspended.status?.failed).toBeUndefined()
    await cluster.until(() => podsOf('nap').length === 0)
    exits.set('nap', () => 0)
    await patch('nap', { suspend: false })
    const job = await ended('nap')
    expect(conditionsOf(job)).toEqual([
      'Suspended=False JobResumed',
      'SuccessCriteriaMet=True CompletionsReached',
      'Complete=True CompletionsReached',
    ])
    expect(Date.parse(job.status?.startTime ?? '')).toBeGreaterThanOrEqual(Date.parse(suspended.status?.startTime ?? 'never'))
    await cluster.until(() => reasonsOf('nap').includes('Resumed'))
    expect(reasonsOf('nap')).toContain('Suspended')
  })

  it('starts no pod when it begins suspended, and has no start yet', async () => {
    await create('asleep', { suspend: true })
    const job = await cluster.until(() => {
      const one = found('asleep')
      return conditionsOf(one!).length > 0 && one
    })
    expect(conditionsOf(job)).toEqual(['Suspended=True JobSuspended'])
    expect(job.status?.startTime).toBeUndefined()
    expect(podsOf('asleep')).toEqual([])
  })

  it('is left alone when another controller manages it', async () => {
    await create('theirs', { managedBy: 'example.com/batch' })
    await create('ours', { managedBy: 'kubernetes.io/job-controller' })
    await cluster.until(() => podsOf('ours').length === 1)
    expect(podsOf('theirs')).toEqual([])
    expect(found('theirs')?.status).toEqual({})
  })

  it('replaces a deleted pod at once, or when it has ended, as its policy says', async () => {
    for (const [name, podReplacementPolicy] of [
      ['eager', 'TerminatingOrFailed'],
      ['patient', 'Failed'],
    ] as const) {
      await create(name, { podReplacementPolicy, template: template({ nodeName: 'silent' }) })
      const pod = await cluster.until(() => podsOf(name)[0])
      await cluster.client.delete(pods, 'default', pod.metadata.name)
      await cluster.until(() => found(name)?.status?.terminating === 1 || found(name)?.status?.failed === 1)
    }
    await cluster.idle()
    expect(found('eager')?.status).toMatchObject({ failed: 1 })
    expect(found('patient')?.status?.failed).toBeUndefined()
    expect(podsOf('patient').map(({ metadata }) => metadata.finalizers?.includes(trackingFinalizer))).toEqual([true])
  })

  it('adopts what matches its selector, with the finalizer, and lets go of what no longer does', async () => {
    const labels = { batch: 'own' }
    const spec = template().spec!
    const metadata = { name: 'stray', namespace: 'default', labels }
    await cluster.client.create(pods, { apiVersion: 'v1', kind: 'Pod', metadata, spec })
    const { metadata: own } = await create('manual', {
      manualSelector: true,
      selector: { matchLabels: labels },
      template: { ...template(), metadata: { labels } },
    })
    const adopted = await cluster.until(() => {
      const pod = cluster.cache.get(pods, 'default', 'stray')
      return pod?.metadata.ownerReferences && pod
    })
    expect(adopted.metadata.ownerReferences?.[0]).toMatchObject({ uid: own.uid, controller: true, blockOwnerDeletion: true })
    expect(adopted.metadata.finalizers).toEqual([trackingFinalizer])
    await cluster.client.patch(pods, 'default', 'stray', { type: 'merge', body: { metadata: { labels: { batch: 'other' } } } })
    const released = await cluster.until(() => {
      const pod = cluster.cache.get(pods, 'default', 'stray')
      return !pod?.metadata.ownerReferences && pod
    })
    expect(released.metadata.finalizers).toBeUndefined()
  })

  it.each(['Background', 'Foreground', 'Orphan'] as const)(
    'goes with its pods let go of, deleted by %s',
    async (propagationPolicy) => {
      const name = `gone-${propagationPolicy.toLowerCase()}`
      await create(name, { parallelism: 2, completions: 4 })
      await cluster.until(() => found(name)?.status?.ready === 2)
      await cluster.client.delete(jobs, 'default', name, { propagationPolicy })
      await cluster.until(() => !found(name))
      const left = propagationPolicy === 'Orphan' ? 2 : 0
      await cluster.until(() => podsOf(name).length === left && podsOf(name).every(({ metadata }) => !metadata.finalizers))
    },
  )
})

it('a namespace goes with the Jobs that run in it, and the Jobs of its CronJobs', async () => {
  const { client, until, cache } = cluster
  const metadata = { name: 'doomed' }
  await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata })
  await until(() => cache.get(serviceAccounts, 'doomed', 'default'))
  const running = { name: 'running', namespace: 'doomed' }
  await client.create(jobs, { apiVersion: 'batch/v1', kind: 'Job', metadata: running, spec: { template: template() } })
  await client.create(cronJobs, {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'often', namespace: 'doomed' },
    spec: { schedule: '@every 1s', jobTemplate: { spec: { template: template() } } },
  })
  await until(() => cache.list(pods, 'doomed').length >= 2)
  await client.delete(namespaces, '', 'doomed')
  await until(() => !cache.get(namespaces, '', 'doomed'))
})

describe('an Indexed Job', () => {
  it('runs a pod for each index, which knows its own', async () => {
    exits.set('indexed', () => 0)
    await create('indexed', { completions: 3, parallelism: 3, completionMode: 'Indexed' })
    const job = await ended('indexed')
    expect(job.status).toMatchObject({ succeeded: 3, completedIndexes: '0-2' })
    const made = podsOf('indexed').sort((a, b) => (a.spec.hostname! < b.spec.hostname! ? -1 : 1))
    expect(made.map(({ spec }) => spec.hostname)).toEqual(['indexed-0', 'indexed-1', 'indexed-2'])
    const [pod] = made
    const name = 'batch.kubernetes.io/job-completion-index'
    expect(pod?.metadata.name).toMatch(/^indexed-0-[a-z0-9]{5}$/)
    expect([pod?.metadata.annotations?.[name], pod?.metadata.labels?.[name]]).toEqual(['0', '0'])
    expect(pod?.spec.containers[0]?.env).toEqual([
      {
        name: 'JOB_COMPLETION_INDEX',
        valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: `metadata.labels['${name}']` } },
      },
    ])
  })

  it('gives up an index past the limit of each, and fails when all are through', async () => {
    exits.set('limits', (pod) => (pod.spec.hostname === 'limits-1' ? 1 : 0))
    await create('limits', { completions: 3, parallelism: 3, completionMode: 'Indexed', backoffLimitPerIndex: 0 })
    const job = await ended('limits')
    expect(conditionsOf(job)).toEqual(['FailureTarget=True FailedIndexes', 'Failed=True FailedIndexes'])
    expect(job.status).toMatchObject({ succeeded: 2, failed: 1, completedIndexes: '0,2', failedIndexes: '1' })
  })

  it('fails at once past the number of indexes that may fail', async () => {
    exits.set('most', (pod) => (pod.spec.hostname === 'most-2' ? undefined : 1))
    await create('most', {
      completions: 3,
      parallelism: 3,
      completionMode: 'Indexed',
      backoffLimitPerIndex: 0,
      maxFailedIndexes: 1,
    })
    expect(conditionsOf(await ended('most'))).toContain('Failed=True MaxFailedIndexesExceeded')
  })

  it('fails an index, or itself, as its policy says of an exit code', async () => {
    const rule = (action: string, value: number) => ({ action, onExitCodes: { operator: 'In', values: [value] } })
    exits.set('policy', (pod) => (pod.spec.hostname === 'policy-0' ? 42 : pod.spec.hostname === 'policy-1' ? 0 : undefined))
    await create('policy', {
      completions: 3,
      parallelism: 3,
      completionMode: 'Indexed',
      backoffLimitPerIndex: 3,
      podFailurePolicy: { rules: [rule('FailIndex', 42), rule('FailJob', 43)] },
    })
    await cluster.until(() => found('policy')?.status?.failedIndexes === '0' && found('policy')?.status?.completedIndexes === '1')
    exits.set('policy', () => 43)
    for (const pod of podsOf('policy')) await touch(pod)
    const job = await ended('policy')
    const failed = podsOf('policy').find(({ spec }) => spec.hostname === 'policy-2')
    expect(job.status?.conditions?.[0]?.message).toBe(
      `Container c for pod default/${failed?.metadata.name} failed with exit code 43 matching FailJob rule at index 1`,
    )
    expect(job.status).toMatchObject({ failed: 2, succeeded: 1 })
  })

  it('succeeds as soon as its policy is met, and the rest of its pods count as nothing', async () => {
    exits.set('early', (pod) => (pod.spec.hostname === 'early-0' ? 0 : undefined))
    await create('early', {
      completions: 3,
      parallelism: 3,
      completionMode: 'Indexed',
      successPolicy: { rules: [{ succeededIndexes: '0' }] },
    })
    const job = await ended('early')
    expect(conditionsOf(job)).toEqual(['SuccessCriteriaMet=True SuccessPolicy', 'Complete=True SuccessPolicy'])
    expect(job.status?.conditions?.[1]?.message).toBe('Matched rules at index 0')
    expect(job.status).toMatchObject({ succeeded: 1, completedIndexes: '0', terminating: 0 })
    expect(job.status?.failed).toBeUndefined()
  })

  it('grows and shrinks while it runs', async () => {
    await create('elastic', { completions: 2, parallelism: 2, completionMode: 'Indexed' })
    await cluster.until(() => found('elastic')?.status?.ready === 2)
    await patch('elastic', { completions: 3, parallelism: 3 })
    await cluster.until(() => found('elastic')?.status?.ready === 3)
    await patch('elastic', { completions: 1, parallelism: 1 })
    await cluster.until(() => found('elastic')?.status?.active === 1 && podsOf('elastic').length === 1)
    expect(podsOf('elastic')[0]?.spec.hostname).toBe('elastic-0')
  })
})
