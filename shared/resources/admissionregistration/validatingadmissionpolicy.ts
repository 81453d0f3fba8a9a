import { age, integer, text } from '../column.ts'
import { define } from '../definition.ts'
import { resetMetadata } from '../keep-metadata.ts'
import type { ValidatingAdmissionPolicy } from '../resource.ts'
import { defaultMatchResources } from './match-resources.ts'
import { validatePolicyStatus } from './policy-status-validation.ts'
import { validatePolicy, validatePolicyUpdate } from './policy-validation.ts'

export const validatingAdmissionPolicy = define<ValidatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicy',
  plural: 'validatingadmissionpolicies',
  singular: 'validatingadmissionpolicy',
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicy',
  subresources: { status: true },
  resetFields: { '': ['status'], status: ['spec', 'metadata'] },
  hasGeneration: true,
  unconditionalUpdate: false,
  unqualifiedFinalizers: true,
  rechecksNames: [''],
  default: ({ spec }) => {
    spec.failurePolicy ??= 'Fail'
    defaultMatchResources(spec.matchConstraints)
  },
  prepareForCreate: (object) => {
    object.status = {}
  },
  prepareForStatusUpdate: resetMetadata,
  validateCreate: validatePolicy,
  validateUpdate: validatePolicyUpdate,
  validateStatusUpdate: validatePolicyStatus,
  columns: [
    integer(
      'Validations',
      'Validations indicates the number of validation rules defined in this configuration',
      ({ spec }) => spec.validations?.length ?? 0,
    ),
    text('ParamKind', 'ParamKind specifies the kind of resources used to parameterize this policy', ({ spec: { paramKind } }) =>
      paramKind ? `${paramKind.apiVersion ?? ''}/${paramKind.kind ?? ''}` : '<unset>',
    ),
    age,
  ],
})
