import { duplicateValue, type FieldError, invalidValue, requiredValue } from '../../meta/field-error.ts'
import { pathSegment } from '../../meta/names.ts'
import type { MatchResources, NamedRuleWithOperations } from '../generated/types.ts'
import { labelSelector } from '../validation/label.ts'
import { createSeen, each, oneOf } from '../validation/value.ts'
import { validateRule } from './rule-validation.ts'

/** What stands for what was not said of which requests are meant. In place. */
export const defaultMatchResources = (resources: MatchResources | undefined): void => {
  if (!resources) return
  resources.matchPolicy ??= 'Equivalent'
  resources.namespaceSelector ??= {}
  resources.objectSelector ??= {}
  for (const rule of [...(resources.resourceRules ?? []), ...(resources.excludeResourceRules ?? [])]) rule.scope ??= '*'
}

/** Findings about which requests a policy or a binding means. */
export const validateMatchResources = (path: string, resources: MatchResources | undefined): FieldError[] => {
  if (!resources) return []
  const { matchPolicy, namespaceSelector, objectSelector, resourceRules, excludeResourceRules } = resources
  return [
    ...(matchPolicy === undefined
      ? [requiredValue(`${path}.matchPolicy`)]
      : oneOf(`${path}.matchPolicy`, matchPolicy, ['Equivalent', 'Exact'])),
    ...(namespaceSelector
      ? labelSelector(`${path}.namespaceSelector`, namespaceSelector)
      : [requiredValue(`${path}.namespaceSelector`)]),
    ...(objectSelector ? labelSelector(`${path}.objectSelector`, objectSelector) : [requiredValue(`${path}.objectSelector`)]),
    ...each(`${path}.resourceRules`, resourceRules, validateNamedRule),
    ...each(`${path}.excludeResourceRules`, excludeResourceRules, validateNamedRule),
  ]
}

const validateNamedRule = (path: string, rule: NamedRuleWithOperations): FieldError[] => {
  const seen = createSeen()
  return [
    ...each(`${path}.resourceNames`, rule.resourceNames, (at, name) => [
      ...pathSegment(name).map((message) => invalidValue(at, name, message)),
      ...(seen(name) ? [duplicateValue(at, name)] : []),
    ]),
    ...validateRule(path, rule),
  ]
}
