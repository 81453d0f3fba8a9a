import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { Logger } from '../../shared/platform/log.ts'
import type { Resolve } from './resolver.ts'

export interface ListenOptions {
  readonly address: string
  /** 0: any */
  readonly port: number
  readonly resolve: Resolve
  readonly log: Logger
}

/** Answers each datagram; whatever comes, and whatever becomes of an answer, the socket goes on. */
export const listenUdp = async ({ address, port, resolve, log }: ListenOptions): Promise<Socket> => {
  const socket = createSocket('udp4')
  let open = true
  socket.on('close', () => {
    open = false
  })
  socket.on('message', (message, from) => {
    // A container may forge packets: nobody can be answered at port 0, and to send there throws.
    if (from.port === 0) return
    resolve(message, 'udp', from.address)
      .then((answer) => {
        // An answer that can't be sent (a broadcast address, no route) is as good as lost; the asker asks again.
        if (answer && open) socket.send(answer, from.port, from.address, () => undefined)
      })
      .catch((error: unknown) => log.error('question not answered', { from: from.address, error }))
  })
  socket.bind(port, address)
  await once(socket, 'listening')
  socket.on('error', (error) => log.warn('DNS socket failed', { address, error }))
  return socket
}
