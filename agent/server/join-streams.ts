import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/**
 * Carries bytes both ways until both have ended. Resolves then, also when the pod has reset its connection, as servers do by habit: what
 * was told as an error of the forwarding would make kubectl give up all its other connections.
 */
export const joinStreams = (stream: Duplex, socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    if (stream.destroyed) socket.destroy()
    // its close comes next
    socket.on('error', () => undefined)
    if (socket.closed) return resolve()
    socket.once('close', () => resolve())
    stream.once('close', () => socket.destroy())
    stream.pipe(socket)
    socket.pipe(stream)
  })
