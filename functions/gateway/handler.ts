import { once as event } from 'node:events'
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda'
import type { ApiHandler, ApiResponse } from '../../shared/apiserver/request.ts'
import { OutOfTime } from '../../shared/platform/deadline.ts'
import { type StreamingRuntime, streamingRuntime } from './lambda-stream.ts'
import { bufferedMs, endEarlyMs, endingWhenIdle, idleMs } from './limits.ts'
import { requestOf } from './request.ts'

export type OpenApi = (event: APIGatewayProxyEvent) => Promise<ApiHandler>

/** What API Gateway calls: streams the answer where the runtime can, else answers it whole. */
export const gatewayHandler = (open: OpenApi, runtime: StreamingRuntime | undefined = streamingRuntime()) =>
  runtime ? streamingHandler(open, runtime) : bufferedHandler(open)

const streamingHandler = (open: OpenApi, runtime: StreamingRuntime) =>
  runtime.streamifyResponse(async (proxyEvent, stream, context) => {
    const outOfTime = new OutOfTime('the time that an answer may take is over: ask again')
    const { signal, end } = endOf(context.getRemainingTimeInMillis() - endEarlyMs, outOfTime)
    // The client has gone.
    stream.once('close', end)
    stream.once('error', end)
    try {
      const handle = await open(proxyEvent)
      const { status, headers, body } = await handle(requestOf(proxyEvent, signal))
      const out = runtime.HttpResponseStream.from(stream, { statusCode: status, headers })
      await writeAll(out, body)
    } finally {
      end()
    }
  })

const writeAll = async (out: Writable, body: ApiResponse['body']): Promise<void> => {
  // The runtime puts status and headers before the first write; an end with bytes, or without any, goes out bare.
  out.write(new Uint8Array())
  if (body instanceof Uint8Array) {
    out.write(body)
    out.end()
    if (!out.writableFinished && !out.destroyed) await event(out, 'finish')
    return
  }
  try {
    await pipeline(endingWhenIdle(body, idleMs), out)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE')) throw error
  }
}

const bufferedHandler =
  (open: OpenApi) =>
  async (proxyEvent: APIGatewayProxyEvent, context: Context): Promise<APIGatewayProxyResult> => {
    const { signal, end } = endOf(Math.min(bufferedMs, context.getRemainingTimeInMillis() - endEarlyMs / 5))
    try {
      const handle = await open(proxyEvent)
      const { status, headers, body } = await handle(requestOf(proxyEvent, signal))
      const bytes = body instanceof Uint8Array ? body : await whole(body)
      const isBase64Encoded = headers['content-encoding'] !== undefined || !isText(headers['content-type'])
      return {
        statusCode: status,
        headers,
        body: Buffer.from(bytes).toString(isBase64Encoded ? 'base64' : 'utf8'),
        isBase64Encoded,
      }
    } finally {
      end()
    }
  }

const whole = async (body: AsyncIterable<Uint8Array>): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const isText = (contentType: string | undefined) => contentType === undefined || /json|^text\//.test(contentType)

/** `reason`: for who can't just end */
const endOf = (afterMs: number, reason?: OutOfTime): { signal: AbortSignal; end: () => void } => {
  const ending = new AbortController()
  const timer = setTimeout(() => ending.abort(reason), Math.max(0, afterMs))
  return {
    signal: ending.signal,
    end: () => {
      clearTimeout(timer)
      ending.abort()
    },
  }
}
