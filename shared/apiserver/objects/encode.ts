import { Buffer } from 'node:buffer'
import { parseExactJson } from '../../meta/exact-json.ts'
import type { KubeObject } from '../../meta/object.ts'
import { apiVersionOf } from '../../meta/object.ts'
import type { KindDefinition } from '../../resources/definition.ts'
import type { Encode } from '../../storage/store.ts'

type StoredType = Pick<KindDefinition, 'group' | 'version' | 'kind' | 'storesAs'>

/** The last field of metadata, so that who needs no managers can stop before them. */
export const managersField = ',"managedFields":'

/**
 * Serializes an object once, for any revision: resourceVersion is the first field of metadata, so that what stands before
 * it is the same for every object of a kind and what stands behind it does not depend on the revision.
 */
export const encoder = (definition: StoredType, object: KubeObject): Encode => {
  const { storesAs } = definition
  const head = storesAs ? headOf({ ...definition, version: storesAs.version }) : headOf(definition)
  const tail = Buffer.from(tailOf(storesAs ? storesAs.convert(object) : object))
  return (revision) => {
    const digits = String(revision)
    const bytes = Buffer.allocUnsafe(head.length + digits.length + tail.length)
    bytes.write(head, 0, 'latin1')
    bytes.write(digits, head.length, 'latin1')
    tail.copy(bytes, head.length + digits.length)
    return bytes
  }
}

/** The same for what is stored already and stays as it is but for its revision: nothing is serialized. Undefined: it is of another version. */
export const reencoder = (definition: StoredType, bytes: Uint8Array): Encode | undefined => {
  if (!isOfStoredVersion(definition, bytes)) return undefined
  const start = headOfStored(definition).length
  const stored = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const head = stored.subarray(0, start)
  const tail = stored.subarray(stored.indexOf('"', start))
  return (revision) => Buffer.concat([head, Buffer.from(String(revision), 'latin1'), tail])
}

const headOfStored = (definition: StoredType) =>
  headOf({ ...definition, version: definition.storesAs?.version ?? definition.version })

/** Whether bytes are of the very version that is stored today. */
export const isOfStoredVersion = (definition: StoredType, bytes: Uint8Array): boolean => {
  const head = headOfStored(definition)
  return Buffer.from(bytes.buffer, bytes.byteOffset, head.length).equals(Buffer.from(head, 'latin1'))
}

/** The bytes an answer would have without being stored (dry run); no resourceVersion when there is none yet. */
export const encodeUnstored = (definition: StoredType, object: KubeObject): Uint8Array => {
  const { storesAs } = definition
  if (storesAs) return encodeUnstored({ ...definition, version: storesAs.version, storesAs: undefined }, storesAs.convert(object))
  const { resourceVersion } = object.metadata
  if (resourceVersion) return Buffer.from(headOf(definition) + resourceVersion + tailOf(object))
  const { apiVersion: _apiVersion, kind: _kind, ...rest } = object
  return Buffer.from(
    JSON.stringify({ kind: definition.kind, apiVersion: apiVersionOf(definition.group, definition.version), ...rest }),
  )
}

const headOf = ({ kind, group, version }: StoredType) =>
  `{"kind":"${kind}","apiVersion":"${apiVersionOf(group, version)}","metadata":{"resourceVersion":"`

const tailOf = (object: KubeObject): string => {
  const { apiVersion: _apiVersion, kind: _kind, metadata, ...rest } = object
  const { resourceVersion: _resourceVersion, managedFields, ...meta } = metadata
  const metaText = JSON.stringify(meta)
  const restText = JSON.stringify(rest)
  const managers = managedFields ? `${managersField}${JSON.stringify(managedFields)}` : ''
  return `"${metaText === '{}' ? '' : `,${metaText.slice(1, -1)}`}${managers}}${restText === '{}' ? '' : `,${restText.slice(1, -1)}`}}`
}

export const decodeStored = (bytes: Uint8Array): KubeObject =>
  parseExactJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()) as KubeObject
