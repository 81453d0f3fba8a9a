import { timestamp } from '../../platform/clock.ts'
import type { DeploymentStatus } from '../../resources/generated/types.ts'
import type { Deployment } from '../../resources/resource.ts'
import { conditionOf, withCondition } from './condition.ts'
import { hasProgressDeadline } from './status.ts'

/** Notes pausing and resuming, so that the time of a pause does not count against the progress deadline. */
export const pauseNoted = (deployment: Deployment, nowMs: number): DeploymentStatus => {
  const { spec, status = {} } = deployment
  const reason = conditionOf(status, 'Progressing')?.reason
  if (!hasProgressDeadline(deployment) || reason === 'ProgressDeadlineExceeded') return status
  const now = timestamp(nowMs)
  if (spec.paused && reason !== 'DeploymentPaused')
    return withCondition(status, progressUnknown('DeploymentPaused', 'Deployment is paused'), now)
  if (!spec.paused && reason === 'DeploymentPaused')
    return withCondition(status, progressUnknown('DeploymentResumed', 'Deployment is resumed'), now)
  return status
}

const progressUnknown = (reason: string, message: string) => ({ type: 'Progressing', status: 'Unknown', reason, message })
