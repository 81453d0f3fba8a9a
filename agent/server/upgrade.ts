import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { ApiError } from '../../shared/meta/status.ts'

export interface UpgradeRequest {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
}

export const isWebSocket = ({ request }: UpgradeRequest) => request.headers.upgrade?.toLowerCase() === 'websocket'
export const isSpdy = ({ request }: UpgradeRequest) => request.headers.upgrade?.toLowerCase() === 'spdy/3.1'

/** undefined: the client and we have no protocol in common, and the socket was answered so */
export const acceptWebSocket = ({ request, socket, head }: UpgradeRequest, protocols: readonly string[]) =>
  new Promise<{ webSocket: WebSocket; protocol: string } | undefined>((resolve) => {
    const asked = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((each) => each.trim())
    const protocol = protocols.find((each) => asked.includes(each))
    if (!protocol) {
      refuse(
        socket,
        400,
        `unable to upgrade: unable to negotiate protocol: client supports ${asked.join(', ')}, server accepts ${protocols.join(', ')}`,
      )
      return resolve(undefined)
    }
    // ws takes a name with a slash, such as the tunnel's, for malformed: it is left out of the negotiation.
    delete request.headers['sec-websocket-protocol']
    const server = new WebSocketServer({ noServer: true, perMessageDeflate: false })
    server.on('headers', (headers) => headers.push(`Sec-WebSocket-Protocol: ${protocol}`))
    server.handleUpgrade(request, socket, head, (webSocket) => resolve({ webSocket, protocol }))
  })

/** Switches the connection to SPDY/3.1; undefined as above. */
export const acceptSpdy = ({ request, socket, head }: UpgradeRequest, protocols: readonly string[]): string | undefined => {
  const asked = [request.headers['x-stream-protocol-version'] ?? []]
    .flat()
    .flatMap((each) => each.split(',').map((one) => one.trim()))
  const protocol = protocols.find((each) => asked.includes(each))
  if (!protocol) {
    refuse(
      socket,
      403,
      `unable to upgrade: unable to negotiate protocol: client supports [${asked}], server accepts [${protocols}]`,
    )
    return undefined
  }
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Connection: Upgrade',
    'Upgrade: SPDY/3.1',
    `X-Stream-Protocol-Version: ${protocol}`,
  ]
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  if (head.length > 0) socket.unshift(head)
  return protocol
}

export const refuse = (socket: Duplex, code: number, message: string, type = 'text/plain'): void => {
  const head = [
    `HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}`,
    `Content-Type: ${type}`,
    `Content-Length: ${Buffer.byteLength(message)}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${message}`)
}

export const refuseWith = (socket: Duplex, error: ApiError): void =>
  refuse(socket, error.code, JSON.stringify(error.toStatus()), 'application/json')
