import type { RbacV1Subject } from '../../resources/generated/types.ts'
import type { ClusterRoleBinding, RoleBinding } from '../../resources/resource.ts'
import { semanticallyEqual } from '../semantic-equality.ts'
import { isProtected, withMetadata } from './reconciled-role.ts'

/** `recreate`: a roleRef can't be changed. undefined: it is as it should be, or somebody said to leave it alone. */
export const reconciledBinding = <T extends ClusterRoleBinding | RoleBinding>(
  existing: T,
  expected: T,
): { readonly update: T } | { readonly recreate: T } | undefined => {
  if (isProtected(existing)) return undefined
  if (!semanticallyEqual(existing.roleRef, expected.roleRef)) return { recreate: expected }
  const subjects: RbacV1Subject[] = existing.subjects ?? []
  const missing = (expected.subjects ?? []).filter((one) => !subjects.some((other) => semanticallyEqual(one, other)))
  const update = { ...withMetadata(existing, expected), ...(missing.length > 0 ? { subjects: [...subjects, ...missing] } : {}) }
  return semanticallyEqual(update, existing) ? undefined : { update }
}
