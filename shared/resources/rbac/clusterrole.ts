import { type FieldError, invalidValue, requiredValue } from '../../meta/field-error.ts'
import { pathSegment } from '../../meta/names.ts'
import { define } from '../definition.ts'
import type { AggregationRule } from '../generated/types.ts'
import type { ClusterRole } from '../resource.ts'
import { labelSelector } from '../validation/label.ts'
import { each } from '../validation/value.ts'
import { validateRules } from './rule-validation.ts'

const selectorsPath = 'aggregationRule.clusterRoleSelectors'

const validateAggregation = ({ clusterRoleSelectors }: AggregationRule): FieldError[] => {
  const selectors = clusterRoleSelectors ?? []
  if (selectors.length === 0)
    return [requiredValue(selectorsPath, 'at least one clusterRoleSelector required if aggregationRule is non-nil')]
  return each(selectorsPath, selectors, (path, selector) => {
    const errors = labelSelector(path, selector)
    return errors.length > 0 ? [...errors, invalidValue(path, null, 'invalid label selector.')] : []
  })
}

export const clusterRole = define<ClusterRole>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  singular: 'clusterrole',
  namespaced: false,
  schema: 'io.k8s.api.rbac.v1.ClusterRole',
  createOnUpdate: true,
  validateName: (name) => pathSegment(name),
  rechecksNames: [''],
  validate: ({ rules, aggregationRule }) => [
    ...validateRules(rules, false),
    ...(aggregationRule ? validateAggregation(aggregationRule) : []),
  ],
  grants: ({ rules, aggregationRule }) => ({
    rules: rules ?? [],
    gathers: Boolean(aggregationRule?.clusterRoleSelectors?.length),
  }),
})
