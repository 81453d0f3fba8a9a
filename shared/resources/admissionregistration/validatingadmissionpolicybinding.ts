import { duplicateValue, type FieldError, invalidValue, requiredValue } from '../../meta/field-error.ts'
import { dns1123Subdomain } from '../../meta/names.ts'
import { age, text } from '../column.ts'
import { define } from '../definition.ts'
import type { ValidatingAdmissionPolicyBinding } from '../resource.ts'
import { createSeen, each, oneOf, requiredChecked } from '../validation/value.ts'
import { defaultMatchResources, validateMatchResources } from './match-resources.ts'
import { shownParamRef, validateParamRef } from './param-ref.ts'

const both =
  'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)'

const validateActions = (path: string, actions: readonly string[] = []): FieldError[] => {
  const seen = createSeen()
  return [
    ...each(path, actions, (at, action) => [
      ...oneOf(at, action, ['Audit', 'Deny', 'Warn']),
      ...(seen(action) ? [duplicateValue(at, action)] : []),
    ]),
    ...(actions.includes('Deny') && actions.includes('Warn') ? [invalidValue(path, actions, both)] : []),
    ...(actions.length === 0 ? [requiredValue(path, 'at least one validation action is required')] : []),
  ]
}

export const validatingAdmissionPolicyBinding = define<ValidatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  plural: 'validatingadmissionpolicybindings',
  singular: 'validatingadmissionpolicybinding',
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyBinding',
  hasGeneration: true,
  unconditionalUpdate: false,
  unqualifiedFinalizers: true,
  rechecksNames: [''],
  default: ({ spec }) => defaultMatchResources(spec.matchResources),
  validate: ({ spec }) => [
    ...requiredChecked('spec.policyName', spec.policyName, dns1123Subdomain),
    ...validateParamRef('spec.paramRef', spec.paramRef),
    ...validateMatchResources('spec.matchResources', spec.matchResources),
    ...validateActions('spec.validationActions', spec.validationActions),
  ],
  columns: [
    text(
      'PolicyName',
      'PolicyName indicates the policy definition which the policy binding binded to',
      ({ spec }) => spec.policyName ?? '',
    ),
    text('ParamRef', 'ParamRef indicates the param resource which sets the configuration param', ({ spec }) =>
      shownParamRef(spec.paramRef),
    ),
    age,
  ],
})
