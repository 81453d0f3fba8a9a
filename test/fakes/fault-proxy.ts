import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Random } from '../contract/random.ts'

/** What the network and DynamoDB do to one request. */
export type Fault =
  | 'none'
  /** answered late */
  | 'delay'
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

export interface FaultRequest {
  /** `TransactWriteItems`, `Query` … */
  readonly operation: string
  readonly body: string
}

/** An HTTP proxy in front of DynamoDB Local; `faultOf` decides, and may wait as long as it likes. */
export class FaultProxy {
  readonly endpoint: string
  readonly #server: Server

  constructor(server: Server, endpoint: string) {
    this.#server = server
    this.endpoint = endpoint
  }

  static async start(target: string, faultOf: (request: FaultRequest) => Fault | Promise<Fault>): Promise<FaultProxy> {
    const server = createServer((incoming, answer) => {
      serve({ target, faultOf, incoming, answer }).catch(() => answer.destroy())
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
    return new FaultProxy(server, `http://127.0.0.1:${address.port}`)
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }
}

/** About one request in `every` meets a fault. */
export const randomFaults =
  (random: Random, every: number) =>
  ({ operation }: FaultRequest): Fault => {
    if (random.next() * every >= 1) return 'none'
    const faults = ['delay', 'lose-request', 'lose-answer', 'throttle'] as const
    return operation === 'TransactWriteItems' ? random.pick([...faults, 'cancel', 'lose-answer']) : random.pick(faults)
  }

const serve = async (options: {
  target: string
  faultOf: (request: FaultRequest) => Fault | Promise<Fault>
  incoming: IncomingMessage
  answer: ServerResponse
}): Promise<void> => {
  const { target, faultOf, incoming, answer } = options
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
  const sent = httpRequest(target, { method: incoming.method ?? 'POST', headers: incoming.headers })
  sent.end(body)
  const [received] = (await once(sent, 'response')) as [IncomingMessage]
  const content = await collect(received)
  if (fault === 'lose-answer') {
    incoming.socket.destroy()
    return
  }
  if (fault === 'delay') await new Promise((resolve) => setTimeout(resolve, 150))
  answer.writeHead(received.statusCode ?? 500, received.headers).end(content)
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
