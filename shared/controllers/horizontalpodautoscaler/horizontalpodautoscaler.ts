import type { Resource } from '../../client/client.ts'
import { type ApiError, isReason } from '../../meta/status.ts'
import { timestamp } from '../../platform/clock.ts'
import type { V2HorizontalPodAutoscalerStatus } from '../../resources/generated/types.ts'
import { type HorizontalPodAutoscaler, horizontalPodAutoscalers, pods } from '../../resources/resource.ts'
import { type Controller, type ReconcileContext, watch } from '../controller.ts'
import { keyOf, splitKey } from '../key.ts'
import { semanticallyEqual } from '../semantic-equality.ts'
import { type Combined, combine } from './combine.ts'
import { type Said, withCondition } from './condition.ts'
import { type Decision, decideByMetrics, decideWithoutMetrics } from './decide.ts'
import * as remember from './memory.ts'
import { metricOutcome } from './metric-outcome.ts'
import { createMetricsClient } from './metrics-client.ts'
import { autoscalerController } from './name.ts'
import { MetricFailure } from './samples.ts'
import { selectedPods } from './selected-pods.ts'
import { qualifiedName, readTarget, rescale, resourcesOf, type Target, TargetError } from './target.ts'
import { tolerancesOf } from './tolerance.ts'

export interface HorizontalPodAutoscalerOptions {
  readonly resources: readonly Resource[]
  readonly memories: remember.AutoscalerMemories
  /** how often each is looked at; default: as upstream, every 15 s */
  readonly periodMs?: number | undefined
}

/** Nobody is scaled twice within this time, whoever has it looked at. */
const upstreamPeriodMs = 15_000

/** Scales what has a scale by what metrics say of it. */
export const createHorizontalPodAutoscalerController = (options: HorizontalPodAutoscalerOptions): Controller => {
  const { memories, periodMs = upstreamPeriodMs } = options
  return {
    name: autoscalerController,
    eventComponent: autoscalerController,
    // Its own writes are no reason to look again.
    watches: [
      watch(horizontalPodAutoscalers, (object, previous) =>
        object && previous && semanticallyEqual(object.spec, previous.spec) ? [] : [keyOf((object ?? previous)!)],
      ),
    ],
    reconcile: async (key, context) => {
      const { namespace, name } = splitKey(key)
      const autoscaler = context.cache.get(horizontalPodAutoscalers, namespace, name)
      if (!autoscaler) {
        await memories.forget(namespace, name)
        return undefined
      }
      const scaledMs = context.clock.now() - Date.parse(autoscaler.status?.lastScaleTime ?? '')
      if (scaledMs < upstreamPeriodMs) return { requeueAfter: upstreamPeriodMs - scaledMs }
      await look(autoscaler, { ...options, periodMs, context })
      return { requeueAfter: periodMs }
    },
  }
}

interface Look extends HorizontalPodAutoscalerOptions {
  readonly periodMs: number
  readonly context: ReconcileContext
}

const look = async (autoscaler: HorizontalPodAutoscaler, options: Look): Promise<void> => {
  const { memories, context, periodMs } = options
  const { namespace = '', name } = autoscaler.metadata
  const known = await memories.of(namespace)
  const nowMs = context.clock.now()
  const target = await targetOf(autoscaler, options)
  const kept = known.get(name)
  const none = remember.nothingRecommended
  if (target instanceof TargetError) {
    if (kept)
      await keep(options, autoscaler, { before: kept, after: remember.withRecommendation(kept, none, { nowMs, periodMs }) })
    const message = `the HPA controller was unable to get the target's current scale: ${target.message}`
    await tell(context, autoscaler, 'FailedGetScale', target.message)
    return writeStatus(context, autoscaler, {
      ...statusOf(autoscaler, [{ type: 'AbleToScale', status: 'False', reason: 'FailedGetScale', message }], nowMs),
    })
  }
  const current = target.scale.spec?.replicas ?? 0
  let memory = kept ?? remember.firstMemory(current, nowMs)
  const able = "the HPA controller was able to get the target's current scale"
  const said: Said[] = [{ type: 'AbleToScale', status: 'True', reason: 'SucceededGetScale', message: able }]
  let decision = decideWithoutMetrics(autoscaler, current)
  if (!decision) {
    memory = { ...memory, selector: target.scale.status?.selector ?? '' }
    const combined = await askMetrics(autoscaler, target, { ...options, known })
    said.push(combined.active)
    if (combined.replicas === undefined) {
      memory = remember.withRecommendation(memory, none, { nowMs, periodMs })
      await keep(options, autoscaler, { before: kept, after: memory })
      const { desiredReplicas = 0 } = autoscaler.status ?? {}
      const status = {
        ...statusOf(autoscaler, said, nowMs),
        currentReplicas: current,
        desiredReplicas,
        currentMetrics: combined.statuses,
      }
      await writeStatus(context, autoscaler, status)
      return tell(context, autoscaler, 'FailedComputeMetricsReplicas', combined.error ?? '')
    }
    if (combined.error)
      context.log.warn('some metrics of an autoscaler can not be used', { key: keyOf(autoscaler), error: combined.error })
    decision = decideByMetrics(autoscaler, { ...combined, replicas: combined.replicas }, { current, memory, nowMs, periodMs })
  }
  memory = remember.withRecommendation(memory, decision.recommended ?? none, { nowMs, periodMs })
  const scaled = await scaleTo(decision, { autoscaler, target, current, context })
  if (scaled === 'scaled') memory = remember.withScaleEvent(memory, decision.replicas - current, nowMs)
  await keep(options, autoscaler, { before: kept, after: memory })
  const outcome: Said[] = scaled === 'kept' ? [] : [afterScale(scaled, decision.replicas)]
  const failed = typeof scaled === 'object'
  const desiredReplicas = failed ? (autoscaler.status?.desiredReplicas ?? 0) : decision.replicas
  await writeStatus(context, autoscaler, {
    ...statusOf(autoscaler, [...said, ...decision.said, ...outcome], nowMs),
    ...{ currentReplicas: current, desiredReplicas, currentMetrics: decision.statuses },
    ...(scaled === 'scaled' ? { lastScaleTime: timestamp(nowMs) } : {}),
  })
}

const targetOf = async (
  { metadata, spec }: HorizontalPodAutoscaler,
  { context, resources }: Look,
): Promise<Target | TargetError> => {
  const { scaleTargetRef } = spec
  try {
    const found = resourcesOf(scaleTargetRef, { ...context, resources })
    return await readTarget(context.client, found, { namespace: metadata.namespace ?? '', name: scaleTargetRef.name })
  } catch (error) {
    if (error instanceof TargetError) return error
    throw error
  }
}

const askMetrics = async (
  autoscaler: HorizontalPodAutoscaler,
  { scale }: Target,
  { context, resources, known }: Look & { readonly known: ReadonlyMap<string, remember.AutoscalerMemory> },
): Promise<Combined> => {
  const { client, cache, clock } = context
  const { namespace = '', name } = autoscaler.metadata
  const text = scale.status?.selector ?? ''
  // One that was deleted a moment ago is remembered still.
  const living = new Map([...known].filter(([other]) => cache.get(horizontalPodAutoscalers, namespace, other)))
  const found = selectedPods({ text, namespace, name, pods: cache.list(pods, namespace), known: living })
  if ('reason' in found) {
    await tell(context, autoscaler, found.event, found.told)
    const { reason, message, told } = found
    const active: Said = { type: 'ScalingActive', status: 'False', reason, message }
    return { replicas: undefined, metric: '', statuses: null, active, error: told }
  }
  const specReplicas = scale.spec?.replicas ?? 0
  const around = {
    ...{ specReplicas, statusReplicas: scale.status?.replicas ?? 0, pods: found.pods },
    ...{ tolerances: tolerancesOf(autoscaler), nowMs: clock.now() },
  }
  const metrics = createMetricsClient(client)
  const qualifiedResource = (apiVersion: string, kind: string) => qualifiedResourceOf({ apiVersion, kind }, { cache, resources })
  const outcomes = await Promise.all(
    (autoscaler.spec.metrics ?? []).map((spec) =>
      metricOutcome(spec, { namespace, selector: text, around, metrics, qualifiedResource }),
    ),
  )
  for (const one of outcomes) if ('told' in one) await tell(context, autoscaler, one.reason, one.why)
  return combine(outcomes, specReplicas)
}

const qualifiedResourceOf = (ref: { apiVersion: string; kind: string }, around: Parameters<typeof resourcesOf>[1]): string => {
  try {
    return qualifiedName(resourcesOf(ref, around)[0]!)
  } catch (error) {
    if (!(error instanceof TargetError)) throw error
    const kind = ref.apiVersion.includes('/') ? `${ref.kind}.${ref.apiVersion.split('/')[0]}` : ref.kind
    throw new MetricFailure(
      `unable to fetch metrics from custom metrics API: unable to map kind ${kind} to resource: ${error.message}`,
    )
  }
}

type Scaled = 'kept' | 'scaled' | { readonly error: string }

const scaleTo = async (
  { replicas, reason }: Decision,
  options: { autoscaler: HorizontalPodAutoscaler; target: Target; current: number; context: ReconcileContext },
): Promise<Scaled> => {
  const { autoscaler, target, current, context } = options
  if (replicas === current) return 'kept'
  try {
    await rescale(context.client, target, replicas)
  } catch (error) {
    const { message } = error as ApiError
    await tell(context, autoscaler, 'FailedRescale', `New size: ${replicas}; reason: ${reason}; error: ${message}`)
    return { error: message }
  }
  await context.events.record(autoscaler, 'Normal', 'SuccessfulRescale', `New size: ${replicas}; reason: ${reason}`)
  return 'scaled'
}

const afterScale = (scaled: Exclude<Scaled, 'kept'>, replicas: number): Said => {
  if (scaled === 'scaled') {
    const message = `the HPA controller was able to update the target scale to ${replicas}`
    return { type: 'AbleToScale', status: 'True', reason: 'SucceededRescale', message }
  }
  const message = `the HPA controller was unable to update the target scale: ${scaled.error}`
  return { type: 'AbleToScale', status: 'False', reason: 'FailedUpdateScale', message }
}

const tell = (context: ReconcileContext, autoscaler: HorizontalPodAutoscaler, reason: string, message: string): Promise<void> =>
  context.events.record(autoscaler, 'Warning', reason, message)

const keep = async (
  { memories }: Look,
  { metadata }: HorizontalPodAutoscaler,
  { before, after }: { before: remember.AutoscalerMemory | undefined; after: remember.AutoscalerMemory },
): Promise<void> => {
  if (remember.isNews(before, after)) await memories.keep(metadata.namespace ?? '', metadata.name, after)
}

const statusOf = (
  { status }: HorizontalPodAutoscaler,
  said: readonly Said[],
  nowMs: number,
): V2HorizontalPodAutoscalerStatus => ({
  ...{ desiredReplicas: status?.desiredReplicas ?? 0, currentMetrics: status?.currentMetrics ?? null },
  ...{ currentReplicas: status?.currentReplicas, lastScaleTime: status?.lastScaleTime },
  conditions: said.reduce((all, one) => withCondition(all, one, timestamp(nowMs)), status?.conditions ?? []),
})

const writeStatus = async (
  { client, events }: ReconcileContext,
  autoscaler: HorizontalPodAutoscaler,
  { currentReplicas, ...rest }: V2HorizontalPodAutoscalerStatus,
): Promise<void> => {
  const status = { ...rest, currentReplicas: currentReplicas || undefined }
  if (semanticallyEqual(status, autoscaler.status)) return
  const { namespace = '', name } = autoscaler.metadata
  try {
    try {
      await client.update(horizontalPodAutoscalers, { ...autoscaler, status }, { subresource: 'status' })
    } catch (error) {
      if (!isReason(error, 'Conflict')) throw error
      // What was decided was done, and is to be told: whoever changed it meanwhile changed something else.
      const newest = await client.get(horizontalPodAutoscalers, namespace, name)
      if (newest.metadata.uid !== autoscaler.metadata.uid) return
      await client.update(horizontalPodAutoscalers, { ...newest, status }, { subresource: 'status' })
    }
  } catch (error) {
    if (isReason(error, 'NotFound')) return
    await events.record(autoscaler, 'Warning', 'FailedUpdateStatus', (error as ApiError).message)
    throw error
  }
}
