import {
  duplicateValue,
  type FieldError,
  forbiddenField,
  invalidValue,
  notSupported,
  requiredValue,
} from '../../../../meta/field-error.ts'
import { labelValue, qualifiedName } from '../../../../meta/names.ts'
import type { PodSchedulingGate, Toleration, TopologySpreadConstraint } from '../../../generated/types.ts'
import { labelKey, labelSelector } from '../../../validation/label.ts'
import { checked, createSeen, each, oneOf, optionalOneOf, positive } from '../../../validation/value.ts'
import { validateLabelKeys } from './affinity.ts'

export const taintEffects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const

export const validateTolerations = (path: string, tolerations: readonly Toleration[] | undefined): FieldError[] =>
  each(path, tolerations, (tolerationPath, { key, operator, value = '', effect, tolerationSeconds }) => [
    ...(key ? labelKey(`${tolerationPath}.key`, key) : []),
    ...(!key && operator !== 'Exists'
      ? [
          invalidValue(
            `${tolerationPath}.operator`,
            operator ?? '',
            'operator must be Exists when `key` is empty, which means "match all values and all keys"',
          ),
        ]
      : []),
    ...(tolerationSeconds !== undefined && effect !== 'NoExecute'
      ? [invalidValue(`${tolerationPath}.effect`, effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set")]
      : []),
    ...validateOperator(`${tolerationPath}.operator`, operator, value),
    ...(effect ? oneOf(`${tolerationPath}.effect`, effect, taintEffects) : []),
  ])

const validateOperator = (path: string, operator: string | undefined, value: string): FieldError[] => {
  if (!operator || operator === 'Equal') {
    const findings = labelValue(value)
    return findings.length > 0 ? [invalidValue(path, value, findings.join(';'))] : []
  }
  if (operator === 'Exists') return value ? [invalidValue(path, value, "value must be empty when `operator` is 'Exists'")] : []
  // upstream knows them, behind a feature gate that is off
  const isComparison = operator === 'Lt' || operator === 'Gt'
  return [notSupported(path, operator, isComparison ? ['Equal', 'Exists', 'Lt', 'Gt'] : ['Equal', 'Exists'])]
}

export const validateTopologySpread = (
  path: string,
  constraints: readonly TopologySpreadConstraint[] | undefined,
): FieldError[] =>
  each(path, constraints, (constraintPath, constraint, index) => {
    const { topologyKey = '', whenUnsatisfiable = '', minDomains } = constraint
    const isRepeated = constraints
      ?.slice(index + 1)
      .some((other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable)
    return [
      ...positive(`${constraintPath}.maxSkew`, constraint.maxSkew),
      ...(topologyKey ? [] : [requiredValue(`${constraintPath}.topologyKey`, 'can not be empty')]),
      ...oneOf(`${constraintPath}.whenUnsatisfiable`, whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway']),
      ...(isRepeated
        ? [duplicateValue(`${constraintPath}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${whenUnsatisfiable}}`)]
        : []),
      ...(minDomains === undefined ? [] : positive(`${constraintPath}.minDomains`, minDomains)),
      ...(minDomains !== undefined && whenUnsatisfiable !== 'DoNotSchedule'
        ? [
            invalidValue(
              `${constraintPath}.minDomains`,
              minDomains,
              `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`,
            ),
          ]
        : []),
      ...optionalOneOf(`${constraintPath}.nodeAffinityPolicy`, constraint.nodeAffinityPolicy, ['Honor', 'Ignore']),
      ...optionalOneOf(`${constraintPath}.nodeTaintsPolicy`, constraint.nodeTaintsPolicy, ['Honor', 'Ignore']),
      ...validateLabelKeys(constraintPath, constraint.labelSelector, { matchLabelKeys: constraint.matchLabelKeys }),
      ...labelSelector(`${constraintPath}.labelSelector`, constraint.labelSelector),
    ]
  })

export const validateSchedulingGates = (path: string, gates: readonly PodSchedulingGate[] | undefined): FieldError[] => {
  const seen = createSeen()
  return each(path, gates, (gatePath, { name }) => [
    ...checked(gatePath, name, qualifiedName),
    ...(seen(name) ? [duplicateValue(gatePath, name)] : []),
  ])
}

/** Tolerations may be added, and those that are there may only last another time. */
export const validateAddedTolerations = (
  path: string,
  tolerations: readonly Toleration[],
  old: readonly Toleration[],
): FieldError[] => {
  const isKept = (one: Toleration) =>
    tolerations.some(
      (other) =>
        other.key === one.key && other.operator === one.operator && other.value === one.value && other.effect === one.effect,
    )
  return old.every(isKept) ? [] : [forbiddenField(path, 'existing toleration can not be modified except its tolerationSeconds')]
}
