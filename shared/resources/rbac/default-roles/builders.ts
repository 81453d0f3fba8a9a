import type { PolicyRule, RbacV1Subject } from '../../generated/types.ts'
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '../../resource.ts'

const rbac = 'rbac.authorization.k8s.io'
const apiVersion = `${rbac}/v1`
/** What an administrator sets to `false` is left alone. */
export const autoupdateAnnotation = 'rbac.authorization.kubernetes.io/autoupdate'

const words = (text: string) => text.split(' ')

/** Words in one text; the core group is `core`. */
export const on = (groups: string, resources: string, verbs: string, names?: string): PolicyRule => ({
  apiGroups: words(groups).map((group) => (group === 'core' ? '' : group)),
  resources: words(resources),
  ...(names ? { resourceNames: words(names) } : {}),
  verbs: words(verbs),
})

export const paths = (nonResourceURLs: string, verbs: string): PolicyRule => ({
  nonResourceURLs: words(nonResourceURLs),
  verbs: words(verbs),
})

const metadataOf = (name: string, labels: Record<string, string> = {}) => ({
  name,
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...labels },
  annotations: { [autoupdateAnnotation]: 'true' },
})

const aggregationLabel = (roles: string) =>
  Object.fromEntries(words(roles).map((role) => [`${rbac}/aggregate-to-${role}`, 'true']))

/** `partOf`: the roles that its rules are added to. */
export const clusterRole = (name: string, rules: PolicyRule[], partOf?: string): ClusterRole => ({
  apiVersion,
  kind: 'ClusterRole',
  metadata: metadataOf(name, partOf ? aggregationLabel(partOf) : {}),
  rules,
})

/** Its rules are those of the roles that are part of it. */
export const aggregatedRole = (name: string, partOf?: string): ClusterRole => ({
  ...clusterRole(name, [], partOf),
  aggregationRule: { clusterRoleSelectors: [{ matchLabels: aggregationLabel(name) }] },
})

export const role = (namespace: string, name: string, rules: PolicyRule[]): Role => ({
  apiVersion,
  kind: 'Role',
  metadata: { ...metadataOf(name), namespace },
  rules,
})

export const user = (name: string): RbacV1Subject => ({ apiGroup: rbac, kind: 'User', name })
export const group = (name: string): RbacV1Subject => ({ apiGroup: rbac, kind: 'Group', name })
export const systemAccount = (name: string): RbacV1Subject => ({ kind: 'ServiceAccount', name, namespace: 'kube-system' })

export const clusterRoleBinding = (name: string, subjects: RbacV1Subject[], roleName = name): ClusterRoleBinding => ({
  apiVersion,
  kind: 'ClusterRoleBinding',
  metadata: metadataOf(name),
  roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: roleName },
  ...(subjects.length > 0 ? { subjects } : {}),
})

export const roleBinding = (namespace: string, name: string, subjects: RbacV1Subject[], roleName = name): RoleBinding => ({
  apiVersion,
  kind: 'RoleBinding',
  metadata: { ...metadataOf(name), namespace },
  roleRef: { apiGroup: rbac, kind: 'Role', name: roleName },
  subjects,
})
