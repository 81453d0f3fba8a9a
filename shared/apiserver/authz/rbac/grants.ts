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
import { clusterRoleBindingsBySubject, describeSubject, roleBindingsBySubject, type SubjectKey } from './subjects.ts'

/** What a binding gives to one of the names of a user. */
export interface Grant {
  readonly binding: ClusterRoleBinding | RoleBinding
  readonly subject: SubjectKey
  /** undefined: the binding refers to what does not exist */
  readonly role: ClusterRole | Role | undefined
}

/** By the bindings of the namespace, of the cluster when that is ''. */
export const grantsTo = (cache: Cache, subject: SubjectKey, namespace: string): Grant[] => {
  const bindings: (ClusterRoleBinding | RoleBinding)[] =
    namespace === ''
      ? cache.byIndex(clusterRoleBindingsBySubject, subject)
      : cache.byIndex(roleBindingsBySubject, `${namespace}/${subject}`)
  return bindings.map((binding) => ({ binding, subject, role: roleOf(cache, binding.roleRef, namespace) }))
}

/** `namespace` is the binding's. */
const roleOf = (cache: Cache, { kind, name }: RoleRef, namespace: string): ClusterRole | Role | undefined =>
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
