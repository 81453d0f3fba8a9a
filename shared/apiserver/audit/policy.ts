import type { User } from '../request.ts'
import type { RequestInfo, ResourceRequestInfo } from '../router.ts'

export const auditLevels = ['None', 'Metadata', 'Request', 'RequestResponse'] as const
export type AuditLevel = (typeof auditLevels)[number]

export const auditStages = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'] as const
export type AuditStage = (typeof auditStages)[number]

/** audit.k8s.io/v1 Policy. https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/ */
export interface AuditPolicy {
  readonly rules?: readonly AuditPolicyRule[] | undefined
  readonly omitStages?: readonly AuditStage[] | undefined
  readonly omitManagedFields?: boolean | undefined
}

export interface AuditPolicyRule {
  readonly level: AuditLevel
  readonly users?: readonly string[] | undefined
  readonly userGroups?: readonly string[] | undefined
  readonly verbs?: readonly string[] | undefined
  readonly resources?: readonly AuditedResources[] | undefined
  readonly namespaces?: readonly string[] | undefined
  readonly nonResourceURLs?: readonly string[] | undefined
  readonly omitStages?: readonly AuditStage[] | undefined
  readonly omitManagedFields?: boolean | undefined
}

interface AuditedResources {
  readonly group?: string | undefined
  readonly resources?: readonly string[] | undefined
  readonly resourceNames?: readonly string[] | undefined
}

/** What is noted of a request. */
export interface AuditConfig {
  readonly level: AuditLevel
  readonly omitsStage: (stage: AuditStage) => boolean
  readonly omitManagedFields: boolean
}

type Matcher = (user: User | undefined, info: RequestInfo) => boolean

/** "The first matching rule sets the audit level of the event"; what none matches is not noted. */
export const compilePolicy = (policy: AuditPolicy): ((user: User | undefined, info: RequestInfo) => AuditConfig) => {
  const configOf = ({ level, omitStages = [], omitManagedFields }: Partial<AuditPolicyRule>): AuditConfig => {
    const omitted = new Set([...(policy.omitStages ?? []), ...omitStages])
    return {
      level: level ?? 'None',
      omitsStage: (stage) => omitted.has(stage),
      omitManagedFields: omitManagedFields ?? policy.omitManagedFields ?? false,
    }
  }
  const rules = (policy.rules ?? []).map((rule) => ({ matches: compileRule(rule), config: configOf(rule) }))
  const otherwise = configOf({})
  return (user, info) => rules.find(({ matches }) => matches(user, info))?.config ?? otherwise
}

/** An empty list means every word. */
const oneOf = (words: readonly string[] | undefined): ((word: string) => boolean) => {
  if (!words?.length) return () => true
  const set = new Set(words)
  return (word) => set.has(word)
}

const compileRule = (rule: AuditPolicyRule): Matcher => {
  const { users, userGroups, namespaces, resources, nonResourceURLs } = rule
  const verb = oneOf(rule.verbs)
  const userName = oneOf(users)
  const group = oneOf(userGroups)
  const what =
    namespaces?.length || resources?.length ? resourceTest(rule) : nonResourceURLs?.length ? pathTest(nonResourceURLs) : undefined
  return (user, info) => {
    if (users?.length && !(user && userName(user.name))) return false
    if (userGroups?.length && !user?.groups.some(group)) return false
    return verb(info.verb) && (what?.(info) ?? true)
  }
}

const pathTest =
  (urls: readonly string[]) =>
  (info: RequestInfo): boolean =>
    !info.isResource &&
    urls.some((url) => url === '*' || url === info.path || (url.endsWith('*') && info.path.startsWith(url.replace(/\*+$/, ''))))

const resourceTest = ({ namespaces, resources = [] }: AuditPolicyRule) => {
  const namespace = oneOf(namespaces)
  const tests = resources.map(compileResources)
  return (info: RequestInfo): boolean =>
    info.isResource && namespace(info.namespace) && (tests.length === 0 || tests.some((test) => test(info)))
}

const compileResources = ({ group = '', resources = [], resourceNames }: AuditedResources) => {
  const words = new Set(resources)
  const name = oneOf(resourceNames)
  return (info: ResourceRequestInfo): boolean => {
    if (info.group !== group) return false
    if (resources.length === 0) return true
    if (!name(info.name)) return false
    const { resource, subresource } = info
    return (
      words.has('*') ||
      words.has(subresource === '' ? resource : `${resource}/${subresource}`) ||
      words.has(`${resource}/*`) ||
      (subresource !== '' && words.has(`*/${subresource}`))
    )
  }
}
