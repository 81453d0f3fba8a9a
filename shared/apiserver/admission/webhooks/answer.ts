import { Buffer } from 'node:buffer'
import { conform } from '../../../meta/decode/conform.ts'
import { DecodeError, parseJson } from '../../../meta/decode/json.ts'
import { parseYaml } from '../../../meta/decode/yaml.ts'
import { isJsonObject, jsonTypeOf } from '../../../meta/json-value.ts'
import type { Schema, SchemaTable } from '../../../meta/schema.ts'
import type { Status } from '../../../meta/status.ts'

/** What a webhook answered, if that is an answer at all. */
export interface WebhookAnswer {
  readonly allowed: boolean
  /** base64; '' : none */
  readonly patch: string
  readonly patchType: string
  readonly status: Partial<Status> | undefined
  readonly auditAnnotations: Readonly<Record<string, string>>
  readonly warnings: readonly string[]
}

interface Asked {
  readonly uid: string
  /** of the review that was sent */
  readonly version: string
  readonly mutating: boolean
  readonly schemas: SchemaTable
}

interface Response {
  readonly uid?: string
  readonly allowed?: boolean
  readonly status?: Partial<Status>
  readonly patch?: string
  readonly patchType?: string
  readonly auditAnnotations?: Record<string, string>
  readonly warnings?: string[]
}

interface Review {
  readonly kind?: string
  readonly apiVersion?: string
  readonly response?: Response
}

const group = 'admission.k8s.io'
const text: Schema = { type: 'string' }
const anything: Schema = { preserveUnknownFields: true }

const typesOf = (version: string): SchemaTable => ({
  [`io.k8s.api.admission.${version}.AdmissionReview`]: {
    type: 'object',
    properties: {
      kind: text,
      apiVersion: text,
      request: anything,
      response: { ref: `io.k8s.api.admission.${version}.AdmissionResponse` },
    },
  },
  [`io.k8s.api.admission.${version}.AdmissionResponse`]: {
    type: 'object',
    properties: {
      uid: text,
      allowed: { type: 'boolean' },
      status: { ref: 'io.k8s.apimachinery.pkg.apis.meta.v1.Status' },
      patch: { type: 'string', format: 'byte' },
      patchType: text,
      auditAnnotations: { type: 'object', additionalProperties: text },
      warnings: { type: 'array', items: text },
    },
  },
})

/** Reads what was answered to a review of `version`. Throws DecodeError for what is none, in the words of upstream's decoder. */
export const readReview = (bytes: Uint8Array, { version, schemas }: Pick<Asked, 'version' | 'schemas'>): Review => {
  const value = readTyped(bytes)
  const { kind = '', apiVersion = '' } = (value ?? {}) as Review
  const wanted = `${group}/${version}`
  const isKnown = kind === '' || apiVersion === '' || isReview(kind, apiVersion) || isStatus(kind, apiVersion)
  if (!isKnown)
    throw new DecodeError(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`,
    )
  if (kind !== '' && apiVersion !== '' && !(kind === 'AdmissionReview' && apiVersion === wanted)) {
    const given = `${apiVersion.split('/').at(-1)}.${kind}`
    throw new DecodeError(`converting (${given}) to (${version}.AdmissionReview): unknown conversion`)
  }
  const table = Object.assign(Object.create(schemas) as Record<string, Schema>, typesOf(version))
  return conform(value ?? {}, `io.k8s.api.admission.${version}.AdmissionReview`, { schemas: table }).object as Review
}

const isReview = (kind: string, apiVersion: string): boolean =>
  kind === 'AdmissionReview' && (apiVersion === `${group}/v1` || apiVersion === `${group}/v1beta1`)
const isStatus = (kind: string, apiVersion: string): boolean => kind === 'Status' && apiVersion === 'v1'

const unreadable = "couldn't get version/kind; json parse error: "
const typeStruct = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'

/** What does not begin as an object is taken for YAML. */
const readTyped = (bytes: Uint8Array): unknown => {
  const isJson = /^\s*\{/.test(Buffer.from(bytes.subarray(0, 64)).toString('latin1'))
  const value = isJson ? parsed(() => parseJson(bytes, false).value) : parsed(() => parseYaml(bytes).value)
  if (value !== null && value !== undefined && !isJsonObject(value))
    throw new DecodeError(`${unreadable}json: cannot unmarshal ${jsonTypeOf(value)} into Go value of type ${typeStruct}`)
  return value
}

const parsed = (parse: () => unknown): unknown => {
  try {
    return parse()
  } catch (error) {
    throw error instanceof DecodeError ? new DecodeError(`${unreadable}${error.message}`, { cause: error }) : error
  }
}

/** Throws an Error that says what keeps it from being an answer. */
export const verify = (review: Review, { uid, version, mutating }: Asked): WebhookAnswer => {
  const { response } = review
  if (!response) throw new Error('webhook response was absent')
  // What the old version's answers said of themselves was never looked at.
  if (version === 'v1') verifyWhole(review, response, { uid, mutating })
  const { allowed = false, status, patch = '', auditAnnotations = {}, warnings = [] } = response
  const patchType = version === 'v1' ? (response.patchType ?? '') : patch && 'JSONPatch'
  return { allowed, status, auditAnnotations, warnings, ...(mutating ? { patch, patchType } : { patch: '', patchType: '' }) }
}

const verifyWhole = (
  { kind = '', apiVersion = '' }: Review,
  { uid: answered = '', patch = '', patchType }: Response,
  { uid, mutating }: Pick<Asked, 'uid' | 'mutating'>,
): void => {
  if (answered !== uid) throw new Error(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(answered)}`)
  if (kind !== 'AdmissionReview' || apiVersion !== `${group}/v1`) {
    throw new Error(`expected webhook response of ${group}/v1, Kind=AdmissionReview, got ${shown(apiVersion)}, Kind=${kind}`)
  }
  if (!mutating) {
    if (patch) throw new Error('validating webhook may not return response.patch')
    if (patchType !== undefined) throw new Error('validating webhook may not return response.patchType')
    return
  }
  if (patch && patchType === undefined) throw new Error('webhook returned response.patch but not response.patchType')
  if (!patch && patchType !== undefined) throw new Error('webhook returned response.patchType but not response.patch')
  if (patchType === '') throw new Error('webhook returned invalid response.patchType of ""')
}

const shown = (apiVersion: string): string => (apiVersion.includes('/') ? apiVersion : `/${apiVersion}`)
