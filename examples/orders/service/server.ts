import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Configuration } from './configuration.ts'
import type { Orders } from './database.ts'

export interface OrdersServerOptions {
  readonly orders: Orders
  readonly configuration: Configuration
  isDraining(): boolean
  log(message: string, fields?: object): void
}

interface Answer {
  readonly status: number
  readonly body: unknown
}

type Route = (request: IncomingMessage, parameter: string) => Promise<Answer> | Answer

const bodyLimit = 64 * 1024
const up = { status: 200, body: { status: 'UP' } }
const outOfService = { status: 503, body: { status: 'OUT_OF_SERVICE' } }

/** The service's HTTP side. Every answer says in its headers which version and pod gave it. */
export function createOrdersServer({ orders, configuration, isDraining, log }: OrdersServerOptions): Server {
  const { version, pod, profile, greeting } = configuration
  const about = () => ({ status: 200, body: { service: 'orders', version, pod, profile, greeting } })

  const routes: Readonly<Record<string, Route>> = {
    'GET /': about,
    'GET /version': about,
    'GET /actuator/health/liveness': () => up,
    'GET /actuator/health/readiness': async () => {
      if (isDraining()) return outOfService
      await orders.ping()
      return up
    },
    'GET /orders': async () => ({ status: 200, body: await orders.list() }),
    'GET /orders/:id': async (_, id) => {
      const order = /^\d{1,9}$/.test(id) ? await orders.get(Number(id)) : undefined
      return order === undefined ? { status: 404, body: { error: `no order "${id}"` } } : { status: 200, body: order }
    },
    'POST /orders': async (request) => {
      const wanted = parseOrder(await readBody(request))
      if (wanted === undefined) return { status: 400, body: { error: 'an order is {"item": "text", "quantity": 1}' } }
      return { status: 201, body: await orders.add(wanted.item, wanted.quantity) }
    },
  }

  return createServer(async (request, response) => {
    const path = (request.url ?? '/').split('?')[0]!
    const [, first = '', parameter] = path.split('/')
    const template = first === 'orders' && parameter !== undefined ? '/orders/:id' : path
    const route = routes[`${request.method} ${template}`]
    let answer: Answer
    try {
      answer = route ? await route(request, parameter ?? '') : { status: 404, body: { error: `no ${request.method} ${path}` } }
    } catch (error) {
      log('database does not answer', { path, error: String(error) })
      answer = { status: 503, body: { status: 'OUT_OF_SERVICE', error: String(error) } }
    }
    const headers: Record<string, string> = { 'content-type': 'application/json', 'x-version': version, 'x-pod': pod }
    if (isDraining()) headers.connection = 'close'
    response.writeHead(answer.status, headers).end(`${JSON.stringify(answer.body)}\n`)
  })
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > bodyLimit) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseOrder(text: string | undefined): { item: string; quantity: number } | undefined {
  let value: unknown
  try {
    value = JSON.parse(text ?? '')
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { item, quantity = 1 } = value as { item?: unknown; quantity?: unknown }
  const valid =
    typeof item === 'string' && item !== '' && typeof quantity === 'number' && Number.isInteger(quantity) && quantity > 0
  return valid ? { item, quantity } : undefined
}
