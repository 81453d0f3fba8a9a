import type { Job, Pod } from '../../resources/resource.ts'

/** Holds a pod until its end is counted in its Job's status. */
export const trackingFinalizer = 'batch.kubernetes.io/job-tracking'

export const isTracked = ({ metadata }: Pod): boolean => metadata.finalizers?.includes(trackingFinalizer) === true

/** Whether a pod is replaced once it has ended, not when it begins to. */
export const replacesOnlyFailed = ({ spec }: Job): boolean =>
  spec.podReplacementPolicy === 'Failed' || spec.podFailurePolicy !== undefined

/** A deleted pod may never come to say that it failed. */
export const isFailed = (pod: Pod, job: Job): boolean => {
  const phase = pod.status?.phase
  if (phase === 'Failed') return true
  return !replacesOnlyFailed(job) && pod.metadata.deletionTimestamp !== undefined && phase !== 'Succeeded'
}
