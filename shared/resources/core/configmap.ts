import { isDeepStrictEqual } from 'node:util'
import { type FieldError, forbiddenField, invalidValue, tooLong } from '../../meta/field-error.ts'
import { configMapKey } from '../../meta/names.ts'
import { age, text } from '../column.ts'
import { define } from '../definition.ts'
import type { ConfigMap } from '../resource.ts'
import { checked } from '../validation/value.ts'

const maxBytes = 1024 * 1024

const validate = ({ data = {}, binaryData = {} }: ConfigMap): FieldError[] => {
  const size =
    Object.values(data).reduce((sum, value) => sum + Buffer.byteLength(value), 0) +
    Object.values(binaryData).reduce((sum, value) => sum + Buffer.byteLength(value, 'base64'), 0)
  return [
    ...Object.keys(data).flatMap((key) => [
      ...checked(`data[${key}]`, key, configMapKey),
      ...(Object.hasOwn(binaryData, key) ? [invalidValue(`data[${key}]`, key, 'duplicate of key present in binaryData')] : []),
    ]),
    ...Object.keys(binaryData).flatMap((key) => checked(`binaryData[${key}]`, key, configMapKey)),
    // upstream names no field
    ...(size > maxBytes ? [tooLong('[]', maxBytes)] : []),
  ]
}

/** Once `immutable` is set, neither it nor the data may change. */
const validateUpdate = (object: ConfigMap, old: ConfigMap): FieldError[] => {
  if (!old.immutable) return []
  const detail = 'field is immutable when `immutable` is set'
  return [
    ...(object.immutable ? [] : [forbiddenField('immutable', detail)]),
    ...(isDeepStrictEqual(object.data ?? {}, old.data ?? {}) ? [] : [forbiddenField('data', detail)]),
    ...(isDeepStrictEqual(object.binaryData ?? {}, old.binaryData ?? {}) ? [] : [forbiddenField('binaryData', detail)]),
  ]
}

export const configMap = define<ConfigMap>({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  singular: 'configmap',
  shortNames: ['cm'],
  namespaced: true,
  schema: 'io.k8s.api.core.v1.ConfigMap',
  rechecksNames: [''],
  validate,
  validateUpdate,
  columns: [
    text(
      'Data',
      "Data contains the configuration data. Each key must consist of alphanumeric characters, '-', '_' or '.'. Values with non-UTF-8 byte sequences must use the BinaryData field. The keys stored in Data must not overlap with the keys in the BinaryData field, this is enforced during validation process.",
      ({ data, binaryData }) => Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length,
    ),
    age,
  ],
})
