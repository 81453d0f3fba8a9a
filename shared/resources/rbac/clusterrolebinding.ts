import { pathSegment } from '../../meta/names.ts'
import { define } from '../definition.ts'
import type { ClusterRoleBinding } from '../resource.ts'
import { bindingColumns, defaultBinding, validateBinding, validateBindingUpdate } from './binding.ts'

export const clusterRoleBinding = define<ClusterRoleBinding>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  singular: 'clusterrolebinding',
  namespaced: false,
  schema: 'io.k8s.api.rbac.v1.ClusterRoleBinding',
  createOnUpdate: true,
  validateName: (name) => pathSegment(name),
  rechecksNames: [''],
  default: defaultBinding,
  validate: validateBinding(false, ['ClusterRole']),
  validateUpdate: validateBindingUpdate,
  grants: ({ roleRef }) => ({ roleRef }),
  columns: bindingColumns(
    'RoleRef can only reference a ClusterRole in the global namespace. If the RoleRef cannot be resolved, the Authorizer must return an error.',
    'clusterRoleBinding',
  ),
})
