import type { Pod } from '../../resources/resource.ts'
import { totalFailuresOf } from './completion-index.ts'
import { finishTimeMs } from './finish-time.ts'

/** Failures of pods since one last succeeded. */
export interface FailureRecord {
  readonly failures: number
  /** in milliseconds since the epoch */
  readonly lastMs: number | undefined
}

export const noFailures: FailureRecord = { failures: 0, lastMs: undefined }

const firstMs = 10_000
const maxMs = 600_000

/** The record when further pods have ended. */
export const recordAfter = (before: FailureRecord, succeeded: readonly Pod[], failed: readonly Pod[]): FailureRecord => {
  const failedMs = failed.map(finishTimeMs)
  if (succeeded.length === 0) {
    return failed.length === 0 ? before : { failures: before.failures + failed.length, lastMs: latest(failedMs) }
  }
  const lastSuccessMs = latest(succeeded.map(finishTimeMs))
  const since = failedMs.filter((ms) => ms > lastSuccessMs)
  return since.length === 0 ? noFailures : { failures: since.length, lastMs: latest(since) }
}

/** How long no pod is made in the place of those that failed. */
export const backOffLeftMs = ({ failures, lastMs }: FailureRecord, nowMs: number): number => {
  if (failures === 0 || lastMs === undefined) return 0
  return Math.max(0, Math.min(firstMs * 2 ** (failures - 1), maxMs) - (nowMs - lastMs))
}

/** As above, of one index, whose last pod carries how often it had failed before. */
export const indexBackOffLeftMs = (last: Pod | undefined, nowMs: number): number =>
  last === undefined ? 0 : backOffLeftMs({ failures: totalFailuresOf(last) + 1, lastMs: finishTimeMs(last) }, nowMs)

const latest = (times: readonly number[]): number => times.reduce((a, b) => Math.max(a, b), 0)
