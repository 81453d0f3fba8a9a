import {
  duplicateValue,
  type FieldError,
  invalidValue,
  notSupported,
  requiredValue,
  tooLong,
  tooMany,
} from '../../meta/field-error.ts'
import { qualifiedName } from '../../meta/names.ts'
import type {
  JobSpec,
  PodFailurePolicyOnExitCodesRequirement,
  PodFailurePolicyOnPodConditionsPattern,
  PodFailurePolicyRule,
  SuccessPolicy,
  SuccessPolicyRule,
} from '../generated/types.ts'
import { checked, createSeen, each, nonNegative } from '../validation/value.ts'
import { countOf, parseIntervals } from './index-intervals.ts'

const maxRules = 20
const maxExitCodes = 255
const maxPatterns = 20
const maxIndexesBytes = 64 * 1024

const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore']
const operators = ['In', 'NotIn']
const statuses = ['False', 'True', 'Unknown']

const validValues = (values: readonly string[]) => `valid values: [${values.map((value) => JSON.stringify(value)).join(' ')}]`

const oneOfNamed = (path: string, value: string | undefined, values: readonly string[]): FieldError[] => {
  if (!value) return [requiredValue(path, validValues(values))]
  return values.includes(value) ? [] : [notSupported(path, value, values)]
}

export const validateFailurePolicy = (
  path: string,
  { podFailurePolicy, backoffLimitPerIndex, template }: JobSpec,
): FieldError[] => {
  const rules = podFailurePolicy?.rules ?? []
  const { containers = [], initContainers = [] } = template?.spec ?? {}
  const names = [...(containers ?? []), ...(initContainers ?? [])].map(({ name }) => name)
  return [
    ...(rules.length > maxRules ? [tooMany(`${path}.rules`, rules.length, maxRules)] : []),
    ...each(`${path}.rules`, rules, (rulePath, rule) => [
      ...(rule.action === 'FailIndex'
        ? backoffLimitPerIndex === undefined
          ? [invalidValue(`${rulePath}.action`, rule.action, 'requires the backoffLimitPerIndex to be set')]
          : []
        : oneOfNamed(`${rulePath}.action`, rule.action, actions)),
      ...validateFailureRule(rulePath, rule, names),
    ]),
  ]
}

const validateFailureRule = (path: string, rule: PodFailurePolicyRule, names: readonly string[]): FieldError[] => {
  const { onExitCodes } = rule
  const patterns = rule.onPodConditions ?? []
  const omitted = (detail: string): FieldError => ({
    type: 'FieldValueInvalid',
    field: path,
    message: `Invalid value: ${detail}`,
  })
  return [
    ...(onExitCodes ? validateExitCodes(`${path}.onExitCodes`, onExitCodes, names) : []),
    ...validatePatterns(`${path}.onPodConditions`, patterns),
    ...(onExitCodes && patterns.length > 0 ? [omitted('specifying both OnExitCodes and OnPodConditions is not supported')] : []),
    ...(!onExitCodes && patterns.length === 0 ? [omitted('specifying one of OnExitCodes and OnPodConditions is required')] : []),
  ]
}

const validatePatterns = (path: string, patterns: readonly PodFailurePolicyOnPodConditionsPattern[]): FieldError[] => [
  ...(patterns.length > maxPatterns ? [tooMany(path, patterns.length, maxPatterns)] : []),
  ...each(path, patterns, (patternPath, { type, status }) => [
    ...checked(`${patternPath}.type`, type ?? '', qualifiedName),
    ...oneOfNamed(`${patternPath}.status`, status, statuses),
  ]),
]

const validateExitCodes = (
  path: string,
  { operator, containerName, values: given }: PodFailurePolicyOnExitCodesRequirement,
  names: readonly string[],
): FieldError[] => {
  const values = given ?? []
  const seen = createSeen()
  return [
    ...oneOfNamed(`${path}.operator`, operator, operators),
    ...(containerName === undefined || names.includes(containerName)
      ? []
      : [
          invalidValue(
            `${path}.containerName`,
            containerName,
            'must be one of the container or initContainer names in the pod template',
          ),
        ]),
    ...(values.length === 0 ? [invalidValue(`${path}.values`, given ?? null, 'at least one value is required')] : []),
    ...(values.length > maxExitCodes ? [tooMany(`${path}.values`, values.length, maxExitCodes)] : []),
    ...each(`${path}.values`, values, (valuePath, value) => [
      ...(operator === 'In' && value === 0 ? [invalidValue(valuePath, value, 'must not be 0 for the In operator')] : []),
      ...(seen(String(value)) ? [duplicateValue(valuePath, value)] : []),
    ]),
    ...(values.some((value, index) => value < (values[index - 1] ?? value))
      ? [invalidValue(`${path}.values`, values, 'must be ordered')]
      : []),
  ]
}

export const validateSuccessPolicy = (path: string, { rules: given }: SuccessPolicy, completions: number): FieldError[] => {
  const rules = given ?? []
  return [
    ...(rules.length === 0
      ? [requiredValue(`${path}.rules`, 'at least one rules must be specified when the successPolicy is specified')]
      : []),
    ...(rules.length > maxRules ? [tooMany(`${path}.rules`, rules.length, maxRules)] : []),
    ...each(`${path}.rules`, rules, (rulePath, rule) => validateSuccessRule(rulePath, rule, completions)),
  ]
}

const validateSuccessRule = (path: string, rule: SuccessPolicyRule, completions: number): FieldError[] => {
  const { succeededCount: count, succeededIndexes: indexes } = rule
  const { errors, total } =
    indexes === undefined ? { errors: [], total: 0 } : validateIndexes(`${path}.succeededIndexes`, indexes, completions)
  const countPath = `${path}.succeededCount`
  const atMost = (limit: number, what: string) =>
    invalidValue(countPath, count, `must be less than or equal to ${limit} (${what})`)
  return [
    ...(count === undefined && indexes === undefined
      ? [requiredValue(path, 'at least one of succeededCount or succeededIndexes must be specified')]
      : []),
    ...errors,
    ...nonNegative(countPath, count),
    ...(count !== undefined && count > completions ? [atMost(completions, 'the number of specified completions')] : []),
    ...(count !== undefined && indexes !== undefined && count > total
      ? [atMost(total, 'the number of indexes in the specified succeededIndexes field')]
      : []),
  ]
}

const validateIndexes = (path: string, indexes: string, completions: number): { errors: FieldError[]; total: number } => {
  const errors = Buffer.byteLength(indexes) > maxIndexesBytes ? [tooLong(path, maxIndexesBytes)] : []
  try {
    return { errors, total: countOf(parseIntervals(indexes, completions)) }
  } catch (error) {
    const reason = (error as Error).message
    return { errors: [...errors, invalidValue(path, indexes, `error parsing succeededIndexes: ${reason}`)], total: 0 }
  }
}
