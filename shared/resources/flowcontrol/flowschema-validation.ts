import { type FieldError, forbiddenField, invalidValue, notSupported, requiredValue } from '../../meta/field-error.ts'
import { dns1123Label, dns1123Subdomain } from '../../meta/names.ts'
import type {
  NonResourcePolicyRule,
  PolicyRulesWithSubjects,
  ResourcePolicyRule,
  ServiceAccountSubject,
  FlowcontrolV1Subject as Subject,
} from '../generated/types.ts'
import type { FlowSchema } from '../resource.ts'
import { checked, each, oneOf, requiredChecked } from '../validation/value.ts'
import { validateConditions } from './condition.ts'
import { isMandatoryFlowSchema } from './mandatory.ts'

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch']
const highestPrecedence = 10_000

export const validateFlowSchema = ({ metadata: { name }, spec, status }: FlowSchema): FieldError[] => {
  const { matchingPrecedence = 0, distinguisherMethod, priorityLevelConfiguration, rules } = spec
  const precedence = (detail: string) => invalidValue('spec.matchingPrecedence', matchingPrecedence, detail)
  const level = 'spec.priorityLevelConfiguration.name'
  return [
    ...(matchingPrecedence <= 0 ? [precedence('must be a positive value')] : []),
    ...(matchingPrecedence > highestPrecedence ? [precedence(`must not be greater than ${highestPrecedence}`)] : []),
    ...(matchingPrecedence === 1 && name !== 'exempt'
      ? [precedence("only the schema named 'exempt' may have matchingPrecedence 1")]
      : []),
    ...(distinguisherMethod && !['ByNamespace', 'ByUser'].includes(distinguisherMethod.type)
      ? [notSupported('spec.distinguisherMethod.type', { Type: distinguisherMethod.type ?? '' }, ['ByNamespace', 'ByUser'])]
      : []),
    ...(priorityLevelConfiguration.name
      ? checked(level, priorityLevelConfiguration.name, (value) => dns1123Subdomain(value))
      : [requiredValue(level, 'must reference a priority level')]),
    ...each('spec.rules', rules, rule),
    ...(isMandatoryFlowSchema(name, spec) === false
      ? [invalidValue('spec', spec, `spec of '${name}' must equal the fixed value`)]
      : []),
    ...validateConditions(status?.conditions),
  ]
}

export const validateFlowSchemaStatus = ({ status }: FlowSchema): FieldError[] => validateConditions(status?.conditions)

const rule = (path: string, { subjects, resourceRules, nonResourceRules }: PolicyRulesWithSubjects): FieldError[] => [
  ...(subjects?.length ? [] : [requiredValue(`${path}.subjects`, 'subjects must contain at least one value')]),
  ...each(`${path}.subjects`, subjects, subject),
  ...(resourceRules?.length || nonResourceRules?.length
    ? []
    : [requiredValue(path, 'at least one of resourceRules and nonResourceRules has to be non-empty')]),
  ...each(`${path}.resourceRules`, resourceRules, resourceRule),
  ...each(`${path}.nonResourceRules`, nonResourceRules, nonResourceRule),
]

/** The field of each kind of subject, in the order of findings. */
const fieldsOfKinds = { ServiceAccount: 'serviceAccount', User: 'user', Group: 'group' } as const

const subject = (path: string, value: Subject): FieldError[] => {
  const kind = value.kind as keyof typeof fieldsOfKinds
  if (!Object.hasOwn(fieldsOfKinds, kind ?? '')) return oneOf(`${path}.kind`, kind, ['Group', 'ServiceAccount', 'User'])
  const field = fieldsOfKinds[kind]
  const own = value[field]
  const others = Object.entries(fieldsOfKinds).filter(([other, name]) => other !== kind && value[name] !== undefined)
  return [
    ...(own === undefined
      ? [requiredValue(`${path}.${field}`, `${field} is required when subject kind is '${kind}'`)]
      : kind === 'ServiceAccount'
        ? serviceAccount(`${path}.${field}`, own as ServiceAccountSubject)
        : own.name
          ? []
          : [requiredValue(`${path}.${field}.name`)]),
    ...others.map(([other, name]) =>
      forbiddenField(`${path}.${name}`, `${name} is forbidden when subject kind is not '${other}'`),
    ),
  ]
}

const serviceAccount = (path: string, { name, namespace }: ServiceAccountSubject): FieldError[] => [
  ...(name === '*' ? [] : requiredChecked(`${path}.name`, name, (value) => dns1123Subdomain(value))),
  ...(namespace
    ? checked(`${path}.namespace`, namespace, (value) => dns1123Label(value))
    : [requiredValue(`${path}.namespace`, 'must specify namespace for service account')]),
]

/** A list where `*` stands alone. */
const alone = (path: string, values: readonly string[], what: string): FieldError[] =>
  values.includes('*') && values.length > 1
    ? [invalidValue(path, values, `if '*' is present, must not specify other ${what}`)]
    : []

/** A list that was left out is null. */
type Words = readonly string[] | null | undefined

const validateVerbs = (path: string, words: Words): FieldError[] => {
  const values = words ?? []
  if (values.length === 0) return [requiredValue(path, 'verbs must contain at least one value')]
  if (values.includes('*')) return alone(path, values, 'verbs')
  return values.every((verb) => verbs.includes(verb)) ? [] : [notSupported(path, values, verbs)]
}

const someOf = (path: string, words: Words, { missing, what }: { missing: string; what: string }): FieldError[] =>
  words?.length ? alone(path, words, what) : [requiredValue(path, missing)]

const resourceRule = (path: string, value: ResourcePolicyRule): FieldError[] => {
  const { apiGroups, resources, clusterScope } = value
  const namespaces = value.namespaces ?? []
  return [
    ...validateVerbs(`${path}.verbs`, value.verbs),
    ...someOf(`${path}.apiGroups`, apiGroups, {
      missing: 'resource rules must supply at least one api group',
      what: 'api groups',
    }),
    ...someOf(`${path}.resources`, resources, {
      missing: 'resource rules must supply at least one resource',
      what: 'resources',
    }),
    ...(namespaces.length === 0 && !clusterScope
      ? [requiredValue(`${path}.namespaces`, 'resource rules that are not cluster scoped must supply at least one namespace')]
      : namespaces.includes('*')
        ? alone(`${path}.namespaces`, namespaces, 'namespaces')
        : each(`${path}.namespaces`, namespaces, (namespacePath, namespace) =>
            dns1123Label(namespace).map((message) =>
              invalidValue(namespacePath, namespace, `each member of this list must be '*' or a DNS-1123 label; ${message}`),
            ),
          )),
  ]
}

const nonResourceRule = (path: string, value: NonResourcePolicyRule): FieldError[] => {
  const nonResourceURLs: readonly string[] = value.nonResourceURLs ?? []
  const urls = `${path}.nonResourceURLs`
  return [
    ...validateVerbs(`${path}.verbs`, value.verbs),
    ...someOf(urls, nonResourceURLs, {
      missing: 'nonResourceURLs must contain at least one value',
      what: 'non-resource URLs',
    }),
    ...(nonResourceURLs.includes('*') ? [] : each(urls, nonResourceURLs, (urlPath, url) => checked(urlPath, url, urlPattern))),
  ]
}

const urlPattern = (url: string): string[] => {
  if (url === '') return ['must not be empty']
  if (url === '/') return []
  if (!url.startsWith('/')) return ['must start with slash']
  if (url.includes(' ')) return ['must not contain white-space']
  if (url.includes('//')) return ['must not contain double slash']
  return /^[^*]*(\/\*)?$/.test(url) ? [] : ['wildcard can only do suffix matching']
}
