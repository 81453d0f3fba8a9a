import type { Job, Pod } from '../../resources/resource.ts'
import type { ReconcileContext } from '../controller.ts'
import { isPodReady } from '../pod-state.ts'
import type { FailureRecord } from './back-off.ts'
import type { Standing } from './count.ts'
import { type Plan, plan } from './plan.ts'
import { createPods, type Done, deletePod, toEach, track, untrack } from './pod-actions.ts'
import type { PodView } from './pod-view.ts'
import { isTracked } from './tracking.ts'

/** How the pods stand after what was done about them, and what of it failed. */
export interface Outcome extends Standing {
  readonly error?: unknown
  /** in milliseconds */
  readonly againMs?: number | undefined
}

/** Deletes what is still active of a Job that has its end; the tracking of it stays. */
export const endPods = async (job: Job, view: PodView, context: ReconcileContext): Promise<Outcome> => {
  const { done, error } = await toEach(view.active, (pod) => deletePod(job, pod, context))
  return { ...without(view, done), ...(error !== undefined && { error }) }
}

/** Makes or deletes pods of a Job that goes on. */
export const managePods = async (
  job: Job,
  { view, record }: { view: PodView; record: FailureRecord },
  context: ReconcileContext,
): Promise<Outcome> => {
  const decided = plan(job, view, { record, nowMs: context.clock.now() })
  await trackAgain(view, decided, context)
  switch (decided.do) {
    case 'nothing':
      return standingOf(view)
    case 'wait':
      return { ...standingOf(view), againMs: decided.forMs }
    case 'create': {
      const { created, error } = await createPods(job, decided.pods, context)
      const standing = standingOf(view)
      return { ...standing, active: standing.active + created, againMs: decided.laterMs, ...(error !== undefined && { error }) }
    }
    case 'remove': {
      const { done, error } = await removePods(job, decided.pods, context)
      return { ...without(view, done), ...(error !== undefined && { error }) }
    }
  }
}

/** They end for another reason than their own, so nothing of theirs counts; but for one that has just ended by itself. */
const removePods = (job: Job, pods: readonly Pod[], context: ReconcileContext): Promise<Done<Pod>> =>
  toEach(pods, async (pod) => {
    await untrack(context, pod, { asRead: true })
    await deletePod(job, pod, context)
  })

/** A run that let go of pods may have died before it deleted them, and now they are wanted. */
const trackAgain = async ({ active }: PodView, decided: Plan, context: ReconcileContext): Promise<void> => {
  const untracked = active.filter((pod) => !isTracked(pod) && !(decided.do === 'remove' && decided.pods.includes(pod)))
  const { error } = await toEach(untracked, (pod) => track(context, pod))
  if (error !== undefined) throw error
}

const standingOf = ({ active, ready, terminating }: PodView): Standing => ({ active: active.length, ready, terminating })

const without = (view: PodView, deleted: readonly Pod[]): Standing => ({
  active: view.active.length - deleted.length,
  ready: view.ready - deleted.filter(isPodReady).length,
  terminating: view.terminating + deleted.length,
})
