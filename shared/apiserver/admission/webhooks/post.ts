import { Buffer } from 'node:buffer'
import type { Readable } from 'node:stream'
import { DecodeError, parseJson } from '../../../meta/decode/json.ts'
import { isJsonObject } from '../../../meta/json-value.ts'
import { ApiError, type StatusReason } from '../../../meta/status.ts'
import type { Reach, ReachAnswer } from '../../../reach/reach.ts'
import type { Endpoint } from './endpoint.ts'

/** of an answer, by default, as of a request to the API server */
const usualMostBytes = 3 * 1024 * 1024
/** of an answer that is no AdmissionReview, in the text of the error */
const mostShownBytes = 2048
/** A webhook may ask to be asked again later. */
const mostRetries = 10

export interface Posted {
  readonly endpoint: Endpoint
  readonly body: Uint8Array
  /** told to the webhook, in its address */
  readonly timeoutSeconds: number | undefined
  readonly signal: AbortSignal
  /** of the answer */
  readonly mostBytes?: number | undefined
}

/** The body of a webhook's answer. Throws an Error in the words of upstream's client, an ApiError where the answer is a Status or the like. */
export const post = async (reach: Reach, posted: Posted): Promise<Uint8Array> => {
  for (let attempt = 0; ; attempt++) {
    const answer = await send(reach, posted)
    const waitSeconds = attempt < mostRetries ? secondsToWait(answer) : undefined
    const bytes = await readBounded(answer.body, posted)
    if (waitSeconds !== undefined) {
      await sleep(waitSeconds, posted.signal)
      continue
    }
    checkType(answer)
    if (answer.status < 200 || answer.status > 206) throw statusOf(answer, bytes)
    const contentType = answer.headers['content-type'] ?? 'application/json'
    if (bytes.length === 0)
      throw new Error(`0-length response with status code: ${answer.status} and content type: ${contentType}`)
    return bytes
  }
}

/** Whatever it says that it is, it is read as JSON or YAML; but it must say something that makes sense. */
const checkType = ({ headers }: ReachAnswer): void => {
  const type = headers['content-type']
  if (!type || /^[^\s/;]+\/[^\s/;]+\s*(;|$)/.test(type)) return
  throw new ApiError('InternalError', 'Internal error occurred: mime: expected slash after first token')
}

const send = async (reach: Reach, { endpoint, body, timeoutSeconds, signal }: Posted): Promise<ReachAnswer> => {
  const { target, serverName, authorities, host, path } = endpoint
  const asked = `${path}${timeoutSeconds === undefined ? '' : `?timeout=${timeoutSeconds}s`}`
  try {
    return await reach.request(target, {
      method: 'POST',
      path: asked,
      headers: {
        host,
        accept: 'application/json, */*',
        'content-type': 'application/json',
        'content-length': String(body.byteLength),
        'user-agent': 'kube-apiserver-admission',
      },
      body,
      tls: { serverName, authorities },
      signal,
      // Webhooks have no side effects, or they could not be configured.
      repeatable: true,
    })
  } catch (error) {
    throw new Error(`Post ${JSON.stringify(`https://${host}${asked}`)}: ${textOf(error)}`, { cause: error })
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const readBounded = async (
  body: Readable,
  { signal, mostBytes = usualMostBytes }: Pick<Posted, 'signal' | 'mostBytes'>,
): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = []
  let length = 0
  const end = () => body.destroy(new Error('context deadline exceeded'))
  signal.addEventListener('abort', end, { once: true })
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      length += chunk.byteLength
      if (length > mostBytes) throw new Error(`the answer is larger than ${mostBytes} bytes`)
      chunks.push(chunk)
    }
  } catch (error) {
    throw new Error(`unexpected error when reading response body. Please retry. Original error: ${textOf(error)}`, {
      cause: error,
    })
  } finally {
    signal.removeEventListener('abort', end)
    body.destroy()
  }
  return Buffer.concat(chunks, length)
}

const secondsToWait = ({ status, headers }: ReachAnswer): number | undefined => {
  const after = headers['retry-after']
  return (status === 429 || status >= 500) && after !== undefined && /^\d+$/.test(after) ? Number(after) : undefined
}

const sleep = (seconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer)
      reject(new Error('context deadline exceeded'))
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', end)
      resolve()
    }, Math.min(seconds, 60) * 1000)
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })

/** What upstream's client makes of codes that nobody explains. */
const reasons: Readonly<Record<number, readonly [StatusReason, string | undefined]>> = {
  400: ['BadRequest', 'the server rejected our request for an unknown reason'],
  401: ['Unauthorized', 'the server has asked for the client to provide credentials'],
  403: ['Forbidden', undefined],
  404: ['NotFound', 'the server could not find the requested resource'],
  405: ['MethodNotAllowed', 'the server does not allow this method on the requested resource'],
  406: ['NotAcceptable', undefined],
  409: ['AlreadyExists', 'the server reported a conflict'],
  415: ['UnsupportedMediaType', undefined],
  422: ['Invalid', 'the server rejected our request due to an error in our request'],
  429: ['TooManyRequests', 'the server has received too many requests and has asked us to try again later'],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
  504: ['Timeout', 'the server was unable to return a response in the time allotted, but may still be processing the request'],
}

const statusOf = ({ status, headers }: ReachAnswer, bytes: Uint8Array): ApiError => {
  const given = readStatus(bytes)
  if (given) return given
  const type = headers['content-type']
  const isText = type === undefined || type.toLowerCase().startsWith('text/')
  const said = isText ? Buffer.from(bytes.subarray(0, mostShownBytes)).toString().trim() : 'unknown'
  const known = reasons[status]
  if (known) {
    const [reason, message = status === 406 && (said === '' || said === 'unknown') ? notAcceptable : said] = known
    return new ApiError(reason, message, { code: status })
  }
  if (status >= 500)
    return new ApiError(
      'InternalError',
      `an error on the server (${JSON.stringify(said)}) has prevented the request from succeeding`,
      { code: status },
    )
  return new ApiError('Unknown', `the server responded with the status code ${status} but did not return more information`, {
    code: status,
  })
}

const notAcceptable = 'the server was unable to respond with a content type that the client supports'

/** A Status that the webhook answered instead of a review. */
const readStatus = (bytes: Uint8Array): ApiError | undefined => {
  try {
    const { value } = parseJson(bytes, false)
    if (!isJsonObject(value) || value.kind !== 'Status' || value.status !== 'Failure') return undefined
    const { reason, message, code } = value
    const known = typeof reason === 'string' && reason !== '' ? (reason as StatusReason) : 'Unknown'
    return new ApiError(known, typeof message === 'string' ? message : '', { code: typeof code === 'number' ? code : 500 })
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw error
  }
}
