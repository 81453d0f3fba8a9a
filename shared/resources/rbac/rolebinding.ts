import { pathSegment } from '../../meta/names.ts'
import { define } from '../definition.ts'
import type { RoleBinding } from '../resource.ts'
import { bindingColumns, defaultBinding, validateBinding, validateBindingUpdate } from './binding.ts'

export const roleBinding = define<RoleBinding>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  singular: 'rolebinding',
  namespaced: true,
  schema: 'io.k8s.api.rbac.v1.RoleBinding',
  createOnUpdate: true,
  validateName: (name) => pathSegment(name),
  rechecksNames: [''],
  default: defaultBinding,
  validate: validateBinding(true, ['Role', 'ClusterRole']),
  validateUpdate: validateBindingUpdate,
  grants: ({ roleRef }) => ({ roleRef }),
  columns: bindingColumns(
    'RoleRef can reference a Role in the current namespace or a ClusterRole in the global namespace. If the RoleRef cannot be resolved, the Authorizer must return an error.',
    'roleBinding',
  ),
})
