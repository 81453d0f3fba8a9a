import { Buffer } from 'node:buffer'
import { DecodeError, parseJson } from '../../meta/decode/json.ts'
import { parseExactJson } from '../../meta/exact-json.ts'
import { isJsonObject, type JsonObject, jsonTypeOf } from '../../meta/json-value.ts'
import { ApiError } from '../../meta/status.ts'
import type { Random } from '../../platform/random.ts'
import type { Reach } from '../../reach/reach.ts'
import type { ConversionWebhook } from '../../resources/apiextensions/custom/custom-kind.ts'
import { endpointOf } from '../admission/webhooks/endpoint.ts'
import { post } from '../admission/webhooks/post.ts'
import type { FetchConverted } from './conversions.ts'
import { convertedObject, kindText } from './converted-object.ts'

/** as upstream's client */
const timeoutSeconds = 30
/** of one call; many objects are several */
const mostObjects = 100
const mostTextLength = 1024 * 1024
const callsAtOnce = 4
/** of an answer: so many objects as were asked for, which may have grown */
const mostAnswerBytes = 16 * 1024 * 1024

const group = 'apiextensions.k8s.io'
const known = ['v1', 'v1beta1']

export interface ConversionCalls {
  readonly reach: Reach
  readonly random: Random
}

/** Asks a definition's webhook to convert objects, as ConversionReview. https://kubernetes.io/docs/reference/config-api/apiextensions.v1/ */
export const convertByWebhook =
  (webhook: ConversionWebhook, calls: ConversionCalls): FetchConverted =>
  async (texts, apiVersion) => {
    const waiting = batchesOf(texts).values()
    const converted: string[][] = []
    const worker = async () => {
      for (const { batch, index } of waiting) converted[index] = await convertBatch(batch, { webhook, apiVersion, ...calls })
    }
    try {
      await Promise.all(Array.from({ length: callsAtOnce }, worker))
    } catch (error) {
      throw new ApiError('Unknown', (error as Error).message, { code: 500, cause: error })
    }
    return converted.flat()
  }

const batchesOf = (texts: readonly string[]): { batch: string[]; index: number }[] => {
  const batches: string[][] = []
  let [current, length]: [string[], number] = [[], 0]
  for (const text of texts) {
    if (current.length === mostObjects || (current.length > 0 && length + text.length > mostTextLength)) {
      batches.push(current)
      ;[current, length] = [[], 0]
    }
    current.push(text)
    length += text.length
  }
  return [...batches, current].map((batch, index) => ({ batch, index }))
}

interface BatchCall extends ConversionCalls {
  readonly webhook: ConversionWebhook
  readonly apiVersion: string
}

const convertBatch = async (texts: readonly string[], call: BatchCall): Promise<string[]> => {
  const { webhook, apiVersion, random } = call
  const originals = texts.map((text) => parseExactJson(text) as JsonObject)
  const version = webhook.conversionReviewVersions.find((one) => known.includes(one))
  if (version === undefined) throw new Error('no supported conversion review versions')
  const uid = random.uuid()
  const what = `conversion webhook for ${kindText(originals[0]!)}`
  let objects: unknown[]
  try {
    const asked = { uid, desiredAPIVersion: apiVersion }
    const head = `{"kind":"ConversionReview","apiVersion":"${group}/${version}","request":${JSON.stringify(asked).slice(0, -1)}`
    objects = verify(await ask(call, Buffer.from(`${head},"objects":[${texts.join(',')}]}}`)), { uid, version })
  } catch (error) {
    throw new Error(`${what} failed: ${(error as Error).message}`, { cause: error })
  }
  if (objects.length !== texts.length) throw new Error(`${what} returned ${objects.length} objects, expected ${texts.length}`)
  return objects.map((object, index) => JSON.stringify(convertedObject(originals[index]!, object, apiVersion)))
}

const ask = async ({ webhook: { clientConfig }, reach }: BatchCall, body: Uint8Array): Promise<unknown> => {
  const { caBundle, ...config } = clientConfig!
  // A bundle of white space is none.
  const authorities = caBundle && Buffer.from(caBundle, 'base64').toString().trim() ? caBundle : undefined
  const endpoint = endpointOf({ ...config, caBundle: authorities })
  const signal = AbortSignal.timeout(timeoutSeconds * 1000)
  const bytes = await post(reach, { endpoint, body, timeoutSeconds, signal, mostBytes: mostAnswerBytes })
  try {
    return parseJson(bytes, false).value
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    // Upstream takes it for YAML, of which any line of text is a string.
    return Buffer.from(bytes).toString()
  }
}

/** The objects of an answer. Throws an Error that says what keeps it from being one. */
const verify = (review: unknown, { uid, version }: { uid: string; version: string }): unknown[] => {
  if (review !== null && !isJsonObject(review)) {
    const type = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'
    throw new Error(
      `couldn't get version/kind; json parse error: json: cannot unmarshal ${jsonTypeOf(review)} into Go value of type ${type}`,
    )
  }
  const { kind = '', apiVersion = '', response } = review ?? {}
  verifyType(String(kind), String(apiVersion), version)
  if (!isJsonObject(response)) throw new Error('no response provided')
  const { uid: answered = '', result, convertedObjects } = response
  // What the old version's answers said of themselves was never looked at.
  if (version === 'v1' && answered !== uid)
    throw new Error(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(answered)}`)
  const { status = '', message = '' } = isJsonObject(result) ? result : {}
  if (status !== 'Success') throw new Error(message ? String(message) : `response.result.status was '${status}', not 'Success'`)
  return Array.isArray(convertedObjects) ? convertedObjects : []
}

const verifyType = (kind: string, apiVersion: string, version: string): void => {
  const own = `${group}/${version}`
  if (kind === 'ConversionReview' && apiVersion === own) return
  if (apiVersion === '' || kind === '') {
    if (version !== 'v1') return
    throw new Error(`expected webhook response of ${own}, Kind=ConversionReview, got ${kindText({ apiVersion, kind })}`)
  }
  const other = known.find((one) => apiVersion === `${group}/${one}`)
  if (other === undefined || kind !== 'ConversionReview')
    throw new Error(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`,
    )
  throw new Error(`converting (${other}.ConversionReview) to (${version}.ConversionReview): unknown conversion`)
}
