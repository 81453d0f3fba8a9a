import type { Pod } from '../../resources/resource.ts'
import { podCondition } from '../pod-state.ts'
import type { PodSample, PodSamples } from './samples.ts'

/** While a pod is so young its processor time may be that of its start. */
const cpuInitializationMs = 5 * 60_000
/** Who becomes unready so soon after the start was never ready. */
const initialReadinessDelayMs = 30_000

/** Names of pods, by what their samples are good for; those of the rest are. */
export interface PodGroups {
  readonly readyCount: number
  readonly unready: ReadonlySet<string>
  readonly missing: ReadonlySet<string>
  readonly ignored: ReadonlySet<string>
}

export const groupPods = (
  pods: readonly Pod[],
  samples: PodSamples,
  { isCpu, nowMs }: { readonly isCpu: boolean; readonly nowMs: number },
): PodGroups => {
  const [unready, missing, ignored] = [new Set<string>(), new Set<string>(), new Set<string>()]
  let readyCount = 0
  for (const pod of pods) {
    const { name, deletionTimestamp } = pod.metadata
    const sample = samples.get(name)
    if (deletionTimestamp || pod.status?.phase === 'Failed') ignored.add(name)
    else if (pod.status?.phase === 'Pending') unready.add(name)
    else if (!sample) missing.add(name)
    else if (isCpu && isStarting(pod, sample, nowMs)) unready.add(name)
    else readyCount++
  }
  return { readyCount, unready, missing, ignored }
}

const isStarting = (pod: Pod, { atMs, windowMs }: PodSample, nowMs: number): boolean => {
  const ready = podCondition(pod, 'Ready')
  const startedMs = Date.parse(pod.status?.startTime ?? '')
  if (!ready || Number.isNaN(startedMs)) return true
  const changedMs = Date.parse(ready.lastTransitionTime ?? '') || 0
  const isUnready = ready.status === 'False'
  if (startedMs + cpuInitializationMs > nowMs) return isUnready || atMs < changedMs + windowMs
  return isUnready && startedMs + initialReadinessDelayMs > changedMs
}
