import { isReason } from '../../meta/status.ts'
import { type Job, type Pod, pods } from '../../resources/resource.ts'
import type { ReconcileContext } from '../controller.ts'
import { isNamespaceTerminating } from '../namespace-terminating.ts'
import { slowStart } from '../replicaset/slow-start.ts'
import { type PodIndex, podOf } from './job-pod.ts'
import { isTracked, trackingFinalizer } from './tracking.ts'

/** What was done, and what went wrong first. */
export interface Done<T> {
  readonly done: readonly T[]
  readonly error?: unknown
}

/** pods written to at the same time */
const atOnce = 100

/** Does it to as many as it can. */
export const toEach = async <T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<Done<T>> => {
  const done: T[] = []
  let error: unknown
  for (let start = 0; start < items.length; start += atOnce) {
    const some = items.slice(start, start + atOnce)
    const results = await Promise.allSettled(some.map(act))
    for (const [index, result] of results.entries()) {
      if (result.status === 'fulfilled') done.push(some[index]!)
      else error ??= result.reason
    }
  }
  return { done, ...(error !== undefined && { error }) }
}

export const createPods = async (
  job: Job,
  wanted: readonly (PodIndex | undefined)[],
  context: ReconcileContext,
): Promise<{ created: number; error?: unknown }> => {
  const left = [...wanted]
  const { done, error } = await slowStart(wanted.length, () => createPod(job, left.shift(), context))
  return { created: done, ...(error !== undefined && { error }) }
}

const createPod = async (job: Job, at: PodIndex | undefined, { client, events }: ReconcileContext): Promise<void> => {
  try {
    const pod = await client.create(pods, podOf(job, at))
    await events.record(job, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`)
  } catch (error) {
    if (isNamespaceTerminating(error)) return
    await events.record(job, 'Warning', 'FailedCreate', `Error creating: ${textOf(error)}`)
    throw error
  }
}

/** One that is gone is deleted. */
export const deletePod = async (job: Job, { metadata }: Pod, { client, events }: ReconcileContext): Promise<void> => {
  const { namespace = '', name, uid = '' } = metadata
  try {
    await client.delete(pods, namespace, name, { preconditions: { uid } })
    await events.record(job, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`)
  } catch (error) {
    if (isReason(error, 'NotFound')) return
    await events.record(job, 'Warning', 'FailedDelete', `Error deleting: ${textOf(error)}`)
    throw new Error(`unable to delete pods: ${textOf(error)}`, { cause: error })
  }
}

/** Lets go of a pod; `asRead`: of no other state of it than this one, or it throws ApiError Conflict. */
export const untrack = async (
  { client }: Pick<ReconcileContext, 'client'>,
  pod: Pod,
  { asRead = false }: { asRead?: boolean } = {},
): Promise<void> => {
  if (!isTracked(pod)) return
  const { resourceVersion } = pod.metadata
  const removed = { '$deleteFromPrimitiveList/finalizers': [trackingFinalizer] }
  await patchFinalizers({ client }, pod, { ...removed, ...(asRead && { resourceVersion }) })
}

/** Takes hold again of a pod that a run let go of to delete it, and then did not. */
export const track = ({ client }: Pick<ReconcileContext, 'client'>, pod: Pod): Promise<void> =>
  patchFinalizers({ client }, pod, { finalizers: [trackingFinalizer], resourceVersion: pod.metadata.resourceVersion })

const patchFinalizers = async (
  { client }: Pick<ReconcileContext, 'client'>,
  { metadata }: Pod,
  change: Readonly<Record<string, unknown>>,
): Promise<void> => {
  const { namespace = '', name, uid } = metadata
  try {
    await client.patch(pods, namespace, name, { type: 'strategic', body: { metadata: { uid, ...change } } })
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
