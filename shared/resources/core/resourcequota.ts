import { type FieldError, invalidValue } from '../../meta/field-error.ts'
import { compareQuantities, parseQuantityValue } from '../../meta/quantity.ts'
import { age, text } from '../column.ts'
import { define } from '../definition.ts'
import type { ResourceQuota } from '../resource.ts'
import { validateAmount, validateQuotaResourceName } from './pod/validation/resource-amount.ts'
import { validateScopeSelector, validateScopes } from './quota/scope.ts'
import { roundUpAmounts } from './resource-list.ts'

const validateAmounts = (path: string, amounts: Readonly<Record<string, string>> | undefined): FieldError[] =>
  Object.entries(amounts ?? {}).flatMap(([name, amount]) => [
    ...validateQuotaResourceName(`${path}[${name}]`, name),
    ...validateAmount(`${path}[${name}]`, name, parseQuantityValue(amount)),
  ])

const validate = ({ spec }: ResourceQuota): FieldError[] => [
  ...validateAmounts('spec.hard', spec.hard),
  ...validateScopes('spec.scopes', spec),
  ...validateScopeSelector('spec.scopeSelector.matchExpressions', spec),
]

const distinct = (scopes: readonly string[] | undefined) => [...new Set(scopes)].sort().join(',')

const validateUpdate = ({ spec }: ResourceQuota, { spec: old }: ResourceQuota): FieldError[] =>
  distinct(spec.scopes) === distinct(old.scopes) ? [] : [invalidValue('spec.scopes', spec.scopes ?? null, 'field is immutable')]

/** Requests above what the limits allow are never used. */
const warnings = ({ spec: { hard = {} } }: ResourceQuota, old: ResourceQuota | undefined): string[] =>
  ['cpu', 'memory', 'storage', 'ephemeral-storage'].flatMap((resource) => {
    const full = `requests.${resource}`
    const name = !(full in hard) && (resource === 'cpu' || resource === 'memory') ? resource : full
    const [request, limit] = [hard[name], hard[`limits.${resource}`]]
    if (old || request === undefined || limit === undefined) return []
    return compareQuantities(parseQuantityValue(request), parseQuantityValue(limit)) > 0
      ? [`ResourceQuota ${name} (${request}) should be less than limits.${resource} (${limit})`]
      : []
  })

const usage =
  (areLimits: boolean) =>
  ({ status }: ResourceQuota): string =>
    Object.entries(status?.hard ?? {})
      .filter(([name]) => name.startsWith('limits.') === areLimits)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, hard]) => `${name}: ${status?.used?.[name] ?? '0'}/${hard}`)
      .join(', ')

export const resourceQuota = define<ResourceQuota>({
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  singular: 'resourcequota',
  shortNames: ['quota'],
  namespaced: true,
  schema: 'io.k8s.api.core.v1.ResourceQuota',
  subresources: { status: true },
  default: (object) => {
    roundUpAmounts(object.spec.hard, object.status?.hard, object.status?.used)
  },
  prepareForCreate: (object) => {
    object.status = {}
  },
  returnsDeleted: true,
  validate,
  validateUpdate,
  validateStatusUpdate: ({ status }) => [
    ...validateAmounts('status.hard', status?.hard),
    ...validateAmounts('status.used', status?.used),
  ],
  warnings,
  columns: [
    text('Request', 'Request represents a minimum amount of cpu/memory that a container may consume.', usage(false)),
    text(
      'Limit',
      'Limits control the maximum amount of cpu/memory that a container may use independent of contention on the node.',
      usage(true),
    ),
    age,
  ],
})
