import { complete } from '../../meta/complete.ts'
import { decodeValue } from '../../meta/decode.ts'
import type { KubeObject } from '../../meta/object.ts'
import { isReason } from '../../meta/status.ts'
import type { ServedVersion } from '../definition.ts'
import type * as wire from '../generated/types.ts'
import type { HorizontalPodAutoscaler } from '../resource.ts'
import { loadSchemas } from '../schemas.ts'
import { roundTrip, withoutRoundTrip } from './round-trip.ts'
import { oldSpec, oldStatus, readOldSpec, readOldStatus } from './v1-metrics.ts'

type Old = KubeObject & Partial<Pick<wire.HorizontalPodAutoscaler, 'spec' | 'status'>>

const schema = 'io.k8s.api.autoscaling.v1.HorizontalPodAutoscaler'
const storedSchema = 'io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler'

const utilization = (averageUtilization: number): wire.V2MetricSpec => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
})

/** The one metric that this version has a field for. */
const isCpu = ({ type, resource }: wire.V2MetricSpec) =>
  type === 'Resource' && resource?.name === 'cpu' && resource.target.averageUtilization !== undefined

const fromStored = (object: HorizontalPodAutoscaler): KubeObject => {
  const { metadata, spec, status } = object
  const metrics = spec.metrics ?? []
  const others = metrics.filter((metric) => !isCpu(metric))
  const current = status?.currentMetrics ?? []
  const conditions = status?.conditions ?? []
  const annotations = {
    ...withoutRoundTrip(metadata.annotations),
    ...(others.length > 0 && { [roundTrip.metrics]: JSON.stringify(others.map(oldSpec)) }),
    ...(current.length > 0 && { [roundTrip.currentMetrics]: JSON.stringify(current.map(oldStatus)) }),
    ...(spec.behavior && { [roundTrip.behavior]: JSON.stringify(goBehavior(spec.behavior)) }),
    ...(conditions.length > 0 && { [roundTrip.conditions]: JSON.stringify(conditions.map(goCondition)) }),
  }
  const { annotations: _annotations, ...rest } = metadata
  const old = {
    metadata: Object.keys(annotations).length > 0 ? { ...rest, annotations } : rest,
    spec: said({
      scaleTargetRef: spec.scaleTargetRef,
      minReplicas: spec.minReplicas,
      maxReplicas: spec.maxReplicas,
      targetCPUUtilizationPercentage: metrics.find(isCpu)?.resource?.target.averageUtilization,
    }),
    status: said({
      observedGeneration: status?.observedGeneration,
      lastScaleTime: status?.lastScaleTime,
      currentReplicas: status?.currentReplicas ?? 0,
      desiredReplicas: status?.desiredReplicas ?? 0,
      currentCPUUtilizationPercentage: current.findLast(isCurrentCpu)?.resource?.current.averageUtilization,
    }),
  }
  complete(old, schema, loadSchemas())
  return old
}

/** Without what is undefined: it may be patched and read again. */
const said = (fields: object) => Object.fromEntries(Object.entries(fields).filter(([, field]) => field !== undefined))

const isCurrentCpu = ({ type, resource }: wire.V2MetricStatus) =>
  type === 'Resource' && resource?.name === 'cpu' && resource.current.averageUtilization !== undefined

/** Upstream writes a type of its own here, by its Go names. */
const goBehavior = ({ scaleUp, scaleDown }: wire.V2HorizontalPodAutoscalerBehavior) => ({
  ScaleUp: goRules(scaleUp),
  ScaleDown: goRules(scaleDown),
})

const goRules = (rules: wire.V2HPAScalingRules | undefined) =>
  rules
    ? {
        StabilizationWindowSeconds: rules.stabilizationWindowSeconds ?? null,
        SelectPolicy: rules.selectPolicy ?? null,
        Policies:
          rules.policies?.map(({ type, value, periodSeconds }) => ({ Type: type, Value: value, PeriodSeconds: periodSeconds })) ??
          null,
        Tolerance: rules.tolerance ?? null,
      }
    : null

const goCondition = ({ type, status, lastTransitionTime, reason, message }: wire.V2HorizontalPodAutoscalerCondition) => ({
  type,
  status,
  lastTransitionTime: lastTransitionTime ?? null,
  reason: reason || undefined,
  message: message || undefined,
})

const toStored = (object: KubeObject): HorizontalPodAutoscaler => {
  const { spec, status, metadata } = object as Old
  const { annotations, ...rest } = metadata
  const { targetCPUUtilizationPercentage: percentage, ...others } = spec ?? ({} as wire.HorizontalPodAutoscalerSpec)
  const { currentCPUUtilizationPercentage: current, currentReplicas, ...counts } = status ?? {}
  const kept = withoutRoundTrip(annotations)
  const carried = (name: keyof typeof roundTrip) => readCarried(annotations?.[roundTrip[name]])
  const metrics = fitting('spec', 'metrics', list(carried('metrics'))?.map(readOldSpec)) ?? []
  const cpu = percentage === undefined ? [] : [utilization(percentage)]
  const behavior = fitting('spec', 'behavior', behaviorOf(carried('behavior')))
  const currentMetrics =
    fitting('status', 'currentMetrics', list(carried('currentMetrics'))?.map(readOldStatus)) ??
    (current === undefined
      ? undefined
      : [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: current } } }])
  const conditions = fitting('status', 'conditions', list(carried('conditions')))
  return {
    metadata: kept ? { ...rest, annotations: kept } : rest,
    spec: { ...others, metrics: [...metrics, ...cpu], ...(behavior && { behavior }) },
    ...((status || currentMetrics || conditions) && {
      // of this version it is always written, of the other never when 0
      status: {
        ...counts,
        ...(currentReplicas && { currentReplicas }),
        ...(currentMetrics && { currentMetrics }),
        ...(conditions && { conditions }),
      },
    }),
  } as HorizontalPodAutoscaler
}

/** What an annotation says, null for nothing; undefined when it is not there or no JSON: then it counts for nothing. */
const readCarried = (text: string | undefined): unknown => {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const list = (value: unknown): unknown[] | undefined => (Array.isArray(value) ? value : undefined)

const behaviorOf = (value: unknown): unknown => {
  const behavior = lowered(value) as Record<string, unknown> | undefined
  return behavior?.scaleUp || behavior?.scaleDown ? behavior : undefined
}

/** Go's names of fields as JSON's. */
const lowered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(lowered)
  if (typeof value !== 'object' || value === null) return value ?? undefined
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name[0]?.toLowerCase() + name.slice(1), lowered(field)]),
  )
}

/** A carried value as the field of the stored type; undefined when it is not of that type, which upstream passes over too. */
const fitting = <Part extends 'spec' | 'status', Field extends keyof NonNullable<wire.V2HorizontalPodAutoscaler[Part]>>(
  part: Part,
  field: Field,
  value: unknown,
): NonNullable<wire.V2HorizontalPodAutoscaler[Part]>[Field] | undefined => {
  if (value === undefined) return undefined
  try {
    const { object } = decodeValue<wire.V2HorizontalPodAutoscaler>(
      // without what is undefined, as it would come in
      JSON.parse(JSON.stringify({ [part]: { [field]: value } })),
      { schema: storedSchema, schemas: loadSchemas(), fieldValidation: 'Ignore' },
    )
    return (object[part] as NonNullable<wire.V2HorizontalPodAutoscaler[Part]> | undefined)?.[field]
  } catch (error) {
    if (isReason(error, 'BadRequest')) return undefined
    throw error
  }
}

/** One metric in a field, all others, behavior and conditions in annotations. */
export const autoscalingV1: ServedVersion<HorizontalPodAutoscaler> = {
  group: 'autoscaling',
  version: 'v1',
  schema,
  default: (object) => {
    ;(object as Required<Old>).spec.minReplicas ??= 1
  },
  toStored,
  fromStored,
}
