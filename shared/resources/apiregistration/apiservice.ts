import { type FieldError, invalidValue, notSupported, requiredValue } from '../../meta/field-error.ts'
import { dns1035Label, dns1123Subdomain, pathSegment, portNumber } from '../../meta/names.ts'
import { age, text } from '../column.ts'
import { define } from '../definition.ts'
import { resetMetadata } from '../keep-metadata.ts'
import { apiServiceName } from './priorities.ts'
import { type APIService, availableOf, localCondition } from './resource.ts'

/** Of a prefix too, which can never be one. */
const validateName = (name: string, _prefix: boolean, { spec: { group = '', version = '' } }: APIService): string[] => {
  const expected = apiServiceName(group, version)
  const findings = pathSegment(name)
  return findings.length > 0 || name === expected
    ? findings
    : [`must be \`spec.version+"."+spec.group\`: ${JSON.stringify(expected)}`]
}

const validate = ({ spec }: APIService): FieldError[] => {
  const { group = '', version = '', groupPriorityMinimum = 0, versionPriority = 0 } = spec
  const errors: FieldError[] = []
  if (group === '' && version !== 'v1')
    errors.push(requiredValue('spec.group', 'only v1 may have an empty group and it better be legacy kube'))
  if (group !== '') for (const found of dns1123Subdomain(group)) errors.push(invalidValue('spec.group', group, found))
  for (const found of dns1035Label(version)) errors.push(invalidValue('spec.version', version, found))
  if (groupPriorityMinimum <= 0 || groupPriorityMinimum > 20_000)
    errors.push(invalidValue('spec.groupPriorityMinimum', groupPriorityMinimum, 'must be positive and less than 20000'))
  if (versionPriority <= 0 || versionPriority > 1000)
    errors.push(invalidValue('spec.versionPriority', versionPriority, 'must be positive and less than 1000'))
  return [...errors, ...(spec.service ? serviceErrors(spec) : localErrors(spec))]
}

const serviceErrors = ({ service, insecureSkipTLSVerify, caBundle }: APIService['spec']): FieldError[] => {
  const { namespace, name, port = 443 } = service!
  const found = portNumber(port)
  return [
    ...(namespace ? [] : [requiredValue('spec.service.namespace')]),
    ...(name ? [] : [requiredValue('spec.service.name')]),
    ...(found.length > 0 ? [invalidValue('spec.service.port', port, `port is not valid: ${found.join(', ')}`)] : []),
    ...(insecureSkipTLSVerify && caBundle
      ? [invalidValue('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present')]
      : []),
  ]
}

const localErrors = ({ insecureSkipTLSVerify, caBundle }: APIService['spec']): FieldError[] => [
  ...(caBundle
    ? [
        invalidValue(
          'spec.caBundle',
          `${Buffer.from(caBundle, 'base64').length} bytes`,
          'local APIServices may not have a caBundle',
        ),
      ]
    : []),
  ...(insecureSkipTLSVerify
    ? [invalidValue('spec.insecureSkipTLSVerify', true, 'local APIServices may not have insecureSkipTLSVerify')]
    : []),
]

const statuses = ['True', 'False', 'Unknown']

const validateStatus = ({ status }: APIService): FieldError[] =>
  (status?.conditions ?? []).flatMap(({ status: said }, index) =>
    statuses.includes(said ?? '') ? [] : [notSupported(`status.conditions[${index}].status`, said ?? '', statuses)],
  )

const availability = (service: APIService): string => {
  const { status = 'Unknown', reason } = availableOf(service) ?? {}
  return status !== 'True' && reason ? `${status} (${reason})` : status
}

export const apiService = define<APIService>({
  group: 'apiregistration.k8s.io',
  version: 'v1',
  kind: 'APIService',
  plural: 'apiservices',
  singular: 'apiservice',
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService',
  subresources: { status: 'without table' },
  resetFields: { '': ['status'], status: ['metadata', 'spec'] },
  unconditionalUpdate: false,
  unqualifiedFinalizers: true,
  validateName,
  rechecksNames: [''],
  default: ({ spec: { service } }) => {
    if (service) service.port ??= 443
  },
  prepareForCreate: (service) => {
    service.status = service.spec.service ? {} : { conditions: [localCondition(service.metadata.creationTimestamp!)] }
  },
  prepareForStatusUpdate: resetMetadata,
  validate,
  validateStatusUpdate: validateStatus,
  columns: [
    text('Service', 'The reference to the service that hosts this API endpoint.', ({ spec: { service } }) =>
      service ? `${service.namespace ?? ''}/${service.name ?? ''}` : 'Local',
    ),
    text('Available', 'Whether this service is available.', availability),
    age,
  ],
})
