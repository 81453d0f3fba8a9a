import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Random } from '../contract/random.ts'

/** What the network and DynamoDB do to one request. */
export type Fault =
  | 'none'
  /** answered late */
  | 'delay'
  /** reaches DynamoDB `lateMs` later, when others may have given it up */
  | 'late'
  /** the connection breaks at once, and yet it reaches DynamoDB, `lateMs` later */
  | 'stray'
  /** the connection breaks before DynamoDB sees the request */
  | 'lose-request'
  /** the connection breaks after it took effect */
  | 'lose-answer'
  | 'throttle'
  /** transactions only: another one was in the way */
  | 'cancel'
  /** never answered; it did not take effect */
  | 'hang'
  | 'deny'

/** Longer than the tests' stores wait at a gap, and than they take to see one. */
const lateMs = 900

export interface FaultRequest {
  /** `TransactWriteItems`, `Query` … */
  readonly operation: string
  readonly body: string
}

/** An HTTP proxy in front of DynamoDB Local; `faultOf` decides, and may wait as long as it likes. */
export class FaultProxy {
  readonly endpoint: string
  readonly #server: Server
  readonly #underWay: ReadonlySet<Promise<unknown>>

  constructor(server: Server, endpoint: string, underWay: ReadonlySet<Promise<unknown>>) {
    this.#server = server
    this.endpoint = endpoint
    this.#underWay = underWay
  }

  static async start(target: string, faultOf: (request: FaultRequest) => Fault | Promise<Fault>): Promise<FaultProxy> {
    const underWay = new Set<Promise<unknown>>()
    const server = createServer((incoming, answer) => {
      serve({ target, faultOf, incoming, answer, underWay }).catch(() => answer.destroy())
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
    return new FaultProxy(server, `http://127.0.0.1:${address.port}`, underWay)
  }

  /** Nothing reaches DynamoDB afterwards. */
  async stop(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
    await Promise.allSettled(this.#underWay)
  }
}

/** About one request in `every` meets a fault, and one transaction in three. */
export const randomFaults =
  (random: Random, every: number) =>
  ({ operation }: FaultRequest): Fault => {
    const writes = operation === 'TransactWriteItems'
    if (random.next() * (writes ? 3 : every) >= 1) return 'none'
    const faults = ['delay', 'lose-request', 'lose-answer', 'throttle'] as const
    // What is late holds everybody up, so reads never are.
    return writes ? random.pick([...faults, 'cancel', 'lose-answer', 'late', 'stray', 'stray']) : random.pick(faults)
  }

const serve = async (options: {
  target: string
  faultOf: (request: FaultRequest) => Fault | Promise<Fault>
  incoming: IncomingMessage
  answer: ServerResponse
  underWay: Set<Promise<unknown>>
}): Promise<void> => {
  const { target, faultOf, incoming, answer, underWay } = options
  const body = await collect(incoming)
  const operation = String(incoming.headers['x-amz-target'] ?? '').split('.')[1] ?? ''
  const fault = await faultOf({ operation, body: body.toString() })
  if (fault === 'lose-request') {
    incoming.socket.destroy()
    return
  }
  if (fault === 'hang') return
  if (fault === 'deny') return refuse(answer, 'AccessDeniedException', { message: `planted: no permission for ${operation}` })
  if (fault === 'throttle') return refuse(answer, 'ProvisionedThroughputExceededException', {})
  if (fault === 'cancel')
    return refuse(answer, 'TransactionCanceledException', {
      CancellationReasons: [{ Code: 'TransactionConflict' }, { Code: 'None' }],
    })
  if (fault === 'stray') incoming.socket.destroy()
  const passing = pass(target, { incoming, body, afterMs: fault === 'stray' || fault === 'late' ? lateMs : 0 })
  underWay.add(passing)
  const { received, content } = await passing.finally(() => underWay.delete(passing))
  if (fault === 'stray') return
  if (fault === 'lose-answer') {
    incoming.socket.destroy()
    return
  }
  if (fault === 'delay') await new Promise((resolve) => setTimeout(resolve, 150))
  answer.writeHead(received.statusCode ?? 500, received.headers).end(content)
}

const pass = async (target: string, request: { incoming: IncomingMessage; body: Buffer; afterMs: number }) => {
  const { incoming, body, afterMs } = request
  const { method = 'POST', headers } = incoming
  if (afterMs > 0) await new Promise((resolve) => setTimeout(resolve, afterMs))
  const sent = httpRequest(target, { method, headers })
  sent.end(body)
  const [received] = (await once(sent, 'response')) as [IncomingMessage]
  return { received, content: await collect(received) }
}

const refuse = (answer: ServerResponse, type: string, more: object): void => {
  const body = JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'planted', ...more })
  answer.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' }).end(body)
}

const collect = async (stream: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(part as Buffer)
  return Buffer.concat(parts)
}
