import type { Pod, PodDisruptionBudget } from '../../resources/resource.ts'

/** then an eviction that was granted is not expected to come any more */
const timeoutMs = 120_000

export interface DisruptedPods {
  /** by name, when: evictions granted and not seen yet */
  readonly waiting: Readonly<Record<string, string>>
  /** pods that should have gone, and did not */
  readonly overdue: readonly Pod[]
  /** in milliseconds; undefined: nothing is waited for */
  readonly recheckMs: number | undefined
}

export const disruptedPods = ({ status }: PodDisruptionBudget, pods: readonly Pod[], nowMs: number): DisruptedPods => {
  const granted = status?.disruptedPods ?? {}
  const waiting: Record<string, string> = {}
  const overdue: Pod[] = []
  const waits: number[] = []
  for (const pod of pods) {
    const { name, deletionTimestamp } = pod.metadata
    const since = Object.hasOwn(granted, name) ? granted[name] : undefined
    if (deletionTimestamp || since === undefined) continue
    const leftMs = Date.parse(since) + timeoutMs - nowMs
    if (leftMs < 0) overdue.push(pod)
    else {
      waiting[name] = since
      waits.push(leftMs)
    }
  }
  // A moment later it is past.
  return { waiting, overdue, recheckMs: waits.length > 0 ? Math.min(...waits) + 1 : undefined }
}
