import type { Taint, Toleration } from '../resources/generated/types.ts'

export const tolerates = (toleration: Toleration, taint: Taint): boolean => {
  if (toleration.effect && toleration.effect !== taint.effect) return false
  if (toleration.key && toleration.key !== taint.key) return false
  const operator = toleration.operator || 'Equal'
  if (operator === 'Exists') return true
  return operator === 'Equal' && toleration.key === taint.key && (toleration.value ?? '') === (taint.value ?? '')
}

export const isTolerated = (taint: Taint, tolerations: readonly Toleration[] = []): boolean =>
  tolerations.some((toleration) => tolerates(toleration, taint))

/** A taint that keeps pods without the toleration from being placed. */
export const forbidsScheduling = ({ effect }: Taint): boolean => effect === 'NoSchedule' || effect === 'NoExecute'
