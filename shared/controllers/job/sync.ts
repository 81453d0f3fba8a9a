import { timestamp } from '../../platform/clock.ts'
import type { JobStatus } from '../../resources/generated/types.ts'
import { type Job, jobs, type Pod } from '../../resources/resource.ts'
import type { ReconcileContext, ReconcileResult } from '../controller.ts'
import { keyOf } from '../key.ts'
import { semanticallyEqual } from '../semantic-equality.ts'
import { isFinished, newCondition, trueCondition, withCondition } from './condition.ts'
import { countReleased, finish, heldUids, noteEnds, withVerdict } from './count.ts'
import type { FailureMemory } from './failure-memory.ts'
import { tellEnd, tellSuspension } from './job-events.ts'
import { endPods, managePods, type Outcome } from './manage.ts'
import { toEach, untrack } from './pod-actions.ts'
import { viewPods } from './pod-view.ts'
import { completed, deadlineMs, isComplete, judge, type Verdict } from './verdict.ts'

export interface JobContext extends ReconcileContext {
  readonly memory: FailureMemory
}

/** Brings a Job that is not finished further: its pods first, then its status, by the steps of `noteEnds`. */
export const syncJob = async (stored: Job, pods: readonly Pod[], context: JobContext): Promise<ReconcileResult> => {
  const nowMs = context.clock.now()
  const key = keyOf(stored)
  let saved = stored
  const save = async (status: JobStatus) => {
    if (!semanticallyEqual(status, saved.status ?? {}))
      saved = await context.client.update(jobs, { ...saved, status }, { subresource: 'status' })
  }
  const job = started(stored, nowMs)
  const view = viewPods(job, pods)
  const record = context.memory.recall(key, stored, view)
  let verdict = judge(job, view, nowMs)
  let outcome: Outcome = { active: view.active.length, ready: view.ready, terminating: view.terminating }
  if (verdict) {
    // Whoever takes up from here knows why pods go.
    if (view.active.length > 0) await save(withVerdict(job.status ?? {}, verdict, nowMs))
    outcome = await endPods(job, view, context)
    if (outcome.active > 0) verdict = undefined
  } else {
    if (!job.metadata.deletionTimestamp) outcome = await managePods(job, { view, record }, context)
    if (isComplete(job, view, outcome.active)) verdict = completed
  }
  const noted = noteEnds(job, view, { standing: outcome, verdict })
  await save(statusNow(job, noted.status, verdict, nowMs))
  await tellSuspension(stored, saved, context)

  const released = await toEach(noted.released, (pod) => untrack(context, pod))
  const held = heldUids(pods)
  for (const { metadata } of released.done) held.delete(metadata.uid!)
  const counted = countReleased(saved.status ?? {}, held)
  const isThrough = verdict !== undefined && !noted.partial && released.error === undefined
  await save((isThrough && finish(counted, verdict!, nowMs)) || counted)
  if (isFinished(saved.status)) return tellEnd(saved, context)
  context.memory.remember(key, saved, record)
  const error = outcome.error ?? released.error
  if (error !== undefined) throw error
  return { requeueAfter: noted.partial ? 0 : nextMs(saved, outcome, context.clock.now()), exact: true }
}

const started = (job: Job, nowMs: number): Job =>
  job.status?.startTime || job.spec.suspend ? job : { ...job, status: { ...job.status, startTime: timestamp(nowMs) } }

const statusNow = (job: Job, status: JobStatus, verdict: Verdict | undefined, nowMs: number): JobStatus => {
  if (verdict) return withVerdict(status, verdict, nowMs)
  return job.metadata.deletionTimestamp || trueCondition(status, 'FailureTarget') ? status : withSuspension(job, status, nowMs)
}

/** A Job that goes on again starts anew: its deadline did not run meanwhile. */
const withSuspension = ({ spec }: Job, status: JobStatus, nowMs: number): JobStatus => {
  const condition = spec.suspend
    ? newCondition('Suspended', { reason: 'JobSuspended', message: 'Job suspended' }, nowMs)
    : newCondition('Suspended', { status: 'False', reason: 'JobResumed', message: 'Job resumed' }, nowMs)
  const before = status.conditions ?? []
  const conditions = withCondition(before, condition)
  if (conditions === before) return status
  return { ...status, conditions: [...conditions], ...(!spec.suspend && { startTime: timestamp(nowMs) }) }
}

/** When to look again without being told to. */
const nextMs = (job: Job, { againMs }: Outcome, nowMs: number): number | undefined => {
  const endMs = deadlineMs(job)
  const waits = [againMs, endMs === undefined ? undefined : Math.max(0, endMs - nowMs)].filter((ms) => ms !== undefined)
  return waits.length > 0 ? Math.min(...waits) : undefined
}
