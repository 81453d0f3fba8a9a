import { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { bytesOf } from '../../shared/platform/accept-websocket.ts'

/** The byte stream that a WebSocket's binary messages make up. */
export const webSocketTunnel = (socket: WebSocket): Duplex => {
  const tunnel = new Duplex({
    read: () => socket.resume(),
    write: (chunk: Buffer, _encoding, callback) => socket.send(chunk, (error) => callback(error)),
    final: (callback) => {
      socket.close(1000)
      callback()
    },
    destroy: (error, callback) => {
      socket.terminate()
      callback(error)
    },
  })
  socket.on('message', (raw) => {
    if (!tunnel.push(bytesOf(raw))) socket.pause()
  })
  socket.on('close', () => {
    tunnel.push(null)
    tunnel.destroy()
  })
  socket.on('error', () => tunnel.destroy())
  return tunnel
}
