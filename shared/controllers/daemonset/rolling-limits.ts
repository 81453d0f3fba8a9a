import type { DaemonSet } from '../../resources/resource.ts'
import { scaledValue } from '../deployment/fenceposts.ts'

/** How many pods may be above or below one for each of `desired` nodes; one of them is never zero. */
export const rollingLimits = ({ spec }: DaemonSet, desired: number): { surge: number; unavailable: number } => {
  const { type, rollingUpdate } = spec.updateStrategy ?? {}
  if (type !== 'RollingUpdate') return { surge: 0, unavailable: 0 }
  const surge = scaledValue(rollingUpdate?.maxSurge ?? 0, desired, true)
  const unavailable = scaledValue(rollingUpdate?.maxUnavailable ?? 0, desired, true)
  return { surge, unavailable: desired > 0 && surge === 0 && unavailable === 0 ? 1 : unavailable }
}

/** Whether a node may have more than one of its pods. */
export const allowsSurge = (set: DaemonSet): boolean => rollingLimits(set, 1).surge > 0
