import type { WebSocket } from 'ws'
import { bytesOf } from '../../shared/platform/accept-websocket.ts'

export interface ChannelsOptions {
  readonly socket: WebSocket
  /** how the messages of the chosen sub-protocol are written */
  readonly base64: boolean
  /** Empty messages, and those in base64 that are none, are left out, as upstream does. */
  readonly receive: (channel: number, data: Buffer) => void
}

const zero = 0x30

/**
 * Many streams over one WebSocket, as Kubernetes' sub-protocols have them: the first byte of each message says the channel, the rest is
 * its data; in the base64 forms a digit says it, and the rest is base64. Returns what sends; it rejects when the socket has gone.
 */
export const openChannels = ({ socket, base64, receive }: ChannelsOptions) => {
  socket.on('message', (raw) => {
    const message = bytesOf(raw)
    if (message.length === 0) return
    const rest = message.subarray(1)
    const data = base64 ? decoded(rest) : rest
    if (data) receive(base64 ? message[0]! - zero : message[0]!, data)
  })
  return (channel: number, data: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => {
      const done = (error?: Error | null) => (error ? reject(error) : resolve())
      if (base64) socket.send(`${channel}${Buffer.from(data).toString('base64')}`, done)
      else socket.send(Buffer.concat([Buffer.of(channel), data]), done)
    })
}

const decoded = (bytes: Buffer): Buffer | undefined => {
  const text = bytes.toString('latin1').replace(/[\r\n]/g, '')
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined
}
