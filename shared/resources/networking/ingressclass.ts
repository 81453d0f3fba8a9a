import { type FieldError, forbiddenField, notSupported, requiredValue, tooLong } from '../../meta/field-error.ts'
import { dns1123Label } from '../../meta/names.ts'
import { age, text } from '../column.ts'
import { define } from '../definition.ts'
import type { IngressClassParametersReference } from '../generated/types.ts'
import type { IngressClass } from '../resource.ts'
import { domainPrefixedPath } from '../validation/domain-path.ts'
import { immutable } from '../validation/equality.ts'
import { checked } from '../validation/value.ts'
import { typedReference } from './typed-reference.ts'

const maxControllerBytes = 250
const scopes = ['Cluster', 'Namespace']

const validateParameters = (path: string, parameters: IngressClassParametersReference): FieldError[] => {
  const { scope, namespace } = parameters
  const errors = typedReference(path, parameters)
  const namespacePath = `${path}.namespace`
  if (scope === undefined || scope === null) return [...errors, requiredValue(`${path}.scope`)]
  if (!scopes.includes(scope)) return [...errors, notSupported(`${path}.scope`, scope, scopes)]
  if (scope === 'Cluster')
    return namespace === undefined ? errors : [...errors, forbiddenField(namespacePath, "`parameters.scope` is set to 'Cluster'")]
  return [
    ...errors,
    ...(namespace === undefined
      ? [requiredValue(namespacePath, "`parameters.scope` is set to 'Namespace'")]
      : checked(namespacePath, namespace, (name) => dns1123Label(name))),
  ]
}

const validate = ({ spec: { controller = '', parameters } }: IngressClass): FieldError[] => [
  ...(Buffer.byteLength(controller) > maxControllerBytes ? [tooLong('spec.controller', maxControllerBytes)] : []),
  ...domainPrefixedPath('spec.controller', controller),
  ...(parameters ? validateParameters('spec.parameters', parameters) : []),
]

const parametersText = ({ spec: { parameters } }: IngressClass): string => {
  if (!parameters) return '<none>'
  const { apiGroup, kind, name } = parameters
  return `${apiGroup === undefined ? kind : `${kind}.${apiGroup}`}/${name}`
}

export const ingressClass = define<IngressClass>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IngressClass',
  plural: 'ingressclasses',
  singular: 'ingressclass',
  namespaced: false,
  schema: 'io.k8s.api.networking.v1.IngressClass',
  rechecksNames: [''],
  hasGeneration: true,
  default: (object) => {
    if (object.spec.parameters) object.spec.parameters.scope ??= 'Cluster'
  },
  validate,
  validatesUpdateFirst: true,
  validateUpdate: ({ spec }, { spec: old }) => immutable('spec.controller', spec.controller ?? '', old.controller ?? ''),
  columns: [
    text('Controller', 'Controller that is responsible for handling this class', ({ spec }) => spec.controller ?? ''),
    text('Parameters', 'A reference to a resource with additional parameters', parametersText),
    age,
  ],
})
