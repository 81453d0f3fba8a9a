import { type FieldError, invalidValue, notSupported, requiredValue } from '../../meta/field-error.ts'
import { isEmptySelector, validateEndless, validatePodTemplate, validateSelected } from '../core/pod/validation/template.ts'
import type { DaemonSetUpdateStrategy, RollingUpdateDaemonSet } from '../generated/types.ts'
import type { DaemonSet } from '../resource.ts'
import { immutable } from '../validation/equality.ts'
import { labelSelector } from '../validation/label.ts'
import { nonNegative } from '../validation/value.ts'
import { atMostAll, numberOf, validateIntOrPercent } from './workload-validation.ts'

const validateRollingUpdate = (path: string, { maxUnavailable, maxSurge }: RollingUpdateDaemonSet): FieldError[] => {
  const [unavailablePath, surgePath] = [`${path}.maxUnavailable`, `${path}.maxSurge`]
  const [unavailable, surge] = [numberOf(maxUnavailable), numberOf(maxSurge)]
  return [
    ...validateIntOrPercent(unavailablePath, maxUnavailable),
    ...validateIntOrPercent(surgePath, maxSurge),
    ...atMostAll(unavailablePath, maxUnavailable),
    ...atMostAll(surgePath, maxSurge),
    ...(unavailable !== 0 && surge !== 0
      ? [invalidValue(surgePath, maxSurge, 'may not be set when maxUnavailable is non-zero')]
      : []),
    ...(unavailable === 0 && surge === 0 ? [requiredValue(unavailablePath, 'cannot be 0 when maxSurge is 0')] : []),
  ]
}

const validateStrategy = (path: string, { type, rollingUpdate }: DaemonSetUpdateStrategy): FieldError[] => {
  if (type === 'OnDelete') return []
  if (type !== 'RollingUpdate')
    return [notSupported(path, { Type: type, RollingUpdate: rollingUpdate ?? null }, ['RollingUpdate', 'OnDelete'])]
  const rollingPath = `${path}.rollingUpdate`
  return rollingUpdate ? validateRollingUpdate(rollingPath, rollingUpdate) : [requiredValue(rollingPath)]
}

export const validateDaemonSet = ({ spec }: DaemonSet): FieldError[] => {
  const template = spec.template ?? {}
  const selector = spec.selector ?? undefined
  const errors = labelSelector('spec.selector', selector)
  return [
    ...errors,
    ...(errors.length > 0 ? [] : validateSelected('spec.template', template, selector)),
    ...(isEmptySelector(selector) ? [invalidValue('spec.selector', selector, 'empty selector is invalid for daemonset')] : []),
    ...validatePodTemplate('spec.template', template),
    ...validateEndless('spec.template', template, 'DaemonSet'),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...validateStrategy('spec.updateStrategy', spec.updateStrategy ?? {}),
    ...nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
  ]
}

export const validateDaemonSetUpdate = ({ spec }: DaemonSet, { spec: old }: DaemonSet): FieldError[] =>
  immutable('spec.selector', spec.selector, old.selector)

const counts = [
  'currentNumberScheduled',
  'numberMisscheduled',
  'desiredNumberScheduled',
  'numberReady',
  'observedGeneration',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
  'collisionCount',
] as const

export const validateDaemonSetStatus = ({ status }: DaemonSet, { status: old }: DaemonSet): FieldError[] => {
  const collisions = status?.collisionCount ?? 0
  return [
    ...counts.flatMap((name) => nonNegative(`status.${name}`, status?.[name])),
    ...(old?.collisionCount !== undefined && collisions < old.collisionCount
      ? [invalidValue('status.collisionCount', collisions, 'cannot be decremented')]
      : []),
  ]
}
