import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { type Message, readFrame } from './nats-frame.ts'

export interface RequestOptions {
  readonly data?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly milliseconds: number
}

export interface NatsConnection {
  /** The first answer. Throws when there is none in time, and when the connection is lost. */
  request(subject: string, options: RequestOptions): Promise<Message>
  publish(subject: string, data: string): void
  close(): void
}

const connectMilliseconds = 400
const beatMilliseconds = 1000

/** A connection in the protocol of NATS. A server that answers no PING for two seconds is taken for lost. */
export function connectNats({ host, token }: { readonly host: string; readonly token: string }): NatsConnection {
  const socket: Socket = connect({ host, port: 4222, noDelay: true })
  const inbox = `_INBOX.${randomBytes(9).toString('hex')}`
  const waiting = new Map<string, { resolve(message: Message): void; reject(error: Error): void }>()
  let received = Buffer.alloc(0)
  let closed = false
  let unanswered = 0
  let asked = 0

  const end = (error: Error) => {
    closed = true
    clearTimeout(connecting)
    clearInterval(beat)
    socket.destroy()
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  const connecting = setTimeout(
    () => end(new Error(`no connection to ${host} in ${connectMilliseconds} ms`)),
    connectMilliseconds,
  )
  const beat = setInterval(() => {
    if (unanswered++ === 2) end(new Error(`${host} answers no PING`))
    else socket.write('PING\r\n')
  }, beatMilliseconds)
  socket.once('connect', () => clearTimeout(connecting))
  socket.once('error', end)
  socket.once('close', () => end(new Error(`${host} closed the connection`)))
  const about = { verbose: false, pedantic: false, headers: true, no_responders: true, name: 'shop', lang: 'node', version: '1' }
  socket.write(`CONNECT ${JSON.stringify({ ...about, auth_token: token })}\r\n`)
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk])
    for (;;) {
      const frame = readFrame(received)
      if (frame === undefined) return
      received = received.subarray(frame.end)
      if (frame.verb === 'PING') socket.write('PONG\r\n')
      else if (frame.verb === 'PONG') unanswered = 0
      else if (frame.verb === '-ERR') return end(new Error(`${host}: ${frame.text}`))
      else if (frame.message !== undefined) {
        waiting.get(frame.message.subscription)?.resolve(frame.message)
        waiting.delete(frame.message.subscription)
      }
    }
  })

  const send = (subject: string, reply: string, data: string, headers: Readonly<Record<string, string>> = {}) => {
    const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    const headBytes = head.length === 0 ? '' : `NATS/1.0\r\n${head.join('')}\r\n`
    const size = Buffer.byteLength(headBytes) + Buffer.byteLength(data)
    const target = reply === '' ? subject : `${subject} ${reply}`
    if (headBytes === '') socket.write(`PUB ${target} ${size}\r\n${data}\r\n`)
    else socket.write(`HPUB ${target} ${Buffer.byteLength(headBytes)} ${size}\r\n${headBytes}${data}\r\n`)
  }

  return {
    request: (subject, { data = '', headers, milliseconds }) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new Error(`the connection to ${host} is closed`))
        const subscription = String(++asked)
        const reply = `${inbox}.${subscription}`
        const timer = setTimeout(() => {
          waiting.delete(subscription)
          if (!closed) socket.write(`UNSUB ${subscription}\r\n`)
          reject(new Error(`${subject}: no answer in ${milliseconds} ms`))
        }, milliseconds)
        const settled = (settle: () => void) => {
          clearTimeout(timer)
          settle()
        }
        waiting.set(subscription, {
          resolve: (message) => settled(() => resolve(message)),
          reject: (error) => settled(() => reject(error)),
        })
        socket.write(`SUB ${reply} ${subscription}\r\nUNSUB ${subscription} 1\r\n`)
        send(subject, reply, data, headers)
      }),
    publish: (subject, data) => {
      if (!closed) send(subject, '', data)
    },
    close: () => end(new Error('closed')),
  }
}
