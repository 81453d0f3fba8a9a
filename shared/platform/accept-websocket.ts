import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'

export interface WebSocketOffer {
  readonly method: string
  readonly headers: IncomingHttpHeaders
  readonly socket: Duplex
  /** bytes that came behind the request */
  readonly head: Buffer
}

/** Why a WebSocket is not opened; `code` is an HTTP status. */
export class WebSocketRefusal extends Error {
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/** as upstream's, which closes with 1009 past it */
const longestMessageBytes = 32 * 1024 * 1024
/** Whoever sends pings and does not read what they bring is let go. */
const mostUnreadBytes = 1024 * 1024

/**
 * Opens the server's end of a WebSocket with the first of the client's sub-protocols that is among `protocols`, as upstream chooses; ''
 * is a client that names none. Rejects with WebSocketRefusal, the socket untouched.
 */
export const acceptWebSocket = (
  { method, headers, socket, head }: WebSocketOffer,
  protocols: readonly string[],
): Promise<{ webSocket: WebSocket; protocol: string }> =>
  new Promise((resolve, reject) => {
    const asked = (headers['sec-websocket-protocol'] ?? '').split(',').map((each) => each.trim())
    const protocol = asked.find((each) => protocols.includes(each))
    if (protocol === undefined) {
      const [clients, servers] = [asked, protocols].map((list) => list.filter((each) => each !== '').join(', '))
      const message = `unable to negotiate protocol: client supports ${clients || 'none'}, server accepts ${servers}`
      return reject(new WebSocketRefusal(403, `unable to upgrade: ${message}`))
    }
    // ws takes a name with a slash, such as the tunnel's, for malformed: it is left out of the negotiation.
    const { 'sec-websocket-protocol': _, ...others } = headers
    const server = new WebSocketServer({
      ...{ noServer: true, clientTracking: false, perMessageDeflate: false, autoPong: false, maxPayload: longestMessageBytes },
    })
    if (protocol !== '') server.on('headers', (lines) => lines.push(`Sec-WebSocket-Protocol: ${protocol}`))
    server.on('wsClientError', (error) => reject(new WebSocketRefusal(400, `unable to upgrade: ${error.message}`)))
    server.handleUpgrade({ method, headers: others, socket } as unknown as IncomingMessage, socket, head, (webSocket) => {
      webSocket.on('error', () => webSocket.terminate())
      webSocket.on('ping', (data) => {
        if (webSocket.bufferedAmount > mostUnreadBytes) webSocket.terminate()
        else webSocket.pong(data, false, () => undefined)
      })
      // What came with the request must wait for whoever listens when this promise is kept.
      webSocket.pause()
      setImmediate(() => webSocket.resume())
      resolve({ webSocket, protocol })
    })
  })

export const bytesOf = (raw: RawData): Buffer =>
  Buffer.isBuffer(raw) ? raw : Array.isArray(raw) ? Buffer.concat(raw) : Buffer.from(raw)
