import { type FieldError, invalidValue, notSupported, requiredValue } from '../../meta/field-error.ts'
import { formatQuantity, parseQuantityValue } from '../../meta/quantity.ts'
import type { V2HPAScalingPolicy, V2HPAScalingRules } from '../generated/types.ts'
import type { HorizontalPodAutoscaler } from '../resource.ts'
import { each, nonNegative, oneOf } from '../validation/value.ts'
import { apiVersionError, validateMetric, validateReference } from './metric-validation.ts'

const maxPeriodSeconds = 1800
const maxWindowSeconds = 3600

export const validateNewAutoscaler = (object: HorizontalPodAutoscaler): FieldError[] => validateAutoscaler(object, undefined)

/** `old`: what it names already is not looked at again. */
export const validateAutoscaler = ({ spec }: HorizontalPodAutoscaler, old: HorizontalPodAutoscaler | undefined): FieldError[] => {
  const { minReplicas, maxReplicas = 0, behavior } = spec
  return [
    ...(minReplicas !== undefined && minReplicas < 1
      ? [invalidValue('spec.minReplicas', minReplicas, 'must be greater than or equal to 1')]
      : []),
    ...(maxReplicas < 1 ? [invalidValue('spec.maxReplicas', maxReplicas, 'must be greater than 0')] : []),
    ...(minReplicas !== undefined && maxReplicas < minReplicas
      ? [invalidValue('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`')]
      : []),
    ...validateReference(
      'spec.scaleTargetRef',
      spec.scaleTargetRef ?? {},
      groupsOf(spec.scaleTargetRef, old?.spec.scaleTargetRef),
    ),
    ...each('spec.metrics', spec.metrics, (path, metric) => validateMetric(path, metric, namesWrongly(old))),
    ...(minReplicas === 0 && !(spec.metrics ?? []).some(({ type }) => type === 'Object' || type === 'External')
      ? [
          {
            type: 'FieldValueForbidden' as const,
            field: 'spec.metrics',
            message: 'Forbidden: must specify at least one Object or External metric to support scaling to zero replicas',
          },
        ]
      : []),
    ...validateRules('spec.behavior.scaleUp', behavior?.scaleUp),
    ...validateRules('spec.behavior.scaleDown', behavior?.scaleDown),
  ]
}

type Reference = Partial<HorizontalPodAutoscaler['spec']['scaleTargetRef']> | undefined

const groupsOf = (target: Reference, old: Reference) => {
  if (old && old.kind === target?.kind && (old.apiVersion ?? '') === (target?.apiVersion ?? '')) return 'unchecked'
  return target?.kind === 'ReplicationController' ? 'optional' : 'required'
}

const namesWrongly = (old: HorizontalPodAutoscaler | undefined): boolean =>
  (old?.spec.metrics ?? []).some(
    ({ type, object }) => type === 'Object' && apiVersionError(object?.describedObject?.apiVersion ?? '', false) !== undefined,
  )

const validateRules = (path: string, rules: V2HPAScalingRules | undefined): FieldError[] => {
  if (!rules) return []
  const { stabilizationWindowSeconds: window, selectPolicy, policies, tolerance } = rules
  const windowPath = `${path}.stabilizationWindowSeconds`
  const amount = tolerance === undefined ? undefined : parseQuantityValue(tolerance)
  return [
    ...(window !== undefined && window < 0 ? [invalidValue(windowPath, window, 'must be greater than or equal to zero')] : []),
    ...(window !== undefined && window > maxWindowSeconds
      ? [invalidValue(windowPath, window, `must be less than or equal to ${maxWindowSeconds}`)]
      : []),
    ...(selectPolicy === undefined ? [] : oneOf(`${path}.selectPolicy`, selectPolicy, ['Disabled', 'Max', 'Min'])),
    ...(policies?.length ? [] : [requiredValue(`${path}.policies`, 'must specify at least one Policy')]),
    ...each(`${path}.policies`, policies, validatePolicy),
    ...(amount && amount.nano < 0n
      ? [invalidValue(`${path}.tolerance`, formatQuantity(amount), 'must be greater than or equal to 0')]
      : []),
  ]
}

const validatePolicy = (path: string, { type = '', value = 0, periodSeconds = 0 }: V2HPAScalingPolicy): FieldError[] => [
  ...(type === 'Pods' || type === 'Percent' ? [] : [notSupported(`${path}.type`, type, ['Percent', 'Pods'])]),
  ...(value <= 0 ? [invalidValue(`${path}.value`, value, 'must be greater than zero')] : []),
  ...(periodSeconds <= 0 ? [invalidValue(`${path}.periodSeconds`, periodSeconds, 'must be greater than zero')] : []),
  ...(periodSeconds > maxPeriodSeconds
    ? [invalidValue(`${path}.periodSeconds`, periodSeconds, `must be less than or equal to ${maxPeriodSeconds}`)]
    : []),
]

export const validateAutoscalerStatus = ({ status }: HorizontalPodAutoscaler): FieldError[] => [
  ...nonNegative('status.currentReplicas', status?.currentReplicas),
  ...nonNegative('status.desiredReplicas', status?.desiredReplicas),
]
