import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '../../resource.ts'
import { controllerBindings, controllerRoles } from './controller-roles.ts'
import { namespaceBindings, namespaceRoles } from './namespace-roles.ts'
import { systemBindings, systemRoles } from './system-roles.ts'
import { userFacingBindings, userFacingRoles } from './user-facing-roles.ts'

/** Who may do what in a cluster that nobody has changed yet, as in Kubernetes 1.35. */
export const defaultClusterRoles: readonly ClusterRole[] = [...userFacingRoles, ...systemRoles, ...controllerRoles]
export const defaultClusterRoleBindings: readonly ClusterRoleBinding[] = [
  ...userFacingBindings,
  ...systemBindings,
  ...controllerBindings,
]
export const defaultRoles: readonly Role[] = namespaceRoles
export const defaultRoleBindings: readonly RoleBinding[] = namespaceBindings
