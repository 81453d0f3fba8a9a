import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { connect, isIPv6 } from 'node:net'
import { questionEnd } from './message.ts'

/** Passes questions on to the machine's resolvers. */
export interface Upstream {
  /**
   * The answer as it came, with the question's own id. Rejects quickly when no resolver answers, and at once when the `source`, an
   * address, waits for many answers already. Over TCP for an asker who came by TCP.
   */
  ask(message: Buffer, protocol: 'udp' | 'tcp', source: string): Promise<Buffer>
}

export interface UpstreamOptions {
  /** addresses, optionally with a port (`192.0.2.1`, `192.0.2.1:5353`), asked for anew each time */
  readonly resolvers: () => readonly string[]
  readonly timeoutMilliseconds?: number | undefined
  /** how long a resolver that did not answer is asked last, and with little patience */
  readonly restMilliseconds?: number | undefined
  readonly now?: (() => number) | undefined
}

const maxPending = 2_000
/** so that ten pods that ask for what nobody answers still leave room to the others */
const maxPendingPerSource = 200

export const createUpstream = (options: UpstreamOptions): Upstream => {
  const { resolvers, timeoutMilliseconds = 2_000, restMilliseconds = 10_000, now = Date.now } = options
  const silentUntil = new Map<string, number>()
  const pending = new Map<string, number>()
  let allPending = 0

  const askOne = async (resolver: string, message: Buffer, protocol: 'udp' | 'tcp') => {
    const resting = (silentUntil.get(resolver) ?? 0) > now()
    const timeout = resting ? timeoutMilliseconds / 5 : timeoutMilliseconds
    const id = message.readUInt16BE(0)
    const asked = Buffer.from(message)
    asked.writeUInt16BE(randomInt(0x10000), 0)
    try {
      const answer = Buffer.from(await (protocol === 'udp' ? askByUdp : askByTcp)(splitAddress(resolver), asked, timeout))
      silentUntil.delete(resolver)
      answer.writeUInt16BE(id, 0)
      return answer
    } catch (error) {
      silentUntil.set(resolver, now() + restMilliseconds)
      throw error
    }
  }

  return {
    ask: async (message, protocol, source) => {
      const own = pending.get(source) ?? 0
      if (allPending >= maxPending) throw new Error(`more than ${maxPending} questions wait for an answer`)
      if (own >= maxPendingPerSource)
        throw new Error(`more than ${maxPendingPerSource} questions of ${source} wait for an answer`)
      pending.set(source, own + 1)
      allPending++
      try {
        const order = [...resolvers()].sort((a, b) => (silentUntil.get(a) ?? 0) - (silentUntil.get(b) ?? 0)).slice(0, 3)
        let last: unknown = new Error('the machine has no resolver')
        for (const resolver of order) {
          try {
            return await askOne(resolver, message, protocol)
          } catch (error) {
            last = error
          }
        }
        throw last
      } finally {
        allPending--
        const left = pending.get(source)! - 1
        if (left > 0) pending.set(source, left)
        else pending.delete(source)
      }
    },
  }
}

interface Target {
  readonly host: string
  readonly port: number
}

const splitAddress = (resolver: string): Target => {
  const match = /^(\d+\.\d+\.\d+\.\d+):(\d+)$/.exec(resolver)
  return match ? { host: match[1]!, port: Number(match[2]) } : { host: resolver, port: 53 }
}

/** A socket for each question: its port is then random, and a connected one hears of a resolver that is not there, and of nobody else. */
const askByUdp = ({ host, port }: Target, message: Buffer, timeout: number) =>
  new Promise<Buffer>((resolve, reject) => {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
    let ended = false
    const end = (act: () => void) => {
      if (ended) return
      ended = true
      clearTimeout(timer)
      socket.close()
      act()
    }
    const timer = setTimeout(() => end(() => reject(new Error(`resolver ${host} did not answer`))), timeout)
    socket.on('error', (error) => end(() => reject(error)))
    socket.on('message', (answer) => {
      if (isAnswerTo(answer, message)) end(() => resolve(answer))
    })
    // As a callback it would be called with the error too when there is no route, and the next send would throw.
    socket.once('connect', () => {
      if (!ended) socket.send(message)
    })
    socket.connect(port, host)
  })

const askByTcp = ({ host, port }: Target, message: Buffer, timeout: number) =>
  new Promise<Buffer>((resolve, reject) => {
    const socket = connect({ host, port })
    let received = Buffer.alloc(0)
    const end = (act: () => void) => {
      clearTimeout(timer)
      socket.destroy()
      act()
    }
    const timer = setTimeout(() => end(() => reject(new Error(`resolver ${host} did not answer`))), timeout)
    socket.on('error', (error) => end(() => reject(error)))
    socket.on('end', () => end(() => reject(new Error(`resolver ${host} closed the connection`))))
    socket.on('data', (data) => {
      received = Buffer.concat([received, data])
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return
      const answer = received.subarray(2, 2 + received.readUInt16BE(0))
      if (isAnswerTo(answer, message)) end(() => resolve(answer))
      else end(() => reject(new Error(`resolver ${host} answered another question`)))
    })
    socket.write(Buffer.concat([lengthPrefix(message), message]))
  })

export const lengthPrefix = (message: Buffer) => Buffer.from([message.length >> 8, message.length & 255])

const headerSize = 12

/**
 * The same id and the same question, in whatever case it is given back. Servers that understood nothing may leave the question out of a
 * failure.
 */
const isAnswerTo = (answer: Buffer, asked: Buffer): boolean => {
  if (answer.length < headerSize || answer.readUInt16BE(0) !== asked.readUInt16BE(0) || (answer[2]! & 0x80) === 0) return false
  const questions = answer.readUInt16BE(4)
  if (questions === 0) return (answer[3]! & 15) !== 0
  const end = questionEnd(asked)
  return (
    questions === 1 &&
    end !== undefined &&
    lowerCase(answer.subarray(headerSize, end)) === lowerCase(asked.subarray(headerSize, end))
  )
}

const lowerCase = (question: Buffer) => question.toString('latin1').toLowerCase()
