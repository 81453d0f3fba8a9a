import { timestamp } from '../../platform/clock.ts'
import type { JobCondition, JobStatus } from '../../resources/generated/types.ts'

export const newCondition = (
  type: string,
  { reason = '', message = '', status = 'True' }: { reason?: string | undefined; message?: string | undefined; status?: string },
  nowMs: number,
): JobCondition => ({ type, status, lastProbeTime: timestamp(nowMs), lastTransitionTime: timestamp(nowMs), reason, message })

export const trueCondition = (status: JobStatus | undefined, type: string): JobCondition | undefined =>
  status?.conditions?.find((condition) => condition.type === type && condition.status === 'True')

export const isFinished = (status: JobStatus | undefined): boolean => finishedCondition(status) !== undefined

export const finishedCondition = (status: JobStatus | undefined): JobCondition | undefined =>
  status?.conditions?.find(({ type, status: is }) => (type === 'Complete' || type === 'Failed') && is === 'True')

/** The conditions with this one; the same ones where nothing changes. One that was never true is not said to be false. */
export const withCondition = (before: readonly JobCondition[], condition: JobCondition): readonly JobCondition[] => {
  const known = before.find(({ type }) => type === condition.type)
  if (!known) return condition.status === 'False' ? before : [...before, condition]
  const same = (['status', 'reason', 'message'] as const).every((field) => (known[field] ?? '') === (condition[field] ?? ''))
  return same ? before : before.map((one) => (one === known ? condition : one))
}
