import type { Job, Pod } from '../../resources/resource.ts'
import { type FailureRecord, noFailures, recordAfter } from './back-off.ts'
import type { PodView } from './pod-view.ts'
import { isFailed, isTracked } from './tracking.ts'

export interface FailureMemory {
  /** The failures since the last success, those that a run has just found included. */
  recall(key: string, job: Job, view: PodView): FailureRecord
  /** As the Job was written with it. */
  remember(key: string, job: Job, record: FailureRecord): void
  forget(key: string): void
}

/**
 * Pods that are gone have failed too: this process remembers them as long as nobody else writes the Job. Otherwise the pods that are still
 * there tell.
 */
export const createFailureMemory = (): FailureMemory => {
  const records = new Map<string, { resourceVersion: string | undefined; record: FailureRecord }>()
  return {
    recall: (key, job, view) => {
      const known = records.get(key)
      if (!known || known.resourceVersion !== job.metadata.resourceVersion) return failuresAmong(job, view.pods)
      return recordAfter(known.record, view.newlySucceeded, view.newlyFailed)
    },
    remember: (key, { metadata: { resourceVersion } }, record) => {
      if (record.failures === 0) records.delete(key)
      else records.set(key, { resourceVersion, record })
    },
    forget: (key) => {
      records.delete(key)
    },
  }
}

/** One that was let go of before it was deleted has not failed. */
const failuresAmong = (job: Job, pods: readonly Pod[]): FailureRecord => {
  const isSurplus = (pod: Pod) => !isTracked(pod) && pod.metadata.deletionTimestamp !== undefined
  return recordAfter(
    noFailures,
    pods.filter(({ status }) => status?.phase === 'Succeeded'),
    pods.filter((pod) => isFailed(pod, job) && !isSurplus(pod)),
  )
}
