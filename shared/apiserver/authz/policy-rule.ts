import type { PolicyRule } from '../../resources/rbac/policy-rule.ts'
import type { RequestInfo } from '../router.ts'

const includes = (values: readonly string[] | undefined, wanted: string) =>
  values?.includes('*') === true || values?.includes(wanted) === true

const includesResource = (resources: readonly string[] | undefined, resource: string, subresource: string): boolean => {
  if (subresource === '') return includes(resources, resource)
  return includes(resources, `${resource}/${subresource}`) || resources?.includes(`*/${subresource}`) === true
}

const matchesPath = (pattern: string, path: string) =>
  pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.replace(/\*+$/, '')))

export const ruleAllows = (rule: PolicyRule, info: RequestInfo): boolean => {
  if (!includes(rule.verbs, info.verb)) return false
  if (!info.isResource) return rule.nonResourceURLs?.some((pattern) => matchesPath(pattern, info.path)) ?? false
  const { resourceNames } = rule
  return (
    includes(rule.apiGroups, info.group) &&
    includesResource(rule.resources, info.resource, info.subresource) &&
    (!resourceNames?.length || resourceNames.includes(info.name))
  )
}
