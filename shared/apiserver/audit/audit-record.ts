import { gunzipSync } from 'node:zlib'
import { parse as parseYaml } from 'yaml'
import { parseExactJson } from '../../meta/exact-json.ts'
import type { KubeObject } from '../../meta/object.ts'
import type { ApiResponse } from '../request.ts'
import type { RequestWitness } from '../request-witness.ts'
import type { AuditConfig } from './policy.ts'

type Named = Partial<Pick<KubeObject['metadata'], 'namespace' | 'name' | 'uid' | 'resourceVersion'>>

/** What the audit log is to say of a request's body and answer, gathered while it is worked on. */
export class AuditRecord implements RequestWitness {
  readonly config: AuditConfig
  /** of the object that was sent */
  named: Named = {}
  requestObject: unknown
  readonly #wantsRequest: boolean
  readonly wantsResponse: boolean

  constructor(config: AuditConfig) {
    this.config = config
    this.wantsResponse = config.level === 'RequestResponse'
    this.#wantsRequest = this.wantsResponse || config.level === 'Request'
  }

  requested(object: KubeObject): void {
    const { namespace, name, uid, resourceVersion } = object.metadata ?? {}
    this.named = { namespace, name, uid, resourceVersion }
    if (this.#wantsRequest) this.requestObject = this.#shown(parseExactJson(JSON.stringify(object)))
  }

  requestedBytes(bytes: Uint8Array, type?: { readonly kind: string; readonly apiVersion: string }): void {
    if (!this.#wantsRequest || bytes.length === 0) return
    const value = readAny(Buffer.from(bytes).toString())
    this.requestObject = type && isObject(value) ? { ...type, ...value, ...type } : this.#shown(value)
  }

  responseObject(response: ApiResponse): unknown {
    return this.wantsResponse ? this.#shown(contentOf(response)) : undefined
  }

  #shown(value: unknown): unknown {
    return this.config.omitManagedFields ? withoutManagedFields(value) : value
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const readAny = (text: string): unknown => {
  try {
    return parseExactJson(text)
  } catch {
    try {
      return parseYaml(text) as unknown
    } catch {
      // what nobody can read is refused, and the refusal says so
      return undefined
    }
  }
}

/** What an answer says; undefined: it is no object. */
export const contentOf = ({ headers, body }: ApiResponse): unknown => {
  if (!(body instanceof Uint8Array) || body.length === 0) return undefined
  const type = headers['content-type'] ?? ''
  if (!/json|yaml/.test(type)) return undefined
  const bytes =
    headers['content-encoding'] === 'gzip' ? gunzipSync(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  return readAny(bytes.toString())
}

/** Of an object, of those of a list, of those of a table's rows. */
const withoutManagedFields = (value: unknown): unknown => {
  if (!isObject(value)) return value
  const { metadata, items, rows } = value
  return {
    ...value,
    ...(isObject(metadata) && { metadata: { ...metadata, managedFields: undefined } }),
    ...(Array.isArray(items) && { items: items.map(withoutManagedFields) }),
    ...(Array.isArray(rows) && {
      rows: rows.map((row) => (isObject(row) ? { ...row, object: withoutManagedFields(row.object) } : row)),
    }),
  }
}
