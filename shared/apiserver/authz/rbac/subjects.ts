import type { Index } from '../../../client/cache.ts'
import type { RbacV1Subject } from '../../../resources/generated/types.ts'
import { type ClusterRoleBinding, clusterRoleBindings, type RoleBinding, roleBindings } from '../../../resources/resource.ts'
import type { User } from '../../request.ts'

const accountPattern = /^system:serviceaccount:([^:]+):([^:]+)$/

/** Whom a binding names: `User jane`, `Group dev`, `ServiceAccount builder/default`. */
export type SubjectKey = `${string} ${string}`

/** As reasons show it: `User "jane"`. */
export const describeSubject = (key: SubjectKey): string => {
  const space = key.indexOf(' ')
  return `${key.slice(0, space)} ${JSON.stringify(key.slice(space + 1))}`
}

/** `namespace` is the binding's, '' for one of the cluster. undefined: it is nobody. */
const keyOfSubject = ({ kind, name, namespace: own }: RbacV1Subject, namespace: string): SubjectKey | undefined => {
  if (kind === 'User' || kind === 'Group') return `${kind} ${name}`
  const home = own || namespace
  return kind === 'ServiceAccount' && home !== '' ? `${kind} ${name}/${home}` : undefined
}

/** Everything that bindings may call a user. */
export const subjectsOf = ({ name, groups }: User): SubjectKey[] => {
  const keys: SubjectKey[] = [`User ${name}`]
  const account = name.startsWith('system:serviceaccount:') ? accountPattern.exec(name) : undefined
  if (account) keys.push(`ServiceAccount ${account[2]}/${account[1]}`)
  for (const group of groups) keys.push(`Group ${group}`)
  return keys
}

const keysOf = (subjects: readonly RbacV1Subject[] | undefined | null, namespace: string): SubjectKey[] => [
  ...new Set((subjects ?? []).flatMap((subject) => keyOfSubject(subject, namespace) ?? [])),
]

export const clusterRoleBindingsBySubject: Index<ClusterRoleBinding> = {
  name: 'subject',
  resource: clusterRoleBindings,
  valuesOf: ({ subjects }) => keysOf(subjects, ''),
}

/** by `namespace/subject` */
export const roleBindingsBySubject: Index<RoleBinding> = {
  name: 'subject',
  resource: roleBindings,
  valuesOf: ({ subjects, metadata: { namespace = '' } }) => keysOf(subjects, namespace).map((key) => `${namespace}/${key}`),
}
