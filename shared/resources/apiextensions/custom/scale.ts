import { type FieldError, invalidValue } from '../../../meta/field-error.ts'
import { goText } from '../../../meta/go-value.ts'
import { isJsonObject, type JsonObject, setField } from '../../../meta/json-value.ts'
import type { KubeObject } from '../../../meta/object.ts'
import { ApiError } from '../../../meta/status.ts'
import { prune } from '../../../meta/structural/prune.ts'
import type { Structural } from '../../../meta/structural/structural.ts'
import type { ScaleMapping } from '../../definition.ts'
import type * as wire from '../../generated/types.ts'
import type { JsonSchema } from '../json-schema.ts'

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
        error: `${at} accessor error: ${goText(value)} is of the type ${goType(value)}, expected map[string]interface{}`,
      }
    }
    if (!Object.hasOwn(value, name)) return { value: undefined }
    value = value[name]
  }
  const fits = type === 'string' ? typeof value === 'string' : Number.isSafeInteger(value) || typeof value === 'bigint'
  if (fits) return { value }
  return {
    value: undefined,
    error: `.${names.join('.')} accessor error: ${goText(value)} is of the type ${goType(value)}, expected ${type}`,
  }
}

export const goType = (value: unknown): string => {
  if (value === null) return '<nil>'
  if (Array.isArray(value)) return '[]interface {}'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'bigint') return 'int64'
  if (typeof value === 'object') return 'map[string]interface {}'
  return typeof value === 'number' ? (Number.isSafeInteger(value) ? 'int64' : 'float64') : typeof value
}

const numberAt = (object: KubeObject, path: string): number | undefined => {
  const { value, error } = read(object, path, 'int64')
  if (error !== undefined) throw new ApiError('Unknown', error)
  // As much of it as fits into 32 bits.
  return value === undefined ? undefined : Number(BigInt.asIntN(32, BigInt(value as number | bigint)))
}

/** How a custom kind is scaled, by the paths that its version names. */
export const scaleMapping = (scale: Scale): ScaleMapping<KubeObject> => ({
  path: namesOf(scale.specReplicasPath),
  isChecked: true,
  replicas: (object) => numberAt(object, scale.specReplicasPath),
  statusReplicas: (object) => numberAt(object, scale.statusReplicasPath) ?? 0,
  selector: (object) => {
    if (!scale.labelSelectorPath) return ''
    const { value, error } = read(object, scale.labelSelectorPath, 'string')
    if (error !== undefined) throw new ApiError('Unknown', error)
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

/** Takes away replicas where no schema knows them; undefined: they are known. */
export const unknownReplicas = (
  scale: Scale | undefined,
  schema: JsonSchema | undefined,
): ((object: KubeObject) => void) | undefined => {
  if (!scale || !schema) return undefined
  const probe: KubeObject = { metadata: {} } as KubeObject
  scaleMapping(scale).setReplicas(probe, 1)
  return prune(probe, schema as Structural, true).length === 0
    ? undefined
    : (object) => void prune(object, schema as Structural, true)
}

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
