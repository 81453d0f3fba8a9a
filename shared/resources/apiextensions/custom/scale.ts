import { type FieldError, invalidValue } from '../../../meta/field-error.ts'
import { isJsonObject, type JsonObject, setField } from '../../../meta/json-value.ts'
import type { KubeObject } from '../../../meta/object.ts'
import { ApiError } from '../../../meta/status.ts'
import type { ScaleMapping } from '../../definition.ts'
import type * as wire from '../../generated/types.ts'

type Scale = wire.CustomResourceSubresourceScale

const namesOf = (path: string): string[] => path.replace(/^\./, '').split('.')

interface Found {
  readonly value: unknown
  /** why there can be no value */
  readonly error?: string
}

const read = (object: KubeObject, path: string, type: 'int64' | 'string'): Found => {
  const names = namesOf(path)
  let value: unknown = object
  for (const [index, name] of names.entries()) {
    if (!isJsonObject(value)) {
      const at = `.${names.slice(0, index + 1).join('.')}`
      return {
        value: undefined,
        error: `${at} accessor error: ${goShown(value)} is of the type ${goType(value)}, expected map[string]interface{}`,
      }
    }
    if (!Object.hasOwn(value, name)) return { value: undefined }
    value = value[name]
  }
  const fits = type === 'string' ? typeof value === 'string' : Number.isInteger(value) || typeof value === 'bigint'
  if (fits) return { value }
  return {
    value: undefined,
    error: `.${names.join('.')} accessor error: ${goShown(value)} is of the type ${goType(value)}, expected ${type}`,
  }
}

const goShown = (value: unknown) => (value === null ? '<nil>' : typeof value === 'object' ? JSON.stringify(value) : String(value))

export const goType = (value: unknown): string => {
  if (value === null) return '<nil>'
  if (Array.isArray(value)) return '[]interface {}'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'object') return 'map[string]interface {}'
  return typeof value === 'number' ? (Number.isInteger(value) ? 'int64' : 'float64') : typeof value
}

const numberAt = (object: KubeObject, path: string): number | undefined => {
  const { value, error } = read(object, path, 'int64')
  if (error !== undefined) throw new ApiError('InternalError', `Internal error occurred: ${error}`)
  return value === undefined ? undefined : Number(value)
}

/** How a custom kind is scaled, by the paths that its version names. */
export const scaleMapping = (scale: Scale): ScaleMapping<KubeObject> => ({
  path: namesOf(scale.specReplicasPath),
  replicas: (object) => numberAt(object, scale.specReplicasPath),
  statusReplicas: (object) => numberAt(object, scale.statusReplicasPath) ?? 0,
  selector: (object) => {
    if (!scale.labelSelectorPath) return ''
    const { value, error } = read(object, scale.labelSelectorPath, 'string')
    if (error !== undefined) throw new ApiError('InternalError', `Internal error occurred: ${error}`)
    return (value as string | undefined) ?? ''
  },
  setReplicas: (object, replicas) => {
    const names = namesOf(scale.specReplicasPath)
    let at = object as unknown as JsonObject
    for (const name of names.slice(0, -1)) {
      if (!isJsonObject(at[name])) setField(at, name, {})
      at = at[name] as JsonObject
    }
    setField(at, names.at(-1)!, replicas)
  },
})

const most = 2 ** 31 - 1

const replicasErrors = (object: KubeObject, path: string): FieldError[] => {
  const { value, error } = read(object, path, 'int64')
  const replicas = Number(value ?? 0)
  if (error !== undefined) return [invalidValue(path, 0, error)]
  if (replicas < 0) return [invalidValue(path, replicas, 'should be a non-negative integer')]
  return replicas > most ? [invalidValue(path, replicas, `should be less than or equal to ${most}`)] : []
}

export const specReplicasErrors = (scale: Scale | undefined, object: KubeObject): FieldError[] =>
  scale ? replicasErrors(object, scale.specReplicasPath) : []

export const statusScaleErrors = (scale: Scale | undefined, object: KubeObject): FieldError[] => {
  if (!scale) return []
  const path = scale.labelSelectorPath
  const selector = path ? read(object, path, 'string').error : undefined
  return [
    ...replicasErrors(object, scale.statusReplicasPath),
    ...(selector !== undefined && path ? [invalidValue(path, '', selector)] : []),
  ]
}
