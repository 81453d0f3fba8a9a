import { type FieldError, forbiddenField, invalidValue, requiredValue } from '../../../../meta/field-error.ts'
import { dns1123Label, dns1123Subdomain, labelValue } from '../../../../meta/names.ts'
import type {
  Affinity,
  LabelSelector,
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinityTerm,
  PodAntiAffinity,
} from '../../../generated/types.ts'
import { labelKey, labelSelector } from '../../../validation/label.ts'
import { checked, each } from '../../../validation/value.ts'

const required = 'requiredDuringSchedulingIgnoredDuringExecution'
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution'

export const validateAffinity = (path: string, affinity: Affinity | undefined): FieldError[] => {
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity ?? {}
  return [
    ...(nodeAffinity?.[required] ? validateNodeSelector(`${path}.nodeAffinity.${required}`, nodeAffinity[required]) : []),
    ...each(`${path}.nodeAffinity.${preferred}`, nodeAffinity?.[preferred], (termPath, { weight, preference }) => [
      ...validateWeight(termPath, weight),
      // a wrong value of a preference has always been taken
      ...validateNodeSelectorTerm(`${termPath}.preference`, preference ?? {}, false),
    ]),
    ...validatePodAffinity(`${path}.podAffinity`, podAffinity),
    ...validatePodAffinity(`${path}.podAntiAffinity`, podAntiAffinity),
  ]
}

const validateWeight = (path: string, weight: number | undefined): FieldError[] =>
  weight === undefined || weight <= 0 || weight > 100
    ? [invalidValue(`${path}.weight`, weight ?? 0, 'must be in the range 1-100')]
    : []

export const validateNodeSelector = (path: string, { nodeSelectorTerms }: NodeSelector): FieldError[] =>
  nodeSelectorTerms?.length
    ? each(`${path}.nodeSelectorTerms`, nodeSelectorTerms, (termPath, term) => validateNodeSelectorTerm(termPath, term, true))
    : [requiredValue(`${path}.nodeSelectorTerms`, 'must have at least one node selector term')]

const validateNodeSelectorTerm = (path: string, term: NodeSelectorTerm, checkValues: boolean): FieldError[] => [
  ...each(`${path}.matchExpressions`, term.matchExpressions, (rulePath, rule) => validateExpression(rulePath, rule, checkValues)),
  ...each(`${path}.matchFields`, term.matchFields, validateField),
]

/** What each operator says about how many values there are. */
const countRules: Readonly<Record<string, (path: string, count: number) => FieldError[]>> = (() => {
  const some = (path: string, count: number) =>
    count > 0 ? [] : [requiredValue(path, "must be specified when `operator` is 'In' or 'NotIn'")]
  const none = (path: string, count: number) =>
    count === 0 ? [] : [forbiddenField(path, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")]
  const one = (path: string, count: number) =>
    count === 1 ? [] : [requiredValue(path, "must be specified single value when `operator` is 'Lt' or 'Gt'")]
  return { In: some, NotIn: some, Exists: none, DoesNotExist: none, Gt: one, Lt: one }
})()

const validateExpression = (
  path: string,
  { key, operator, values = [] }: NodeSelectorRequirement,
  checkValues: boolean,
): FieldError[] => [
  ...(countRules[operator]?.(`${path}.values`, values.length) ?? [
    invalidValue(`${path}.operator`, operator ?? '', 'not a valid selector operator'),
  ]),
  ...labelKey(`${path}.key`, key),
  ...(checkValues ? each(`${path}.values`, values, (valuePath, value) => checked(valuePath, value, labelValue)) : []),
]

const validateField = (path: string, { key, operator, values = [] }: NodeSelectorRequirement): FieldError[] => [
  ...(operator !== 'In' && operator !== 'NotIn'
    ? [invalidValue(`${path}.operator`, operator, 'not a valid selector operator')]
    : values.length === 1
      ? []
      : [requiredValue(`${path}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector")]),
  ...(key === 'metadata.name'
    ? each(`${path}.values`, values, (valuePath, value) => checked(valuePath, value, (name) => dns1123Subdomain(name)))
    : [invalidValue(`${path}.key`, key, 'not a valid field selector key')]),
]

const validatePodAffinity = (path: string, affinity: PodAntiAffinity | undefined): FieldError[] => [
  ...each(`${path}.${required}`, affinity?.[required], validatePodTerm),
  ...each(`${path}.${preferred}`, affinity?.[preferred], (termPath, { weight, podAffinityTerm }) => [
    ...validateWeight(termPath, weight),
    ...validatePodTerm(`${termPath}.podAffinityTerm`, podAffinityTerm),
  ]),
]

const validatePodTerm = (path: string, term: PodAffinityTerm): FieldError[] => [
  ...labelSelector(`${path}.labelSelector`, term.labelSelector),
  ...labelSelector(`${path}.namespaceSelector`, term.namespaceSelector),
  ...(term.namespaces ?? []).flatMap((name) => checked(`${path}.namespace`, name, (value) => dns1123Label(value))),
  ...validateLabelKeys(path, term.labelSelector, term),
  ...(term.topologyKey ? [] : [requiredValue(`${path}.topologyKey`, 'can not be empty')]),
  ...labelKey(`${path}.topologyKey`, term.topologyKey ?? ''),
]

interface LabelKeys {
  readonly matchLabelKeys?: readonly string[] | undefined
  readonly mismatchLabelKeys?: readonly string[] | undefined
}

/** Keys whose values the pod's own labels give. */
export const validateLabelKeys = (path: string, selector: LabelSelector | undefined, keys: LabelKeys): FieldError[] => {
  const { matchLabelKeys = [], mismatchLabelKeys = [] } = keys
  const list = (name: string, values: readonly string[]) =>
    values.length > 0 && selector === undefined
      ? [forbiddenField(`${path}.${name}`, 'must not be specified when labelSelector is not set')]
      : each(`${path}.${name}`, values, labelKey)
  const selected = new Set(Object.keys(selector?.matchLabels ?? {}))
  const repeated = (selector?.matchExpressions ?? []).flatMap(({ key }) => {
    const index = matchLabelKeys.indexOf(key)
    const wasSelected = selected.has(key)
    selected.add(key)
    return index >= 0 && wasSelected
      ? [invalidValue(`${path}[${index}]`, key, 'exists in both matchLabelKeys and labelSelector')]
      : []
  })
  return [
    ...list('matchLabelKeys', matchLabelKeys),
    ...list('mismatchLabelKeys', mismatchLabelKeys),
    ...repeated,
    ...each(`${path}.matchLabelKeys`, matchLabelKeys, (keyPath, key) =>
      mismatchLabelKeys.includes(key) ? [invalidValue(keyPath, key, 'exists in both matchLabelKeys and mismatchLabelKeys')] : [],
    ),
  ]
}
