import type { IncomingHttpHeaders } from 'node:http'
import type { WebSocket } from 'ws'
import { ApiError } from '../../meta/status.ts'
import { acceptWebSocket, WebSocketRefusal } from '../../platform/accept-websocket.ts'
import type { ApiRequest, ApiResponse, UpgradeOffer } from '../request.ts'
import type { RequestInfo } from '../router.ts'
import { fieldsOf, withoutToken } from './headers.ts'

/** Reads of bytes over WebSocket: whole messages as they come, or in base64; '' is a client that names no sub-protocol. */
const readerProtocols: readonly string[] = ['binary.k8s.io', 'base64.binary.k8s.io', '']
/** as upstream cuts them */
const mostBytes = 2048

/**
 * Browsers can't read a plain answer as it comes, but a WebSocket: a log, or a watch, for whoever asks so. Any other answer stays
 * what it is. https://pkg.go.dev/k8s.io/apimachinery/pkg/util/httpstream/wsstream#Reader
 */
export const overWebSocket = async (request: ApiRequest, info: RequestInfo, response: ApiResponse): Promise<ApiResponse> => {
  const { upgrade, method } = request
  if (!upgrade || response.status !== 200 || !info.isResource) return response
  if (request.header('upgrade')?.toLowerCase() !== 'websocket') return response
  const isLog = info.subresource === 'log'
  if (!isLog && info.verb !== 'watch') return response
  const { body } = response
  const source = body instanceof Uint8Array ? onlyOne(body) : body
  const headers = headersOf(upgrade)
  // A watch speaks whatever its client does: there are only its events to be told.
  const asked = (headers['sec-websocket-protocol'] ?? '').split(',').map((each) => each.trim())
  const { socket, head } = upgrade
  try {
    const offer = { method, headers, socket, head: Buffer.from(head) }
    const { webSocket, protocol } = await acceptWebSocket(offer, isLog ? readerProtocols : asked)
    const messages = isLog ? logMessages(source, protocol.startsWith('base64.')) : linesOf(source)
    // The client's end of it is all that can go wrong, and the end of it.
    send(webSocket, messages).catch(() => webSocket.terminate())
    return { status: 101, headers: {}, body: new Uint8Array() }
  } catch (error) {
    await source[Symbol.asyncIterator]().return?.()
    if (!(error instanceof WebSocketRefusal)) throw error
    throw new ApiError(error.code === 403 ? 'Forbidden' : 'BadRequest', error.message)
  }
}

const headersOf = ({ rawHeaders }: UpgradeOffer): IncomingHttpHeaders => {
  const headers = fieldsOf(rawHeaders)
  const protocols = headers['sec-websocket-protocol']
  return protocols === undefined ? headers : { ...headers, 'sec-websocket-protocol': withoutToken(protocols) }
}

async function* onlyOne(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** The first is empty: the client learns that the connection stands though nothing was written yet. */
async function* logMessages(source: AsyncIterable<Uint8Array>, base64: boolean): AsyncGenerator<Uint8Array | string> {
  yield base64 ? '' : new Uint8Array()
  for await (const chunk of source) {
    for (let from = 0; from < chunk.length; from += mostBytes) {
      const part = chunk.subarray(from, from + mostBytes)
      yield base64 ? Buffer.from(part).toString('base64') : part
    }
  }
}

/** An event a message. */
async function* linesOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of source) {
    rest = Buffer.concat([rest, chunk])
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      yield rest.toString('utf8', 0, end + 1)
      rest = rest.subarray(end + 1)
    }
  }
}

const send = async (socket: WebSocket, messages: AsyncGenerator<Uint8Array | string>): Promise<void> => {
  // What the client sends is nobody's, and is read so that its close is heard.
  socket.on('message', () => undefined)
  for await (const message of messages)
    await new Promise<void>((resolve, reject) => socket.send(message, (error) => (error ? reject(error) : resolve())))
  socket.close(1000)
}
