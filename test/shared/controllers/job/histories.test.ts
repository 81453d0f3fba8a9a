import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '../../../../shared/client/client.ts'
import type { Controller, ReconcileContext } from '../../../../shared/controllers/controller.ts'
import { isFinished } from '../../../../shared/controllers/job/condition.ts'
import { createJobController } from '../../../../shared/controllers/job/job.ts'
import { jobOrphanPodsController } from '../../../../shared/controllers/job/orphan-pods.ts'
import { trackingFinalizer } from '../../../../shared/controllers/job/tracking.ts'
import { ApiError } from '../../../../shared/meta/status.ts'
import { createLogger } from '../../../../shared/platform/log.ts'
import type { JobSpec } from '../../../../shared/resources/generated/types.ts'
import { type Job, jobs, namespaces, type Pod, pods, serviceAccounts } from '../../../../shared/resources/resource.ts'
import { type Random, seededRandom } from '../../../contract/random.ts'
import { createMovableClock, startTestCluster, type TestCluster } from '../environment.ts'

const clock = createMovableClock()
let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster({ controllers: [], clock })
  await cluster.client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } })
  await cluster.client.create(serviceAccounts, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace: 'n' },
  })
})
afterAll(() => cluster.stop())

class Killed extends Error {}

const uidOf = ({ metadata }: Pod) => metadata.uid ?? ''
const hasEnded = ({ status }: Pod) => status?.phase === 'Succeeded' || status?.phase === 'Failed'
const isHeld = ({ metadata }: Pod) => metadata.finalizers?.includes(trackingFinalizer) === true

/** A Job, what becomes of its pods, and a controller that dies now and then; what must be counted is written down as it happens. */
class History {
  readonly name: string
  readonly #random: Random
  /** pods whose end has to count, by uid */
  readonly succeeded = new Set<string>()
  readonly failed = new Set<string>()
  /** succeeded after the run that deletes them with their Job, which fails, has read them: as upstream it counts them as failed, the next one would not */
  readonly either = new Set<string>()
  #controller: Controller = createJobController()
  #writes = 0
  /** undefined: no more deaths */
  #deadlyIn: number | undefined
  /** the world goes on between two writes */
  #isCalm = false
  #isDead = false
  deaths = 0

  constructor(seed: number) {
    this.name = `job-${seed}`
    this.#random = seededRandom(seed)
  }

  async create(spec: Partial<JobSpec>): Promise<void> {
    const template = { spec: { nodeName: 'x', restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } }
    await cluster.client.create(jobs, {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: this.name, namespace: 'n' },
      spec: { template, ...spec },
    })
  }

  async job(): Promise<Job> {
    await cluster.cache.sync()
    return cluster.cache.get(jobs, 'n', this.name)!
  }

  async pods(): Promise<Pod[]> {
    await cluster.cache.sync()
    return cluster.cache.list(pods, 'n').filter(({ metadata }) => metadata.labels?.['job-name'] === this.name)
  }

  /** Whether it wrote something, and when it wants to run again. */
  async reconcile(): Promise<{ wrote: boolean; again: number | undefined }> {
    await cluster.cache.sync()
    const before = this.#writes
    this.#isDead = false
    this.#deadlyIn = !this.#isCalm && this.#random.below(3) === 0 ? this.#random.below(6) : undefined
    try {
      const result = await this.#controller.reconcile(`n/${this.name}`, this.#context())
      return { wrote: this.#writes > before, again: result?.requeueAfter }
    } catch (error) {
      if (this.#isDead) {
        this.deaths++
        if (this.#random.below(2) === 0) this.#controller = createJobController()
      } else if (!(error instanceof ApiError && error.reason === 'Conflict')) throw error
      return { wrote: true, again: 0 }
    }
  }

  async step(): Promise<void> {
    const all = await this.pods()
    const running = all.filter((pod) => !hasEnded(pod) && !pod.metadata.deletionTimestamp)
    const leaving = all.filter(({ metadata }) => metadata.deletionTimestamp && metadata.deletionGracePeriodSeconds !== 0)
    const [any, terminating] = [running, leaving].map((some) => (some.length > 0 ? this.#random.pick(some) : undefined))
    const dice = this.#random.below(20)
    if (dice < 7 && any) return this.#end(any, 'Succeeded')
    if (dice < 11 && any) return this.#end(any, 'Failed')
    if (dice < 15 && terminating) return this.#finishDeletion(terminating)
    if (dice < 16 && any) return this.#deleteByUser(any)
    if (dice < 17) return this.#patch({ suspend: this.#random.below(3) === 0 })
    if (dice < 18) return this.#patch({ parallelism: 1 + this.#random.below(5) })
    clock.advance(this.#random.below(30_000))
  }

  /** Until nothing is left to do: pods end well, and time passes. */
  async rest(): Promise<void> {
    this.#isCalm = true
    await this.#patch({ suspend: false })
    for (let round = 0; round < 400; round++) {
      const { wrote, again } = await this.reconcile()
      for (const pod of await this.pods()) {
        if (pod.metadata.deletionTimestamp) await this.#finishDeletion(pod)
        else if (!hasEnded(pod)) await this.#end(pod, 'Succeeded')
      }
      if (again) clock.advance(again)
      if (!wrote && isFinished((await this.job()).status)) return
    }
    throw new Error(`no rest: ${JSON.stringify((await this.job()).status)}`)
  }

  async free(): Promise<void> {
    for (const pod of await this.pods())
      await jobOrphanPodsController.reconcile(`n/${pod.metadata.name}`, { ...this.#context(), client: cluster.client })
  }

  async #end(pod: Pod, phase: 'Succeeded' | 'Failed'): Promise<void> {
    const now = (await this.#read(pod))!
    if (!now || hasEnded(now)) return
    const state = { terminated: { exitCode: phase === 'Succeeded' ? 0 : 1, finishedAt: new Date(clock.now()).toISOString() } }
    const containerStatuses = [{ name: 'c', image: 'i', imageID: '', ready: false, restartCount: 0, state }]
    // As it was read: whether it is held at its end is what counts.
    const body = { metadata: { resourceVersion: now.metadata.resourceVersion }, status: { phase, containerStatuses } }
    try {
      await cluster.client.patch(pods, 'n', pod.metadata.name, { type: 'strategic', body }, { subresource: 'status' })
    } catch (error) {
      if (error instanceof ApiError && (error.reason === 'Conflict' || error.reason === 'NotFound')) return
      throw error
    }
    if (isHeld(now)) (phase === 'Succeeded' ? this.succeeded : this.failed).add(uidOf(pod))
  }

  async #deleteByUser(pod: Pod): Promise<void> {
    const now = await this.#read(pod)
    if (!now || hasEnded(now)) return
    const { uid = '', resourceVersion = '' } = now.metadata
    try {
      const preconditions = { uid, resourceVersion }
      await cluster.client.delete(pods, 'n', pod.metadata.name, { gracePeriodSeconds: 30, preconditions })
    } catch (error) {
      if (error instanceof ApiError && (error.reason === 'Conflict' || error.reason === 'NotFound')) return
      throw error
    }
    if (isHeld(now)) this.failed.add(uidOf(pod))
  }

  /** What its node does. */
  async #finishDeletion(pod: Pod): Promise<void> {
    const now = await this.#read(pod)
    if (!now) return
    if (!hasEnded(now)) await this.#end(now, 'Failed')
    await cluster.client.delete(pods, 'n', pod.metadata.name, { gracePeriodSeconds: 0 }).catch(ignoreMissing)
  }

  async #read({ metadata }: Pod): Promise<Pod | undefined> {
    await cluster.cache.sync()
    const pod = cluster.cache.get(pods, 'n', metadata.name)
    return pod?.metadata.uid === metadata.uid ? pod : undefined
  }

  async #patch(spec: Partial<JobSpec>): Promise<void> {
    await cluster.client.patch(jobs, 'n', this.name, { type: 'merge', body: { spec } })
  }

  #context(): ReconcileContext {
    const client = this.#deadlyClient()
    return { client, cache: cluster.cache, clock, log: silent, events: { record: async () => undefined } }
  }

  #die(): never {
    this.#isDead = true
    throw new Killed()
  }

  /** One whose process dies before a write, or after it; else the world may move just before. */
  #deadlyClient(): Client {
    const around = async <T>(write: () => Promise<T>): Promise<T> => {
      // Whoever catches the first death writes nothing after it either.
      if (this.#isDead) throw new Killed()
      this.#writes++
      const isLast = this.#deadlyIn !== undefined && this.#deadlyIn-- === 0
      if (isLast && this.#random.below(2) === 0) this.#die()
      if (!this.#isCalm && this.#random.below(8) === 0) await this.step()
      const answer = await write()
      if (isLast) this.#die()
      return answer
    }
    const { client } = cluster
    return {
      ...client,
      create: (...given) => around(() => client.create(...given)),
      update: (...given) => around(() => client.update(...given)),
      patch: (...given) => around(() => client.patch(...given)),
      delete: (resource, namespace, name, options) =>
        around(async () => {
          await cluster.cache.sync()
          const pod = resource.kind === 'Pod' ? cluster.cache.get(pods, namespace, name) : undefined
          await client.delete(resource, namespace, name, options)
          if (!pod || !isHeld(pod)) return
          // Ended with its Job, which failed.
          if (!hasEnded(pod)) this.failed.add(uidOf(pod))
          else if (this.succeeded.delete(uidOf(pod))) this.either.add(uidOf(pod))
        }),
    }
  }
}

const silent = createLogger({ write: () => undefined, level: 'error' })

const ignoreMissing = (error: unknown) => {
  if (!(error instanceof ApiError && error.reason === 'NotFound')) throw error
}

const first = Number(process.env.SEED ?? 1)
const histories = Number(process.env.HISTORIES ?? 12)

describe(`whatever happens to pods and handlers (SEED=${first})`, () => {
  const kinds: readonly [string, Partial<JobSpec>][] = [
    ['a Job', { completions: 6, parallelism: 3, backoffLimit: 1000 }],
    ['an Indexed Job', { completions: 6, parallelism: 3, completionMode: 'Indexed', backoffLimit: 1000 }],
    ['a Job that fails early', { completions: 9, parallelism: 3, backoffLimit: 2 }],
    [
      'an Indexed Job with limits of its own',
      { completions: 5, parallelism: 3, completionMode: 'Indexed', backoffLimitPerIndex: 1 },
    ],
  ]
  it.each(kinds)(
    '%s counts every end once, holds no pod at the end, and rests',
    async (what, spec) => {
      for (let seed = first; seed < first + histories; seed++) {
        const history = new History(seed * kinds.length + kinds.findIndex(([name]) => name === what))
        await history.create(spec)
        for (let step = 0; step < 40; step++) {
          if (seededRandom(seed * 1000 + step).below(3) > 0) await history.reconcile()
          else await history.step()
        }
        await history.rest()
        const { status, metadata } = await history.job()
        const why = `SEED=${seed} ${what}: ${JSON.stringify(status)}`
        const { failed = 0, succeeded = 0 } = status ?? {}
        const raced = failed - history.failed.size
        expect(raced, why).toBeGreaterThanOrEqual(0)
        expect(raced, why).toBeLessThanOrEqual(history.either.size)
        if (spec.completionMode !== 'Indexed') expect(succeeded, why).toBe(history.succeeded.size + history.either.size - raced)
        else if (spec.backoffLimitPerIndex === undefined) expect(status?.completedIndexes, why).toBe('0-5')
        if (spec.backoffLimit === 1000) expect(status?.succeeded, why).toBe(spec.completions)
        expect(status?.uncountedTerminatedPods, why).toEqual({})
        expect(status?.active, why).toBeUndefined()
        await history.free()
        expect((await history.pods()).filter(isHeld), why).toEqual([])
        expect(await history.reconcile(), why).toEqual({ wrote: false, again: undefined })
        expect((await history.job()).metadata.resourceVersion, why).toBe(metadata.resourceVersion)
      }
    },
    120_000,
  )
})
