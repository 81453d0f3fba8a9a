import { type FieldError, invalidValue } from '../../meta/field-error.ts'
import { age, text } from '../column.ts'
import { define } from '../definition.ts'
import { resetMetadata } from '../keep-metadata.ts'
import type { ResourceClaim } from '../resource.ts'
import { isEquivalent } from '../validation/equality.ts'
import { allocatesAsAdmin, requestsAsAdmin } from './admin-access.ts'
import { claimAsGo } from './claim-as-go.ts'
import { dropDisabledOfStatus, dropFreedDevices, validateClaimStatus } from './claim-status.ts'
import { defaultClaim, dropDisabledOfClaim, validateClaim } from './device-claim.ts'

const state = ({ metadata: { deletionTimestamp }, status }: ResourceClaim): string => {
  const { allocation, reservedFor = [] } = status ?? {}
  const deleted = deletionTimestamp === undefined ? [] : ['deleted']
  if (!allocation) return deleted[0] ?? 'pending'
  return [...deleted, 'allocated', ...(reservedFor.length > 0 ? ['reserved'] : [])].join(',')
}

const validateUpdate = ({ spec }: ResourceClaim, { spec: old }: ResourceClaim): FieldError[] =>
  isEquivalent(spec, old) ? [] : [invalidValue('spec', claimAsGo(spec), 'field is immutable')]

export const resourceClaim = define<ResourceClaim>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaim',
  plural: 'resourceclaims',
  singular: 'resourceclaim',
  namespaced: true,
  schema: 'io.k8s.api.resource.v1.ResourceClaim',
  rechecksNames: [''],
  subresources: { status: 'without table' },
  resetFields: { status: ['metadata', 'spec'] },
  default: ({ spec }) => defaultClaim(spec),
  prepareForCreate: (object) => {
    delete object.status
    dropDisabledOfClaim(object.spec)
  },
  prepareForUpdate: ({ spec }) => dropDisabledOfClaim(spec),
  prepareForStatusUpdate: (object, old) => {
    resetMetadata(object, old)
    dropDisabledOfStatus(object)
    dropFreedDevices(object, old)
  },
  returnsDeleted: true,
  validateCreate: ({ spec }) => validateClaim('spec', spec),
  validateUpdate,
  validateStatusUpdate: validateClaimStatus,
  validateAround: ({ metadata: { namespace = '' }, spec, status }, { subresource, old, lookup }) => {
    if (subresource === 'status')
      return allocatesAsAdmin({ now: status?.allocation, old: old?.status?.allocation }, namespace, lookup)
    return old ? undefined : requestsAsAdmin(spec.devices?.requests, namespace, lookup)
  },
  columns: [text('State', 'A summary of the current state (allocated, pending, reserved, etc.).', state), age],
})
