import type { Cache } from '../../../client/cache.ts'
import type { RoleRef } from '../../../resources/generated/types.ts'
import {
  type ClusterRole,
  type ClusterRoleBinding,
  clusterRoles,
  type Role,
  type RoleBinding,
  roles,
} from '../../../resources/resource.ts'
import type { User } from '../../request.ts'
import { clusterRoleBindingsBySubject, describeSubject, roleBindingsBySubject, type SubjectKey, subjectsOf } from './subjects.ts'

/** What a binding gives to one of the names of a user. */
export interface Grant {
  readonly binding: ClusterRoleBinding | RoleBinding
  readonly subject: SubjectKey
  /** undefined: the binding refers to what does not exist */
  readonly role: ClusterRole | Role | undefined
}

/** Of the whole cluster first, then those of the namespace, unless that is ''. */
export function* grantsOf(cache: Cache, user: User, namespace: string): Generator<Grant> {
  const subjects = subjectsOf(user)
  for (const subject of subjects)
    for (const binding of cache.byIndex(clusterRoleBindingsBySubject, subject))
      yield { binding, subject, role: roleOf(cache, binding.roleRef, '') }
  if (namespace === '') return
  for (const subject of subjects)
    for (const binding of cache.byIndex(roleBindingsBySubject, `${namespace}/${subject}`))
      yield { binding, subject, role: roleOf(cache, binding.roleRef, namespace) }
}

/** `namespace` is the binding's. */
export const roleOf = (cache: Cache, { kind, name }: RoleRef, namespace: string): ClusterRole | Role | undefined =>
  kind === 'Role' ? cache.get(roles, namespace, name) : cache.get(clusterRoles, '', name)

/** `ClusterRoleBinding "x" of ClusterRole "y" to User "z"` */
export const describeGrant = ({ binding, subject }: Grant): string => {
  const { roleRef, metadata } = binding
  const [kind, name] = metadata.namespace
    ? ['RoleBinding', `${metadata.name}/${metadata.namespace}`]
    : ['ClusterRoleBinding', metadata.name]
  return `${kind} ${JSON.stringify(name)} of ${roleRef.kind} ${JSON.stringify(roleRef.name)} to ${describeSubject(subject)}`
}

export const describeMissing = ({ binding: { roleRef } }: Grant): string =>
  `${roleRef.kind.toLowerCase()}.rbac.authorization.k8s.io ${JSON.stringify(roleRef.name)} not found`

/** Several errors in one, each told once. */
export const joinErrors = (errors: readonly string[]): string | undefined => {
  const distinct = [...new Set(errors)]
  return distinct.length > 1 ? `[${distinct.join(', ')}]` : distinct[0]
}
