import type { Duplex } from 'node:stream'
import type { ApiResponse, UpgradeOffer } from '../request.ts'
import { forwardedLines } from './headers.ts'

/** Puts an upgrade request through to another server. From then on both talk to each other; we only carry the bytes. */
export const tunnel = (
  offer: UpgradeOffer,
  backend: Duplex,
  request: { method: string; path: string; host: string; headers?: Readonly<Record<string, string | string[]>> },
): ApiResponse => {
  const { socket, head, rawHeaders } = offer
  const { method, path, host, headers = {} } = request
  const lines = Object.entries(headers).flatMap(([name, values]) => [values].flat().map((value) => `${name}: ${value}\r\n`))
  backend.write(`${method} ${path} HTTP/1.1\r\n${forwardedLines(rawHeaders, host)}${lines.join('')}\r\n`, 'latin1')
  if (head.byteLength > 0) backend.write(head)
  carry(socket, backend)
  carry(backend, socket)
  return { status: 101, headers: {}, body: new Uint8Array() }
}

const carry = (from: Duplex, to: Duplex) => {
  from.pipe(to)
  // what was received is still delivered when the other end is gone
  from.on('close', () => closeWhenWritten(to))
  from.on('error', () => closeWhenWritten(to))
}

const closeWhenWritten = (stream: Duplex & { destroySoon?: () => void }) => {
  if (stream.destroySoon) stream.destroySoon()
  else stream.end()
}
