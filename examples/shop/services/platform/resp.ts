import { connect, type Socket } from 'node:net'

/** What Redis answers: text, a number, nothing, or several of them. */
export type Reply = string | number | null | readonly Reply[]

export interface RespConnection {
  /** Throws with Redis' own words when it refuses, and when it does not answer in time: the connection is closed then. */
  command(...words: string[]): Promise<Reply>
  close(): void
}

const connectMilliseconds = 400
const answerMilliseconds = 1000

interface Waiting {
  resolve(reply: Reply): void
  reject(error: Error): void
  timer: NodeJS.Timeout
}

/** A connection in Redis' protocol, RESP 2. */
export function connectResp(host: string, port: number): RespConnection {
  const socket: Socket = connect({ host, port, noDelay: true })
  const waiting: Waiting[] = []
  let received = Buffer.alloc(0)
  let closed = false

  const end = (error: Error) => {
    closed = true
    clearTimeout(connecting)
    socket.destroy()
    for (const { reject, timer } of waiting.splice(0)) {
      clearTimeout(timer)
      reject(error)
    }
  }
  const connecting = setTimeout(
    () => end(new Error(`no connection to ${host}:${port} in ${connectMilliseconds} ms`)),
    connectMilliseconds,
  )
  socket.once('connect', () => clearTimeout(connecting))
  socket.once('error', end)
  socket.once('close', () => end(new Error(`${host}:${port} closed the connection`)))
  const read = (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
    for (;;) {
      const parsed = parseReply(received, 0)
      if (parsed === undefined) return
      received = received.subarray(parsed.end)
      const next = waiting.shift()
      if (next === undefined) throw new Error('an answer that nobody asked for')
      clearTimeout(next.timer)
      if (parsed.reply instanceof Error) next.reject(parsed.reply)
      else next.resolve(parsed.reply)
    }
  }
  socket.on('data', (chunk) => {
    try {
      read(chunk)
    } catch (error) {
      end(error as Error)
    }
  })

  return {
    command: (...words) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new Error(`the connection to ${host}:${port} is closed`))
        const timer = setTimeout(() => end(new Error(`${words[0]}: no answer in ${answerMilliseconds} ms`)), answerMilliseconds)
        waiting.push({ resolve, reject, timer })
        socket.write(`*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`)
      }),
    close: () => end(new Error('closed')),
  }
}

/** The reply that starts at `from`, and where it ends; undefined while some of it has not come yet. */
function parseReply(bytes: Buffer, from: number): { reply: Reply | Error; end: number } | undefined {
  const lineEnd = bytes.indexOf('\r\n', from)
  if (lineEnd < 0) return undefined
  const line = bytes.toString('utf8', from + 1, lineEnd)
  const end = lineEnd + 2
  switch (bytes[from]) {
    case 0x2b: // +
      return { reply: line, end }
    case 0x2d: // -
      return { reply: new Error(line), end }
    case 0x3a: // :
      return { reply: Number(line), end }
    case 0x24: {
      // $
      const length = Number(line)
      if (length < 0) return { reply: null, end }
      if (bytes.length < end + length + 2) return undefined
      return { reply: bytes.toString('utf8', end, end + length), end: end + length + 2 }
    }
    case 0x2a: {
      // *
      const replies: Reply[] = []
      let at = end
      for (let index = 0; index < Number(line); index++) {
        const next = parseReply(bytes, at)
        if (next === undefined) return undefined
        replies.push(next.reply instanceof Error ? next.reply.message : next.reply)
        at = next.end
      }
      return { reply: Number(line) < 0 ? null : replies, end: at }
    }
    default:
      throw new Error(`"${String.fromCharCode(bytes[from]!)}" starts no answer of Redis`)
  }
}
