import { Buffer } from 'node:buffer'
import { complete } from '../../../meta/complete.ts'
import { DecodeError, parseJson } from '../../../meta/decode/json.ts'
import { decodeValue } from '../../../meta/decode.ts'
import { jsonEqual } from '../../../meta/json-equal.ts'
import { isJsonObject, type JsonObject, jsonTypeOf } from '../../../meta/json-value.ts'
import type { KubeObject } from '../../../meta/object.ts'
import { applyJsonPatch, type JsonPatchOperation } from '../../../meta/patch/json-patch.ts'
import { ApiError } from '../../../meta/status.ts'
import type { AdmissionAttributes } from '../admission.ts'
import { fromView } from '../matching/view.ts'
import type { WebhookAnswer } from './answer.ts'
import type { WebhookCall } from './call.ts'
import { CallFailure, internalFailure } from './failure.ts'

export interface Patched {
  readonly operations: readonly JsonPatchOperation[]
  readonly changed: boolean
}

/** Makes of the object what a webhook asked for, in place. Undefined: it asked for nothing. */
export const applyAnswer = async (
  { patch, patchType }: Pick<WebhookAnswer, 'patch' | 'patchType'>,
  attributes: AdmissionAttributes,
  call: WebhookCall,
): Promise<Patched | undefined> => {
  if (patch === '') return undefined
  const { hook, asked, objects } = call
  const { name } = hook.webhook
  const operations = operationsOf(name, patch)
  if (operations.length === 0) return undefined
  const { object } = attributes
  if (!object || objects.object === null) {
    const why = `admission webhook ${JSON.stringify(name)} attempted to modify the object, which is not supported for this operation`
    throw internalFailure(new Error(why))
  }
  if (patchType !== 'JSONPatch') throw new CallFailure(name, `unsupported patch type ${JSON.stringify(patchType)}`, { code: 400 })
  const view = decoded(patchedView(objects.object, operations), attributes, call)
  const changed = !jsonEqual(completed(view, attributes, call), objects.object)
  if (changed) replace(object, await fromView(attributes, asked, view))
  return { operations, changed }
}

/** As it would be shown. */
const completed = (view: KubeObject, { definition, bodyKind, context }: AdmissionAttributes, { asked }: WebhookCall) => {
  const copy = structuredClone(view)
  const schema = bodyKind ? bodyKind.schema : (asked.servedAs ?? definition).schema
  if (schema !== undefined) complete(copy, schema, context.parts.schemas)
  return copy
}

const operationsOf = (name: string, patch: string): readonly JsonPatchOperation[] => {
  try {
    const { value } = parseJson(Buffer.from(patch, 'base64'), false)
    if (value !== null && !Array.isArray(value))
      throw new DecodeError(`json: cannot unmarshal ${jsonTypeOf(value)} into Go value of type jsonpatch.Patch`)
    const operations: unknown[] = value ?? []
    const other = operations.find((one) => one !== null && !isJsonObject(one))
    if (other !== undefined)
      throw new DecodeError(`json: cannot unmarshal ${jsonTypeOf(other)} into Go value of type jsonpatch.Operation`)
    return operations as JsonPatchOperation[]
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    throw new CallFailure(name, `received undecodable patch in webhook response: ${error.message}`, { cause: error })
  }
}

const patchedView = (view: JsonObject, operations: readonly JsonPatchOperation[]): unknown => {
  try {
    return applyJsonPatch(view, operations)
  } catch (error) {
    throw error instanceof ApiError ? internalFailure(error.cause instanceof Error ? error.cause : error) : error
  }
}

/** As an object of its type, from which unknown fields go in silence. */
const decoded = (
  value: unknown,
  { definition, bodyKind, context }: AdmissionAttributes,
  { asked, objects }: WebhookCall,
): KubeObject => {
  const schema = bodyKind ? bodyKind.schema : (asked.servedAs ?? definition).schema
  if (isJsonObject(value)) refuseOtherKind(value, objects.object!)
  if (schema === undefined) return value as KubeObject
  try {
    const { object } = decodeValue<KubeObject>(value, { schema, schemas: context.parts.schemas, fieldValidation: 'Ignore' })
    object.metadata ??= {} as KubeObject['metadata']
    return object
  } catch (error) {
    const { cause } = error as ApiError
    throw cause instanceof DecodeError ? internalFailure(cause) : error
  }
}

const refuseOtherKind = (value: JsonObject, view: JsonObject): void => {
  if (value.kind === view.kind && value.apiVersion === view.apiVersion) return
  const shown = ({ kind, apiVersion }: JsonObject) => `${String(apiVersion).split('/').at(-1)}.${String(kind)}`
  throw internalFailure(new Error(`converting (${shown(value)}) to (${shown(view)}): unknown conversion`))
}

/** Others hold on to the object. */
const replace = (object: KubeObject, by: KubeObject): void => {
  for (const field of Object.keys(object)) delete object[field]
  Object.assign(object, by)
}
