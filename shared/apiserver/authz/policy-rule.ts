import type { RequestInfo } from '../router.ts'

/** As in rbac/v1: `*` stands for all; resources may name a subresource (`pods/log`), of any resource too (`*\/scale`). */
export interface PolicyRule {
  readonly verbs: readonly string[]
  readonly apiGroups?: readonly string[] | undefined
  readonly resources?: readonly string[] | undefined
  /** none: all */
  readonly resourceNames?: readonly string[] | undefined
  /** a trailing `*` matches everything behind */
  readonly nonResourceURLs?: readonly string[] | undefined
}

export const everything: readonly PolicyRule[] = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  { nonResourceURLs: ['*'], verbs: ['*'] },
]

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
