import { pathSegment } from '../../meta/names.ts'
import { define } from '../definition.ts'
import type { Role } from '../resource.ts'
import { validateRules } from './rule-validation.ts'

export const role = define<Role>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'Role',
  plural: 'roles',
  singular: 'role',
  namespaced: true,
  schema: 'io.k8s.api.rbac.v1.Role',
  createOnUpdate: true,
  validateName: (name) => pathSegment(name),
  rechecksNames: [''],
  validate: ({ rules }) => validateRules(rules, true),
  grants: ({ rules }) => ({ rules: rules ?? [] }),
})
