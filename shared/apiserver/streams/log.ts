import { type FieldError, forbiddenField, invalid, invalidValue } from '../../meta/field-error.ts'
import { ApiError, badRequest, internalError } from '../../meta/status.ts'
import { timestamp } from '../../platform/clock.ts'
import type { SubresourceHandlers } from '../context.ts'
import { flagIn, integerIn } from '../objects/query-value.ts'
import type { ApiResponse } from '../request.ts'
import type { AgentResponse, NodeConnector } from './node-connector.ts'
import { containerOf, getPod, type LocateNode, nodeOfPod } from './pod-location.ts'

const longestErrorBytes = 2048

/** What a container wrote, from its node's agent. */
export const podLog = (connector: Pick<NodeConnector, 'request'>, locate: LocateNode = nodeOfPod): SubresourceHandlers => ({
  get: async (context) => {
    const { info, request } = context
    const options = logOptions(request.query, info.name)
    const pod = await getPod(context)
    const container = containerOf(pod, request.query.get('container') ?? '')
    const headers = { 'content-type': 'text/plain', 'cache-control': 'no-cache, private' }
    if (!pod.spec.nodeName) return { status: 204, headers: {}, body: new Uint8Array() }
    const node = await locate(context, pod)
    const path = `/containerLogs/${info.namespace}/${info.name}/${container}`
    const response = await connector
      .request(node, { method: 'GET', path: `${path}?${options}`, signal: request.signal })
      .catch((error: Error) => {
        throw internalError(new Error(`Get "https://${node.host}:${node.port}${path}": ${error.message}`, { cause: error }))
      })
    if (response.status < 200 || response.status > 206) throw await refusal(response, info.name)
    return { status: 200, headers, body: untilLost(response) } satisfies ApiResponse
  },
})

/** The agent's connection may break at any time, the client's too; what came before is what there is. */
const untilLost = async function* ({ body }: AgentResponse): AsyncGenerator<Uint8Array> {
  try {
    yield* body as AsyncIterable<Uint8Array>
  } catch (error) {
    if (!isLost(error)) throw error
  }
}

const isLost = (error: unknown) =>
  error instanceof Error && ['ECONNRESET', 'ABORT_ERR', 'EPIPE'].includes(String((error as NodeJS.ErrnoException).code))

const refusal = async ({ status, body }: AgentResponse, name: string): Promise<ApiError> => {
  let text = ''
  for await (const chunk of body) {
    text += String(chunk)
    if (text.length >= longestErrorBytes) break
  }
  const message = statusMessage(text) ?? text.slice(0, longestErrorBytes).trimEnd()
  if (status === 400) return badRequest(message)
  if (status === 404)
    return new ApiError('NotFound', `the server could not find the requested resource ( pods/log ${name})`, {
      details: { name, kind: 'pods/log' },
      cause: new Error(message),
    })
  return internalError(new Error(message))
}

/** An agent may say it as a Status. */
const statusMessage = (text: string): string | undefined => {
  if (!text.startsWith('{')) return undefined
  try {
    const { message } = JSON.parse(text) as { message?: unknown }
    return typeof message === 'string' ? message : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const flags = ['follow', 'previous', 'timestamps']
const numbers = { sinceSeconds: 1, tailLines: 0, limitBytes: 1 }

/** The query for the agent. Throws ApiError for what makes no sense. */
const logOptions = (query: URLSearchParams, name: string): URLSearchParams => {
  const options = new URLSearchParams()
  const errors: FieldError[] = []
  for (const key of flags) if (flagIn(query, key)) options.set(key, 'true')
  for (const [key, least] of Object.entries(numbers)) {
    const text = query.get(key)
    if (text === null) continue
    const value = integerIn(query, key)!
    if (value < least)
      errors.push(invalidValue(key, value, least === 0 ? 'must be greater than or equal to 0' : 'must be greater than 0'))
    options.set(key, String(BigInt(value)))
  }
  const since = timeIn(query, 'sinceTime')
  if (since !== undefined && options.has('sinceSeconds'))
    errors.push(forbiddenField('', 'at most one of `sinceTime` or `sinceSeconds` may be specified'))
  if (since !== undefined) options.set('sinceTime', since)
  // upstream's feature PodLogsQuerySplitStreams is off
  if (query.has('stream')) errors.push(forbiddenField('stream', 'may not be specified'))
  if (errors.length) throw invalid('', 'PodLogOptions', name, errors)
  return options
}

const time = /^(\d{4}-\d\d-(\d\d))T([01]\d|2[0-3]):\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:\d\d)$/

/** A time in whole seconds, as agents are told it; undefined: not given. Nothing, and `null` from old clients, is the first of all times. */
const timeIn = (query: URLSearchParams, name: string): string | undefined => {
  const text = query.get(name)
  if (text === null) return undefined
  if (text === '' || text === 'null') return '0001-01-01T00:00:00Z'
  const [, date = '', day] = time.exec(text) ?? []
  const ms = date === '' ? Number.NaN : Date.parse(text.replace(',', '.'))
  if (Number.isNaN(ms) || new Date(date).getUTCDate() !== Number(day))
    throw badRequest(`parsing time ${JSON.stringify(text)} as "2006-01-02T15:04:05Z07:00"`)
  return timestamp(ms)
}
