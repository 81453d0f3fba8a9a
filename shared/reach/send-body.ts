import type { ClientRequest } from 'node:http'
import { Readable } from 'node:stream'

/** Ends a request with a body, whole or as it comes; a client that breaks off breaks the request off. */
export const sendBody = (request: ClientRequest, body: Uint8Array | Readable | undefined): void => {
  if (!(body instanceof Readable)) return void request.end(body)
  body.on('error', (error) => request.destroy(error))
  // A server may answer before it has read everything, and read no more.
  request.on('close', () => body.unpipe(request).resume())
  body.pipe(request)
}
