import type {
  NonResourcePolicyRule,
  PolicyRulesWithSubjects,
  ResourcePolicyRule,
  FlowcontrolV1Subject as Subject,
} from '../../resources/generated/types.ts'
import type { FlowSchema } from '../../resources/resource.ts'
import type { User } from '../request.ts'
import type { PathRequestInfo, RequestInfo, ResourceRequestInfo } from '../router.ts'

/** Whether a request is one of those that a FlowSchema means. */
export type SchemaMatcher = (user: User, info: RequestInfo) => boolean

type Words = readonly string[] | null | undefined
type Test<T> = (value: T) => boolean

const accountPrefix = 'system:serviceaccount:'

/** As the API server has it: of the rules one whose subjects and whose rules for resources, or for paths, both match. */
export const compileSchema = ({ spec }: FlowSchema): SchemaMatcher => {
  const rules = (spec.rules ?? []).map(compileRule)
  return (user, info) => {
    for (const rule of rules) {
      if (!rule.subject(user)) continue
      if (info.isResource ? rule.resource(info) : rule.path(info)) return true
    }
    return false
  }
}

const compileRule = ({ subjects, resourceRules, nonResourceRules }: PolicyRulesWithSubjects) => ({
  subject: compileSubjects(subjects ?? []),
  resource: any((resourceRules ?? []).map(compileResourceRule)),
  path: any((nonResourceRules ?? []).map(compilePathRule)),
})

const any = <T>(tests: readonly Test<T>[]): Test<T> => {
  const [only] = tests
  if (tests.length === 1 && only) return only
  return (value) => tests.some((test) => test(value))
}

const compileSubjects = (subjects: readonly Subject[]): Test<User> => {
  const users = new Set<string>()
  const groups = new Set<string>()
  const prefixes: string[] = []
  for (const { kind, user, group, serviceAccount } of subjects) {
    if (kind === 'User' && user) users.add(user.name)
    else if (kind === 'Group' && group) groups.add(group.name)
    else if (kind === 'ServiceAccount' && serviceAccount) {
      const { namespace, name } = serviceAccount
      if (name === '*') prefixes.push(`${accountPrefix}${namespace}:`)
      else users.add(`${accountPrefix}${namespace}:${name}`)
    }
  }
  if (users.has('*') || groups.has('*')) return () => true
  return (user) => {
    if (users.has(user.name)) return true
    if (groups.size > 0) for (const group of user.groups) if (groups.has(group)) return true
    for (const prefix of prefixes) if (user.name.startsWith(prefix)) return true
    return false
  }
}

/** `*` stands for every word only where it stands alone. */
const compileWords = (words: Words): Test<string> => {
  if (words?.length === 1 && words[0] === '*') return () => true
  const set = new Set(words)
  return (word) => set.has(word)
}

const isEvery = (words: Words) => words?.length === 1 && words[0] === '*'

const compileResourceRule = ({
  verbs,
  apiGroups,
  resources,
  namespaces,
  clusterScope = false,
}: ResourcePolicyRule): Test<ResourceRequestInfo> => {
  if ([verbs, apiGroups, resources, namespaces].every(isEvery) && clusterScope) return () => true
  const [verb, group, resource, namespace] = [verbs, apiGroups, resources, namespaces].map(compileWords) as [
    Test<string>,
    Test<string>,
    Test<string>,
    Test<string>,
  ]
  return (info) =>
    verb(info.verb) &&
    resource(info.subresource === '' ? info.resource : `${info.resource}/${info.subresource}`) &&
    group(info.group) &&
    (info.namespace === '' ? clusterScope : namespace(info.namespace))
}

const compilePathRule = ({ verbs, nonResourceURLs }: NonResourcePolicyRule): Test<PathRequestInfo> => {
  const verb = compileWords(verbs)
  const urls: readonly string[] = nonResourceURLs ?? []
  if (urls.includes('*')) return (info) => verb(info.verb)
  const exact = new Set(urls)
  // what is said without a star has paths under it too
  const prefixes = urls.map((url) => url.replace(/\*$/, '')).map((url) => (url.endsWith('/') ? url : `${url}/`))
  return (info) => verb(info.verb) && (exact.has(info.path) || prefixes.some((prefix) => info.path.startsWith(prefix)))
}

/** Highest precedence first; of equals the name decides. */
export const byPrecedence = (a: FlowSchema, b: FlowSchema): number =>
  (a.spec.matchingPrecedence ?? 0) - (b.spec.matchingPrecedence ?? 0) || (a.metadata.name < b.metadata.name ? -1 : 1)
