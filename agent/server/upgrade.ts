import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ApiError } from '../../shared/meta/status.ts'
import { acceptWebSocket, WebSocketRefusal } from '../../shared/platform/accept-websocket.ts'
import { sayLast } from '../../shared/platform/say-last.ts'

export interface UpgradeRequest {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
}

const protocolHeader = 'x-stream-protocol-version'

export const isWebSocket = ({ request }: UpgradeRequest) => request.headers.upgrade?.toLowerCase() === 'websocket'
export const isSpdy = ({ request }: UpgradeRequest) => request.headers.upgrade?.toLowerCase() === 'spdy/3.1'

/** undefined: the client and we have no protocol in common, and the socket was answered so */
export const openWebSocket = async ({ request, socket, head }: UpgradeRequest, protocols: readonly string[]) => {
  try {
    const { method = 'GET', headers } = request
    return await acceptWebSocket({ method, headers, socket, head }, protocols)
  } catch (error) {
    if (!(error instanceof WebSocketRefusal)) throw error
    refuse(socket, error.code, error.message)
    return undefined
  }
}

/** Switches the connection to SPDY/3.1; undefined as above. */
export const acceptSpdy = ({ request, socket, head }: UpgradeRequest, protocols: readonly string[]): string | undefined => {
  const { [protocolHeader]: given = [] } = request.headersDistinct
  const asked = given
    .flatMap((each) => each.split(','))
    .map((each) => each.replace(/^ +| +$/g, ''))
    .filter((each) => each !== '')
  const protocol = asked.find((each) => protocols.includes(each))
  if (given.length === 0) {
    const count = Object.keys(request.headersDistinct).filter((name) => name !== 'host').length
    refuse(socket, 400, `unable to upgrade: header X-Stream-Protocol-Version does not exist in request with ${count} headers`)
    return undefined
  }
  if (asked.length === 0) {
    const contains = `contains [${given.join(' ')}], but no valid protocols`
    refuse(socket, 400, `unable to upgrade: header X-Stream-Protocol-Version ${contains}`)
    return undefined
  }
  if (protocol === undefined) {
    const lists = `client supports [${asked.join(' ')}], server accepts [${protocols.join(' ')}]`
    const accepted = protocols.map((each) => `X-Accepted-Stream-Protocol-Versions: ${each}`)
    refuse(socket, 403, `unable to upgrade: unable to negotiate protocol: ${lists}`, { lines: accepted })
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

export const refuse = (
  socket: Duplex,
  code: number,
  message: string,
  { type = 'text/plain', lines = [] }: { type?: string; lines?: readonly string[] } = {},
): void => {
  const head = [
    `HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}`,
    `Content-Type: ${type}`,
    `Content-Length: ${Buffer.byteLength(message)}`,
    ...lines,
    'Connection: close',
  ]
  sayLast(socket, `${head.join('\r\n')}\r\n\r\n${message}`)
}

export const refuseWith = (socket: Duplex, error: ApiError): void =>
  refuse(socket, error.code, JSON.stringify(error.toStatus()), { type: 'application/json' })
