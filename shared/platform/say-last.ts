import type { Duplex } from 'node:stream'

const graceMs = 5000

/**
 * Sends the last of a connection. What the other side still sends is thrown away, and not waited for: unread, it would hold the socket
 * for ever, though that side has long gone.
 */
export const sayLast = (socket: Duplex, bytes: string | Uint8Array): void => {
  socket.end(bytes)
  socket.resume()
  const late = setTimeout(() => socket.destroy(), graceMs)
  socket.once('close', () => clearTimeout(late))
}
