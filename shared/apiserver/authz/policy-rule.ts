import type { RequestInfo } from '../router.ts'

/** As in rbac/v1: `*` stands for all; resources may name a subresource (`pods/log`). */
export interface PolicyRule {
  readonly verbs: readonly string[]
  readonly apiGroups?: readonly string[] | undefined
  readonly resources?: readonly string[] | undefined
  readonly resourceNames?: readonly string[] | undefined
  /** a trailing `*` matches everything behind */
  readonly nonResourceURLs?: readonly string[] | undefined
  /** undefined: everywhere */
  readonly namespaces?: readonly string[] | undefined
}

const includes = (values: readonly string[] | undefined, wanted: string) =>
  values?.includes('*') === true || values?.includes(wanted) === true

const matchesPath = (pattern: string, path: string) =>
  pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1)))

export const ruleAllows = (rule: PolicyRule, info: RequestInfo): boolean => {
  if (!includes(rule.verbs, info.verb)) return false
  if (!info.isResource) return rule.nonResourceURLs?.some((pattern) => matchesPath(pattern, info.path)) ?? false
  const { group, resource, subresource, name, namespace } = info
  return (
    includes(rule.apiGroups, group) &&
    includes(rule.resources, subresource === '' ? resource : `${resource}/${subresource}`) &&
    (rule.resourceNames === undefined || rule.resourceNames.includes(name)) &&
    (rule.namespaces === undefined || rule.namespaces.includes(namespace))
  )
}
