import { type FieldError, invalidValue, notSupported, requiredValue } from '../../../../meta/field-error.ts'
import { configMapKey, dns1123Label, dns1123Subdomain, environmentVariableName, qualifiedName } from '../../../../meta/names.ts'
import { canonicalQuantity } from '../../../../meta/quantity.ts'
import type {
  EnvFromSource,
  EnvVar,
  EnvVarSource,
  FileKeySelector,
  ObjectFieldSelector,
  ResourceFieldSelector,
} from '../../../generated/types.ts'
import { noBacksteps } from '../../../validation/file-path.ts'
import { checked, each, requiredChecked } from '../../../validation/value.ts'

const environmentFields = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]
/** What the downward API knows; not all of it may stand everywhere. */
const downwardFields = [
  ...environmentFields,
  'metadata.annotations',
  'metadata.labels',
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
]
const resourceFields = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
]
const byteDivisors = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei']

export const validateEnv = (path: string, env: readonly EnvVar[] | undefined): FieldError[] =>
  each(path, env, (varPath, { name, value, valueFrom }) => [
    ...requiredChecked(`${varPath}.name`, name, environmentVariableName),
    ...(valueFrom ? validateSource(`${varPath}.valueFrom`, valueFrom, value) : []),
  ])

const validateSource = (path: string, source: EnvVarSource, value: string | undefined): FieldError[] => {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = source
  const errors = [
    ...(fieldRef ? validateFieldRef(`${path}.fieldRef`, fieldRef, environmentFields) : []),
    ...(resourceFieldRef ? validateResourceFieldRef(`${path}.resourceFieldRef`, resourceFieldRef) : []),
    ...(configMapKeyRef ? validateKeyRef(`${path}.configMapKeyRef`, configMapKeyRef) : []),
    ...(secretKeyRef ? validateKeyRef(`${path}.secretKeyRef`, secretKeyRef) : []),
    ...(fileKeyRef ? validateFileKeyRef(`${path}.fileKeyRef`, fileKeyRef) : []),
  ]
  const count = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef].filter(Boolean).length
  if (count === 0)
    return [
      ...errors,
      invalidValue(
        path,
        '',
        'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
      ),
    ]
  if (value) return [...errors, invalidValue(path, '', 'may not be specified when `value` is not empty')]
  return count > 1 ? [...errors, invalidValue(path, '', 'may not have more than one field specified at a time')] : errors
}

const validateKeyRef = (path: string, { name = '', key }: { name?: string | undefined; key: string }): FieldError[] => [
  ...checked(`${path}.name`, name, dns1123Subdomain),
  ...requiredChecked(`${path}.key`, key, configMapKey),
]

const validateFileKeyRef = (path: string, { key, volumeName, path: file }: FileKeySelector): FieldError[] => [
  ...requiredChecked(`${path}.key`, key, environmentVariableName),
  ...requiredChecked(`${path}.volumeName`, volumeName, dns1123Label),
  ...(file ? noBacksteps(`${path}.path`, file) : [requiredValue(`${path}.path`)]),
]

/** A field of the pod by its path, e.g. `metadata.labels['app']`. */
export const validateFieldRef = (
  path: string,
  { apiVersion, fieldPath }: ObjectFieldSelector,
  allowed: readonly string[],
): FieldError[] => {
  if (!apiVersion) return [requiredValue(`${path}.apiVersion`)]
  if (!fieldPath) return [requiredValue(`${path}.fieldPath`)]
  const fail = (reason: string) => [invalidValue(`${path}.fieldPath`, fieldPath, `error converting fieldPath: ${reason}`)]
  if (apiVersion !== 'v1') return fail(`unsupported pod version: ${apiVersion}`)
  const [, field = '', key] = /^(.+)\['(.*)'\]$/.exec(fieldPath) ?? []
  if (key !== undefined) {
    if (field === 'metadata.annotations') return checked(path, key.toLowerCase(), qualifiedName)
    return field === 'metadata.labels'
      ? checked(path, key, qualifiedName)
      : fail(`field label does not support subscript: ${fieldPath}`)
  }
  const current = fieldPath === 'spec.host' ? 'spec.nodeName' : fieldPath
  if (!downwardFields.includes(current)) return fail(`field label not supported: ${fieldPath}`)
  return allowed.includes(current) ? [] : [notSupported(`${path}.fieldPath`, current, allowed)]
}

/** A container's own requests and limits. In a volume it has to say which container's. */
export const validateResourceFieldRef = (
  path: string,
  { containerName, resource, divisor }: ResourceFieldSelector,
  needsContainer = false,
): FieldError[] => {
  const isHugePages = /^(requests|limits)\.hugepages-/.test(resource)
  const errors: FieldError[] = []
  if (needsContainer && !containerName) errors.push(requiredValue(`${path}.containerName`))
  else if (!resource) errors.push(requiredValue(`${path}.resource`))
  else if (!resourceFields.includes(resource) && !isHugePages)
    errors.push(notSupported(`${path}.resource`, resource, resourceFields))
  return [...errors, ...validateDivisor(path, resource, canonicalQuantity(divisor ?? '0'))]
}

const validateDivisor = (path: string, resource: string, divisor: string): FieldError[] => {
  if (divisor === '0') return []
  const fail = (allowed: readonly string[], what: string) =>
    allowed.includes(divisor)
      ? []
      : [
          invalidValue(
            `${path}.divisor`,
            resource,
            `only divisor's values ${listed(allowed)} are supported with the ${what} resource`,
          ),
        ]
  const name = resource?.replace(/^(requests|limits)\./, '') ?? ''
  if (name === 'cpu') return fail(['1m', '1'], 'cpu')
  if (name === 'memory') return fail(byteDivisors, 'memory')
  if (name === 'ephemeral-storage') return fail(byteDivisors, 'local ephemeral storage')
  return name.startsWith('hugepages-') ? fail(byteDivisors, 'hugepages') : []
}

const listed = (values: readonly string[]) => (values.length === 2 ? values.join(' and ') : values.join(', '))

export const validateEnvFrom = (path: string, sources: readonly EnvFromSource[] | undefined): FieldError[] =>
  each(path, sources, (sourcePath, { prefix, configMapRef, secretRef }) => {
    const name = (ref: string, value: string | undefined) =>
      requiredChecked(`${sourcePath}.${ref}.name`, value, (text) => dns1123Subdomain(text, true))
    const count = [configMapRef, secretRef].filter(Boolean).length
    return [
      ...(prefix ? checked(`${sourcePath}.prefix`, prefix, environmentVariableName) : []),
      ...(configMapRef ? name('configMapRef', configMapRef.name) : []),
      ...(secretRef ? name('secretRef', secretRef.name) : []),
      // upstream names the whole list here
      ...(count === 0 ? [invalidValue(path, '', 'must specify one of: `configMapRef` or `secretRef`')] : []),
      ...(count > 1 ? [invalidValue(path, '', 'may not have more than one field specified at a time')] : []),
    ]
  })
