import { type FieldError, invalidValue } from '../../meta/field-error.ts'
import { pathSegment } from '../../meta/names.ts'
import { atMostAll, validateIntOrPercent } from '../apps/workload-validation.ts'
import { age, integer, text } from '../column.ts'
import { define } from '../definition.ts'
import type { PodDisruptionBudget } from '../resource.ts'
import { conditions } from '../validation/condition.ts'
import { labelSelector } from '../validation/label.ts'
import { nonNegative, optionalOneOf } from '../validation/value.ts'

const share = (path: string, value: number | string | undefined): FieldError[] =>
  value === undefined ? [] : [...validateIntOrPercent(path, value), ...atMostAll(path, value)]

const validate = ({ spec }: PodDisruptionBudget): FieldError[] => {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy } = spec
  const both = {
    MinAvailable: minAvailable,
    Selector: selector ?? null,
    MaxUnavailable: maxUnavailable,
    UnhealthyPodEvictionPolicy: unhealthyPodEvictionPolicy ?? null,
  }
  return [
    ...(minAvailable !== undefined && maxUnavailable !== undefined
      ? [invalidValue('spec', both, 'minAvailable and maxUnavailable cannot be both set')]
      : []),
    ...share('spec.minAvailable', minAvailable),
    ...share('spec.maxUnavailable', maxUnavailable),
    ...labelSelector('spec.selector', selector),
    ...optionalOneOf('spec.unhealthyPodEvictionPolicy', unhealthyPodEvictionPolicy, ['AlwaysAllow', 'IfHealthyBudget']),
  ]
}

export const podDisruptionBudget = define<PodDisruptionBudget>({
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  singular: 'poddisruptionbudget',
  shortNames: ['pdb'],
  namespaced: true,
  schema: 'io.k8s.api.policy.v1.PodDisruptionBudget',
  subresources: { status: true },
  hasGeneration: true,
  unconditionalUpdate: false,
  // upstream checks no more of its metadata
  validateName: pathSegment,
  unqualifiedFinalizers: true,
  metadataLast: true,
  prepareForCreate: (object) => {
    delete object.status
  },
  validate,
  validateStatusUpdate: ({ status = {} }) => [
    ...conditions('status.conditions', status.conditions),
    ...(['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const).flatMap((name) =>
      nonNegative(`status.${name}`, status[name]),
    ),
  ],
  columns: [
    text('Min Available', 'The minimum number of pods that must be available.', ({ spec }) => String(spec.minAvailable ?? 'N/A')),
    text('Max Unavailable', 'The maximum number of pods that may be unavailable.', ({ spec }) =>
      String(spec.maxUnavailable ?? 'N/A'),
    ),
    integer(
      'Allowed Disruptions',
      'Calculated number of pods that may be disrupted at this time.',
      ({ status }) => status?.disruptionsAllowed ?? 0,
    ),
    age,
  ],
})
