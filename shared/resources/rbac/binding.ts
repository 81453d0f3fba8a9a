import { type FieldError, invalidValue, notSupported, requiredValue } from '../../meta/field-error.ts'
import { dns1123Subdomain, pathSegment } from '../../meta/names.ts'
import { age, text, wide } from '../column.ts'
import type { Column } from '../definition.ts'
import type { RbacV1Subject, RoleRef } from '../generated/types.ts'
import type { ClusterRoleBinding, RoleBinding } from '../resource.ts'
import { isEquivalent } from '../validation/equality.ts'
import { checked, each, oneOf } from '../validation/value.ts'

type Binding = RoleBinding | ClusterRoleBinding

const group = 'rbac.authorization.k8s.io'

export const defaultBinding = (binding: Binding): void => {
  ;(binding as Partial<Binding>).roleRef ??= {} as RoleRef
  binding.roleRef.apiGroup ||= group
  for (const subject of binding.subjects ?? [])
    if (subject.kind === 'User' || subject.kind === 'Group') subject.apiGroup ||= group
}

const validateSubject = (path: string, { kind, name, apiGroup = '', namespace }: RbacV1Subject, namespaced: boolean) => {
  const errors = name ? [] : [requiredValue(`${path}.name`)]
  const groupIs = (wanted: string) => (apiGroup === wanted ? [] : [notSupported(`${path}.apiGroup`, apiGroup, [wanted])])
  if (kind === 'ServiceAccount')
    return [
      ...errors,
      ...(name ? checked(`${path}.name`, name, dns1123Subdomain) : []),
      ...groupIs(''),
      ...(namespaced || namespace ? [] : [requiredValue(`${path}.namespace`)]),
    ]
  if (kind === 'User' || kind === 'Group') return [...errors, ...groupIs(group)]
  return [...errors, notSupported(`${path}.kind`, kind ?? '', ['ServiceAccount', 'User', 'Group'])]
}

/** `roleKinds`: what a binding of this kind may refer to. */
export const validateBinding =
  (namespaced: boolean, roleKinds: readonly string[]) =>
  ({ roleRef, subjects }: Binding): FieldError[] => {
    const { apiGroup = '', kind, name } = roleRef
    return [
      ...oneOf('roleRef.apiGroup', apiGroup, [group]),
      ...oneOf('roleRef.kind', kind ?? '', roleKinds),
      ...(name ? checked('roleRef.name', name, pathSegment) : [requiredValue('roleRef.name')]),
      ...each('subjects', subjects ?? [], (path, subject) => validateSubject(path, subject, namespaced)),
    ]
  }

/** Who may grant one role must not be able to turn the binding to another. */
export const validateBindingUpdate = ({ roleRef }: Binding, { roleRef: old }: Binding): FieldError[] => {
  if (isEquivalent(roleRef, old)) return []
  const { apiGroup, kind, name } = roleRef
  return [invalidValue('roleRef', { APIGroup: apiGroup, Kind: kind, Name: name }, 'cannot change roleRef')]
}

export const bindingColumns = <T extends Binding>(roleDescription: string, what: string): Column<T>[] => {
  const names = (kind: string, nameOf: (subject: RbacV1Subject) => string) => (object: T) =>
    (object.subjects ?? [])
      .filter((subject) => subject.kind === kind)
      .map(nameOf)
      .join(', ')
  return [
    text('Role', roleDescription, ({ roleRef }: T) => `${roleRef.kind}/${roleRef.name}`),
    age,
    wide(
      'Users',
      `Users in the ${what}`,
      names('User', ({ name }) => name),
    ),
    wide(
      'Groups',
      `Groups in the ${what}`,
      names('Group', ({ name }) => name),
    ),
    wide(
      'ServiceAccounts',
      `ServiceAccounts in the ${what}`,
      names('ServiceAccount', ({ name, namespace }) => `${namespace ?? ''}/${name}`),
    ),
  ]
}
