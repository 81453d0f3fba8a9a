import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CronJobSpec } from '../../../../shared/resources/generated/types.ts'
import {
  type CronJob,
  cronJobs,
  events,
  type Job,
  jobs,
  type Pod,
  serviceAccounts,
} from '../../../../shared/resources/resource.ts'
import { allControllers, createMovableClock, startTestCluster, type TestCluster } from '../environment.ts'

const clock = createMovableClock()
const minuteMs = 60_000
let cluster: TestCluster
/** exit codes of the pods of a CronJob's Jobs, by its name */
const exits = new Map<string, number>()
const cronJobOf = (pod: Pod) => pod.metadata.labels?.['job-name']?.replace(/-\d+$/, '') ?? ''
beforeAll(async () => {
  cluster = await startTestCluster({ controllers: allControllers(), clock })
  await cluster.until(() => cluster.cache.get(serviceAccounts, 'default', 'default'))
  await cluster.addNode('n')
  cluster.playKubelet({ exits: (pod) => exits.get(cronJobOf(pod)) })
})
afterAll(() => cluster.stop())

const create = (name: string, spec: Partial<CronJobSpec> = {}): Promise<CronJob> =>
  cluster.client.create(cronJobs, {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name, namespace: 'default' },
    spec: {
      schedule: '* * * * *',
      jobTemplate: {
        metadata: { labels: { of: name }, annotations: { kept: 'yes' } },
        spec: { template: { spec: { nodeName: 'n', restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } },
      },
      ...spec,
    },
  })
const found = (name: string) => cluster.cache.get(cronJobs, 'default', name)
const jobsOf = (name: string): Job[] =>
  cluster.cache.list(jobs, 'default').filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.name === name))
const reasonsOf = (name: string) =>
  cluster.cache
    .list(events, 'default')
    .flatMap(({ involvedObject, reason }) => (involvedObject.name === name ? [reason ?? ''] : []))
const patch = (name: string, spec: Partial<CronJobSpec>) =>
  cluster.client.patch(cronJobs, 'default', name, { type: 'merge', body: { spec } })
/** Time goes on to a second after a whole minute, and the CronJob is looked at. */
const pass = async (name: string, minutes: number) => {
  clock.advance(minutes * minuteMs - (clock.now() % minuteMs) + 1000)
  const annotations = { passed: String(clock.now()) }
  await cluster.client.patch(cronJobs, 'default', name, { type: 'merge', body: { metadata: { annotations } } })
  await cluster.cache.sync()
  await cluster.idle()
  await cluster.cache.sync()
}

describe('a CronJob', () => {
  it('makes a Job for each time, named by it, and says so', async () => {
    await create('tick', { timeZone: 'Asia/Kolkata' })
    await pass('tick', 1)
    const [job] = await cluster.until(() => jobsOf('tick').length > 0 && jobsOf('tick'))
    const atMs = Math.floor(clock.now() / minuteMs) * minuteMs
    expect(job?.metadata).toMatchObject({
      name: `tick-${atMs / minuteMs}`,
      labels: { of: 'tick' },
      ownerReferences: [{ kind: 'CronJob', name: 'tick', controller: true, blockOwnerDeletion: true }],
    })
    const local = new Date(atMs + 5.5 * 3_600_000).toISOString().slice(0, 19)
    expect(job?.metadata.annotations).toMatchObject({
      kept: 'yes',
      'batch.kubernetes.io/cronjob-scheduled-timestamp': `${local}+05:30`,
    })
    const status = await cluster.until(() => found('tick')?.status?.active && found('tick')?.status)
    expect(status).toMatchObject({
      lastScheduleTime: new Date(atMs).toISOString().replace('.000', ''),
      active: [{ apiVersion: 'batch/v1', kind: 'Job', name: job?.metadata.name, uid: job?.metadata.uid, namespace: 'default' }],
    })
    await cluster.until(() => reasonsOf('tick').includes('SuccessfulCreate'))
  })

  it('makes up for the latest time only, and warns when it missed many', async () => {
    await create('behind')
    await pass('behind', 200)
    const [job, ...others] = jobsOf('behind')
    expect(others).toEqual([])
    expect(job?.metadata.name).toBe(`behind-${Math.floor(clock.now() / minuteMs)}`)
    await cluster.until(() => reasonsOf('behind').includes('TooManyMissedTimes'))
  })

  it('starts nothing past its deadline', async () => {
    await create('strict', { schedule: '0 * * * *', startingDeadlineSeconds: 10 })
    const minutes = 61 - new Date(clock.now()).getUTCMinutes()
    await pass('strict', minutes)
    expect(jobsOf('strict')).toEqual([])
  })

  it('starts nothing while suspended', async () => {
    await create('off', { suspend: true })
    await pass('off', 5)
    expect(jobsOf('off')).toEqual([])
    await patch('off', { suspend: false })
    await cluster.until(() => jobsOf('off').length === 1)
  })

  it('makes up for nothing that a new schedule would have started before', async () => {
    await create('edited', { schedule: '0 0 1 1 *' })
    await pass('edited', 10)
    await patch('edited', { schedule: '* * * * *' })
    await cluster.cache.sync()
    await cluster.idle()
    expect(jobsOf('edited')).toEqual([])
    await pass('edited', 1)
    expect(jobsOf('edited').map(({ metadata }) => metadata.name)).toEqual([`edited-${Math.floor(clock.now() / minuteMs)}`])
  })

  it.each([
    ['Allow', 2],
    ['Forbid', 1],
    ['Replace', 1],
  ] as const)('that says %s has %i Jobs when the next time comes before the end', async (concurrencyPolicy, count) => {
    const name = `policy-${concurrencyPolicy.toLowerCase()}`
    await create(name, { concurrencyPolicy })
    await pass(name, 1)
    const [first] = await cluster.until(() => jobsOf(name).length === 1 && jobsOf(name))
    await pass(name, 1)
    const left = await cluster.until(() => {
      const now = jobsOf(name).filter(({ metadata }) => !metadata.deletionTimestamp)
      return now.length === count && now
    })
    const isKept = left.some(({ metadata }) => metadata.uid === first?.metadata.uid)
    expect(isKept).toBe(concurrencyPolicy !== 'Replace')
    expect(found(name)?.status?.active).toHaveLength(count)
    const reason = { Allow: 'SuccessfulCreate', Forbid: 'JobAlreadyActive', Replace: 'SuccessfulDelete' }[concurrencyPolicy]
    await cluster.until(() => reasonsOf(name).includes(reason))
  })

  it('notices how its Jobs end, and keeps as many as it should', async () => {
    exits.set('kept', 0)
    await create('kept', { successfulJobsHistoryLimit: 1 })
    for (const round of [1, 2, 3]) {
      await pass('kept', 1)
      await cluster.until(() => found('kept')?.status?.lastScheduleTime && !found('kept')?.status?.active)
      expect(found('kept')?.status?.lastSuccessfulTime, `round ${round}`).toBeDefined()
    }
    await cluster.until(() => jobsOf('kept').length === 1)
    expect(jobsOf('kept')[0]?.metadata.name).toBe(`kept-${Math.floor(clock.now() / minuteMs)}`)
    await cluster.until(() => reasonsOf('kept').includes('SawCompletedJob'))
  })

  it('lets go of an active Job that is gone', async () => {
    await create('lost')
    await pass('lost', 1)
    const [job] = await cluster.until(() => jobsOf('lost').length === 1 && jobsOf('lost'))
    await cluster.client.delete(jobs, 'default', job!.metadata.name, { propagationPolicy: 'Background' })
    await cluster.until(() => !found('lost')?.status?.active)
    await cluster.until(() => reasonsOf('lost').includes('MissingJob'))
    expect(jobsOf('lost')).toEqual([])
  })

  it('takes up the Job that a run made and died before it wrote it down', async () => {
    const { metadata } = await create('cut', { suspend: true })
    const atMs = Math.floor(clock.now() / minuteMs) * minuteMs
    await cluster.client.create(jobs, {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        name: `cut-${atMs / minuteMs}`,
        namespace: 'default',
        annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': new Date(atMs).toISOString().replace('.000', '') },
        ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'cut', uid: metadata.uid ?? '', controller: true }],
      },
      spec: { suspend: true, template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } },
    })
    const { status } = await cluster.until(() => found('cut')?.status?.active && found('cut'))
    expect(status?.active?.map(({ name }) => name)).toEqual([`cut-${atMs / minuteMs}`])
    expect(Date.parse(status?.lastScheduleTime ?? '')).toBe(atMs)
  })

  it('says that a Job of it is not its making', async () => {
    const { metadata } = await create('by-hand', { suspend: true })
    await cluster.client.create(jobs, {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        name: 'by-hand-now',
        namespace: 'default',
        annotations: { 'cronjob.kubernetes.io/instantiate': 'manual' },
        ownerReferences: [
          { apiVersion: 'batch/v1', kind: 'CronJob', name: 'by-hand', uid: metadata.uid ?? '', controller: true },
        ],
      },
      spec: { suspend: true, template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } },
    })
    await cluster.until(() => reasonsOf('by-hand').includes('UnexpectedJob'))
    expect(found('by-hand')?.status?.active).toBeUndefined()
  })

  it('that is never due is left alone', async () => {
    await create('never', { schedule: '59 23 31 2 *' })
    await cluster.until(() => reasonsOf('never').includes('InvalidSchedule'))
    await cluster.idle()
    expect(jobsOf('never')).toEqual([])
  })
})

it('removes a finished Job when its time is over, and its pods with it', async () => {
  exits.set('brief', 0)
  const template = { spec: { nodeName: 'n', restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } }
  for (const [name, ttlSecondsAfterFinished] of [
    ['brief-1', 0],
    ['brief-2', 1],
    ['brief-3', 3600],
  ] as const) {
    const metadata = { name, namespace: 'default' }
    await cluster.client.create(jobs, {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata,
      spec: { ttlSecondsAfterFinished, template },
    })
  }
  const get = (name: string) => cluster.cache.get(jobs, 'default', name)
  await cluster.until(() => !get('brief-1') && !get('brief-2'))
  await cluster.until(() => get('brief-3')?.status?.conditions?.some(({ type }) => type === 'Complete'))
})
