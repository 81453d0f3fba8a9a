import { type FieldError, invalidValue, requiredValue } from '../../meta/field-error.ts'
import type { PolicyRule } from '../generated/types.ts'
import { each, required } from '../validation/value.ts'

/** A rule is about resources or about paths, and one in a namespace never about paths. */
const validateRule = (path: string, rule: PolicyRule, namespaced: boolean): FieldError[] => {
  const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule
  const urlsPath = `${path}.nonResourceURLs`
  const errors = required(`${path}.verbs`, verbs ?? [], 'verbs must contain at least one value')
  if (nonResourceURLs.length === 0)
    return [
      ...errors,
      ...(apiGroups.length === 0
        ? [requiredValue(`${path}.apiGroups`, 'resource rules must supply at least one api group')]
        : []),
      ...(resources.length === 0 ? [requiredValue(`${path}.resources`, 'resource rules must supply at least one resource')] : []),
    ]
  return [
    ...errors,
    ...(namespaced ? [invalidValue(urlsPath, nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs')] : []),
    ...(apiGroups.length + resources.length + resourceNames.length > 0
      ? [invalidValue(urlsPath, nonResourceURLs, 'rules cannot apply to both regular resources and non-resource URLs')]
      : []),
  ]
}

export const validateRules = (rules: readonly PolicyRule[] | undefined | null, namespaced: boolean): FieldError[] =>
  each('rules', rules ?? [], (path, rule) => validateRule(path, rule, namespaced))
