import { isDeepStrictEqual } from 'node:util'
import { DecodeError, parseJson } from '../../meta/decode/json.ts'
import { type FieldError, forbiddenField, invalidValue, requiredValue, tooLong } from '../../meta/field-error.ts'
import { configMapKey } from '../../meta/names.ts'
import { age, text } from '../column.ts'
import { define } from '../definition.ts'
import type { Secret } from '../resource.ts'
import { immutable } from '../validation/equality.ts'
import { checked } from '../validation/value.ts'
import { secretWarnings } from './secret-warnings.ts'

/** stringData is write-only: it is merged into data and never stored. */
const mergeStringData = (secret: Secret) => {
  const { stringData } = secret
  if (stringData === undefined) return
  delete secret.stringData
  const entries = Object.entries(stringData).map(([key, value]) => [key, Buffer.from(value).toString('base64')])
  if (entries.length > 0) secret.data = { ...secret.data, ...Object.fromEntries(entries) }
}

const maxBytes = 1024 * 1024

const missing = ({ data }: Secret, ...keys: string[]) =>
  keys.filter((key) => data?.[key] === undefined).map((key) => requiredValue(`data[${key}]`))

const jsonData = (secret: Secret, key: string): FieldError[] => {
  const value = secret.data?.[key]
  if (value === undefined) return missing(secret, key)
  const problem = jsonProblem(Buffer.from(value, 'base64'))
  return problem === undefined ? [] : [invalidValue(`data[${key}]`, '<secret contents redacted>', problem)]
}

const jsonProblem = (bytes: Uint8Array): string | undefined => {
  try {
    const { value } = parseJson(bytes, false)
    if (typeof value === 'object' && !Array.isArray(value)) return undefined
    return `json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value} into Go value of type map[string]interface {}`
  } catch (error) {
    if (error instanceof DecodeError) return error.message
    throw error
  }
}

/** What Secrets of the known types have to hold. */
const typeRules: Readonly<Record<string, (secret: Secret) => FieldError[]>> = {
  'kubernetes.io/service-account-token': ({ metadata }) =>
    metadata.annotations?.['kubernetes.io/service-account.name']
      ? []
      : [requiredValue('metadata.annotations[kubernetes.io/service-account.name]')],
  'kubernetes.io/dockercfg': (secret) => jsonData(secret, '.dockercfg'),
  'kubernetes.io/dockerconfigjson': (secret) => jsonData(secret, '.dockerconfigjson'),
  'kubernetes.io/basic-auth': (secret) => {
    const errors = missing(secret, 'username', 'password')
    return errors.length === 2 ? errors : []
  },
  'kubernetes.io/ssh-auth': ({ data }) => (data?.['ssh-privatekey'] ? [] : [requiredValue('data[ssh-privatekey]')]),
  'kubernetes.io/tls': (secret) => missing(secret, 'tls.crt', 'tls.key'),
}

const validate = (object: Secret): FieldError[] => {
  const entries = Object.entries(object.data ?? {})
  const size = entries.reduce((sum, [, value]) => sum + Buffer.byteLength(value, 'base64'), 0)
  return [
    ...entries.flatMap(([key]) => checked(`data[${key}]`, key, configMapKey)),
    ...(size > maxBytes ? [tooLong('data', maxBytes)] : []),
    ...(typeRules[object.type ?? '']?.(object) ?? []),
  ]
}

/** Once `immutable` is set, neither it nor the data may change; the type never may. */
const validateUpdate = (object: Secret, old: Secret): FieldError[] => {
  const detail = 'field is immutable when `immutable` is set'
  return [
    ...immutable('type', object.type, old.type),
    ...(old.immutable && !object.immutable ? [forbiddenField('immutable', detail)] : []),
    ...(old.immutable && !isDeepStrictEqual(object.data ?? {}, old.data ?? {}) ? [forbiddenField('data', detail)] : []),
  ]
}

export const secret = define<Secret>({
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  singular: 'secret',
  namespaced: true,
  schema: 'io.k8s.api.core.v1.Secret',
  rechecksNames: [''],
  encrypted: true,
  default: (object) => {
    mergeStringData(object)
    object.type ||= 'Opaque'
  },
  validate,
  validateUpdate,
  warnings: secretWarnings,
  fieldSelectors: { type: ({ type }) => type ?? '' },
  columns: [
    text(
      'Type',
      'Used to facilitate programmatic handling of secret data. More info: https://kubernetes.io/docs/concepts/configuration/secret/#secret-types',
      ({ type }) => type ?? '',
    ),
    text(
      'Data',
      "Data contains the secret data. Each key must consist of alphanumeric characters, '-', '_' or '.'. The serialized form of the secret data is a base64 encoded string, representing the arbitrary (possibly non-string) data value here. Described in https://tools.ietf.org/html/rfc4648#section-4",
      ({ data }) => Object.keys(data ?? {}).length,
    ),
    age,
  ],
})
