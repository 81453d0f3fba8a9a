import { type FieldError, invalidValue } from '../../meta/field-error.ts'
import { age } from '../column.ts'
import { define } from '../definition.ts'
import type { ResourceClaimTemplate } from '../resource.ts'
import { isEquivalent } from '../validation/equality.ts'
import { templateMetadata } from '../validation/template-metadata.ts'
import { requestsAsAdmin } from './admin-access.ts'
import { claimAsGo } from './claim-as-go.ts'
import { defaultClaim, dropDisabledOfClaim, validateClaim } from './device-claim.ts'

const validate = ({ spec }: ResourceClaimTemplate): FieldError[] => [
  ...templateMetadata('spec.metadata', spec.metadata),
  ...validateClaim('spec.spec', spec.spec),
]

const validateUpdate = ({ spec }: ResourceClaimTemplate, { spec: old }: ResourceClaimTemplate): FieldError[] =>
  isEquivalent(spec, old) ? [] : [invalidValue('spec', { ...spec.metadata, Spec: claimAsGo(spec.spec) }, 'field is immutable')]

export const resourceClaimTemplate = define<ResourceClaimTemplate>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaimTemplate',
  plural: 'resourceclaimtemplates',
  singular: 'resourceclaimtemplate',
  namespaced: true,
  schema: 'io.k8s.api.resource.v1.ResourceClaimTemplate',
  rechecksNames: [''],
  default: ({ spec }) => defaultClaim(spec.spec ?? {}),
  prepareForCreate: ({ spec }) => dropDisabledOfClaim(spec.spec ?? {}),
  prepareForUpdate: ({ spec }) => dropDisabledOfClaim(spec.spec ?? {}),
  returnsDeleted: true,
  validate,
  validateUpdate,
  validateAround: ({ metadata: { namespace = '' }, spec }, { old, lookup }) =>
    old ? undefined : requestsAsAdmin(spec.spec?.devices?.requests, namespace, lookup),
  columns: [age],
})
