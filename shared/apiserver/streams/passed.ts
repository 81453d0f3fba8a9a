import type { Readable } from 'node:stream'
import type { ApiRequest } from '../request.ts'

/** of a body that can't be passed on as it comes */
const bodyLimit = 64 * 1024 * 1024

/** A client that sent none has none; one that can't be streamed is read whole. */
export const bodyOf = async (request: ApiRequest): Promise<Uint8Array | Readable | undefined> => {
  if (request.headers) return request.bodyStream
  const body = await request.body(bodyLimit)
  return body.byteLength > 0 ? body : undefined
}

/** An answer that breaks off must not look whole, except to a client that broke it off. */
export async function* untilGone(body: Readable, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* body as AsyncIterable<Uint8Array>
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    body.destroy()
  }
}
