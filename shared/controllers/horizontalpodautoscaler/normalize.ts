import type { V2HorizontalPodAutoscalerBehavior, V2HPAScalingRules } from '../../resources/generated/types.ts'
import { type AutoscalerMemory, type Recommendation, recentRecommendations, type ScaleEvent } from './memory.ts'

/** What is done of what metrics recommend, and what there is to say of it. */
export interface Normalized {
  readonly replicas: number
  readonly able: { readonly reason: string; readonly message: string }
  readonly limited: { readonly status: 'True' | 'False'; readonly reason: string; readonly message: string }
}

export interface NormalizeInput {
  readonly current: number
  readonly recommended: number
  readonly min: number
  readonly max: number
  readonly behavior: V2HorizontalPodAutoscalerBehavior | undefined
  readonly memory: AutoscalerMemory
  readonly nowMs: number
  readonly periodMs: number
}

/** How long a lower recommendation waits, where nobody says so. */
const downStabilizationMs = 300_000

const messages = {
  ScaleDownStabilized: 'recent recommendations were higher than current one, applying the highest recent recommendation',
  ScaleUpStabilized: 'recent recommendations were lower than current one, applying the lowest recent recommendation',
  ReadyForNewScale: 'recommended size matches current size',
  ScaleUpLimit: 'the desired replica count is increasing faster than the maximum scale rate',
  ScaleDownLimit: 'the desired replica count is decreasing faster than the maximum scale rate',
  TooManyReplicas: 'the desired replica count is more than the maximum replica count',
  TooFewReplicas: 'the desired replica count is less than the minimum replica count',
  DesiredWithinRange: 'the desired count is within the acceptable range',
}
type Reason = keyof typeof messages

const said = <R extends Reason>(reason: R) => ({ reason, message: messages[reason] })

/** Within min and max, no faster than behaviours allow, and not following every short rise or fall. */
export const normalize = (input: NormalizeInput): Normalized => {
  const { replicas: stabilized, reason } = input.behavior ? stabilizedBy(input.behavior, input) : stabilizedDown(input)
  const bounded = input.behavior ? boundedBy(input.behavior, stabilized, input) : boundedPlainly(stabilized, input)
  return {
    replicas: bounded.replicas,
    able: said(stabilized === input.recommended ? 'ReadyForNewScale' : reason),
    limited: { status: bounded.replicas === stabilized ? 'False' : 'True', ...said(bounded.reason) },
  }
}

interface Bounded {
  readonly replicas: number
  readonly reason: Reason
}

/** Without behaviours: down no further than to the most of the last minutes. */
const stabilizedDown = (input: NormalizeInput): Bounded => {
  const since = input.nowMs - downStabilizationMs
  const recent = recentRecommendations(input.memory, input).filter(({ untilMs }) => untilMs >= since)
  return { replicas: most(recent, input.recommended), reason: 'ScaleDownStabilized' }
}

const stabilizedBy = ({ scaleUp, scaleDown }: V2HorizontalPodAutoscalerBehavior, input: NormalizeInput): Bounded => {
  const { nowMs, recommended, current } = input
  const all = recentRecommendations(input.memory, input)
  const within = (seconds: number) => all.filter(({ untilMs }) => untilMs > nowMs - seconds * 1000)
  const low = least(within(scaleUp?.stabilizationWindowSeconds ?? 0), recommended)
  const high = most(within(scaleDown?.stabilizationWindowSeconds ?? downStabilizationMs / 1000), recommended)
  const replicas = Math.min(Math.max(current, low), high)
  return { replicas, reason: recommended >= current ? 'ScaleUpStabilized' : 'ScaleDownStabilized' }
}

const most = (recommendations: readonly Recommendation[], least: number): number =>
  Math.max(least, ...recommendations.map(({ replicas }) => replicas))
const least = (recommendations: readonly Recommendation[], most: number): number =>
  Math.min(most, ...recommendations.map(({ replicas }) => replicas))

/** Without behaviours: at most twice as many, or four. */
const boundedPlainly = (wanted: number, { current, min, max }: NormalizeInput): Bounded => {
  const rate = Math.max(2 * current, 4)
  const most = Math.min(max, rate)
  if (wanted < min) return { replicas: min, reason: 'TooFewReplicas' }
  if (wanted > most) return { replicas: most, reason: max > rate ? 'ScaleUpLimit' : 'TooManyReplicas' }
  return { replicas: wanted, reason: 'DesiredWithinRange' }
}

const boundedBy = (behavior: V2HorizontalPodAutoscalerBehavior, wanted: number, input: NormalizeInput): Bounded => {
  const { current, min, max } = input
  if (wanted > current) {
    const rate = Math.max(current, limitUp(behavior.scaleUp, input))
    const most = Math.min(max, rate)
    if (wanted > most) return { replicas: most, reason: max > rate ? 'ScaleUpLimit' : 'TooManyReplicas' }
  }
  if (wanted < current) {
    const rate = Math.min(current, limitDown(behavior.scaleDown, input))
    const fewest = Math.max(min, rate)
    if (wanted < fewest) return { replicas: fewest, reason: min < rate ? 'ScaleDownLimit' : 'TooFewReplicas' }
  }
  return { replicas: wanted, reason: 'DesiredWithinRange' }
}

/** How many there were when the period began. */
const atBegin = (periodSeconds: number, { current, memory, nowMs }: NormalizeInput): number => {
  const changed = (events: readonly ScaleEvent[]) =>
    events.filter(({ atMs }) => atMs > nowMs - periodSeconds * 1000).reduce((sum, { change }) => sum + change, 0)
  return current - changed(memory.ups) + changed(memory.downs)
}

const limitUp = (rules: V2HPAScalingRules | undefined, input: NormalizeInput): number => {
  if (rules?.selectPolicy === 'Disabled') return input.current
  const proposals = (rules?.policies ?? []).map(({ type, value, periodSeconds }) => {
    const begin = atBegin(periodSeconds, input)
    // rounded up, so that a little of few is one
    return type === 'Pods' ? begin + value : Math.ceil(begin * (1 + value / 100))
  })
  return rules?.selectPolicy === 'Min' ? Math.min(...proposals) : Math.max(...proposals)
}

const limitDown = (rules: V2HPAScalingRules | undefined, input: NormalizeInput): number => {
  if (rules?.selectPolicy === 'Disabled') return input.current
  const proposals = (rules?.policies ?? []).map(({ type, value, periodSeconds }) => {
    const begin = atBegin(periodSeconds, input)
    return type === 'Pods' ? begin - value : Math.trunc(begin * (1 - value / 100))
  })
  return rules?.selectPolicy === 'Min' ? Math.max(...proposals) : Math.min(...proposals)
}
