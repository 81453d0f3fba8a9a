const stages = ['alpha', 'beta', '']

/** Newest first: v2, v1, v1beta2, v1beta1, v1alpha1, and behind them by name what is no version of Kubernetes'. */
export const compareVersions = (a: string, b: string): number => {
  const [left, right] = [rankOf(a), rankOf(b)]
  if (!left || !right) return left ? -1 : right ? 1 : a < b ? -1 : a > b ? 1 : 0
  for (const [index, value] of left.entries()) if (value !== right[index]) return right[index]! - value
  return 0
}

const rankOf = (version: string): [stage: number, major: number, minor: number] | undefined => {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version)
  return match ? [stages.indexOf(match[2] ?? ''), Number(match[1]), Number(match[3] ?? 0)] : undefined
}
