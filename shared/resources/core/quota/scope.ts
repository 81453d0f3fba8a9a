import { type FieldError, invalidValue, requiredValue } from '../../../meta/field-error.ts'
import type { ResourceQuotaSpec, ScopedResourceSelectorRequirement } from '../../generated/types.ts'
import { isQuotaResource } from '../pod/validation/resource-amount.ts'

const compute = ['cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory']
const ofPods = ['pods', ...compute]

/** The scopes, and what of the known resources each can be said of. */
const scopes: Readonly<Record<string, readonly string[]>> = {
  Terminating: ofPods,
  NotTerminating: ofPods,
  BestEffort: ['pods'],
  NotBestEffort: ofPods,
  PriorityClass: ofPods,
  CrossNamespacePodAffinity: ofPods,
  VolumeAttributesClass: ['persistentvolumeclaims', 'requests.storage'],
}
const onlyExists = ['Terminating', 'NotTerminating', 'BestEffort', 'NotBestEffort', 'CrossNamespacePodAffinity']
const opposites = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const

/** How often a resource with a limit is none that the scope is about. */
const misfits = (scope: string, hard: readonly string[]): number =>
  scopes[scope] === undefined ? 0 : hard.filter((name) => isQuotaResource(name) && !scopes[scope]!.includes(name)).length

const conflicts = (path: string, said: readonly string[], value: unknown): FieldError[] =>
  opposites
    .filter((pair) => pair.every((scope) => said.includes(scope)))
    .map(() => invalidValue(path, value, 'conflicting scopes'))

const times = (count: number, error: FieldError): FieldError[] => Array.from({ length: count }, () => error)

export const validateScopes = (path: string, { scopes: said = [], hard = {} }: ResourceQuotaSpec): FieldError[] => [
  ...said.flatMap((scope) => [
    ...(scopes[scope] ? [] : [invalidValue(path, said, 'unsupported scope')]),
    ...times(misfits(scope, Object.keys(hard)), invalidValue(path, said, 'unsupported scope applied to resource')),
  ]),
  ...conflicts(path, said, said),
]

const validateValues = (path: string, { operator, values = [] }: ScopedResourceSelectorRequirement): FieldError[] => {
  if (operator === 'In' || operator === 'NotIn')
    return values.length > 0
      ? []
      : [requiredValue(`${path}.values`, "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector")]
  if (operator === 'Exists' || operator === 'DoesNotExist')
    return values.length === 0
      ? []
      : [
          invalidValue(
            `${path}.values`,
            values,
            "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
          ),
        ]
  return [invalidValue(`${path}.operator`, operator ?? '', 'not a valid selector operator')]
}

/** With upstream's own names of the fields, as its messages show it. */
const asGoSees = (rules: readonly ScopedResourceSelectorRequirement[]) => ({
  MatchExpressions: rules.map(({ scopeName = '', operator = '', values }) => ({
    ScopeName: scopeName,
    Operator: operator,
    Values: values ?? null,
  })),
})

export const validateScopeSelector = (path: string, spec: ResourceQuotaSpec): FieldError[] => {
  const { scopeSelector, hard = {} } = spec
  const rules = scopeSelector?.matchExpressions ?? []
  return [
    ...rules.flatMap((rule) => {
      const { scopeName = '', operator } = rule
      return [
        ...(scopes[scopeName] ? [] : [invalidValue(`${path}.scopeName`, scopeName, 'unsupported scope')]),
        ...times(
          misfits(scopeName, Object.keys(hard)),
          invalidValue(path, asGoSees(rules), 'unsupported scope applied to resource'),
        ),
        ...(onlyExists.includes(scopeName) && operator !== 'Exists'
          ? [
              invalidValue(
                `${path}.operator`,
                operator ?? '',
                "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity",
              ),
            ]
          : []),
        ...validateValues(path, rule),
      ]
    }),
    ...conflicts(
      path,
      rules.map(({ scopeName }) => scopeName),
      spec.scopes ?? null,
    ),
  ]
}
