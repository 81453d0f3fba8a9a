/** What autoscaling/v1 has no fields for, and carries in annotations: upstream's names. */
export const roundTrip = {
  metrics: 'autoscaling.alpha.kubernetes.io/metrics',
  currentMetrics: 'autoscaling.alpha.kubernetes.io/current-metrics',
  conditions: 'autoscaling.alpha.kubernetes.io/conditions',
  behavior: 'autoscaling.alpha.kubernetes.io/behavior',
  scaleDownTolerance: 'autoscaling.alpha.kubernetes.io/scale-down-tolerance',
  scaleUpTolerance: 'autoscaling.alpha.kubernetes.io/scale-up-tolerance',
} as const

const names: readonly string[] = Object.values(roundTrip)

/** None of them says anything of an object that has the fields; undefined: nothing is left. */
export const withoutRoundTrip = (
  annotations: Readonly<Record<string, string>> | undefined,
): Record<string, string> | undefined => {
  const kept = Object.entries(annotations ?? {}).filter(([name]) => !names.includes(name))
  return kept.length > 0 ? Object.fromEntries(kept) : undefined
}
