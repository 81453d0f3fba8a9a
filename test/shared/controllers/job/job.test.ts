import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { trackingFinalizer } from '../../../../shared/controllers/job/tracking.ts'
import type { JobSpec, PodTemplateSpec } from '../../../../shared/resources/generated/types.ts'
import { events, type Job, jobs, type Pod, pods, serviceAccounts } from '../../../../shared/resources/resource.ts'
import { allControllers, startTestCluster, type TestCluster } from '../environment.ts'

let cluster: TestCluster
/** exit codes of a Job's pods, by its name */
const exits = new Map<string, (pod: Pod) => number | undefined>()
const jobOf = ({ metadata }: Pod) => metadata.labels?.['job-name'] ?? ''
beforeAll(async () => {
  cluster = await startTestCluster({ controllers: allControllers() })
  await cluster.until(() => cluster.cache.get(serviceAccounts, 'default', 'default'))
  await cluster.addNode('n')
  cluster.playKubelet({ exits: (pod) => exits.get(jobOf(pod))?.(pod) })
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
})
