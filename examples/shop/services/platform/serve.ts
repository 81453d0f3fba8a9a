import { createServer, type IncomingMessage } from 'node:http'
import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { log } from './environment.ts'

export interface Answer {
  readonly status: number
  readonly body: unknown
}

export interface Asked {
  /** what stands for the `:id` of the route */
  readonly id: string
  readonly path: string
  readonly method: string
  readonly body: string
  header(name: string): string | undefined
}

export interface ServeOptions {
  /** by method and path, `PUT /orders/:id`; `*` takes what no other does */
  readonly routes: Readonly<Record<string, (asked: Asked) => Promise<Answer> | Answer>>
  /** Throws until this pod can do its work. Asked no more then: what all pods need is no reason to take one out of its Service. */
  ready?(): Promise<void>
  /** Ends what the service holds, when the last request is answered. */
  stop?(): Promise<void>
}

/** What a route throws to answer with an error of its own; other errors are 503, and may be tried again. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

const bodyLimit = 64 * 1024
const up = { status: 200, body: { status: 'UP' } }
const outOfService = { status: 503, body: { error: 'out of service' } }

/** A service on port 8080 until SIGTERM, after which it answers for some seconds still: rules of nodes follow a moment later. */
export function serve({ routes, ready, stop }: ServeOptions): void {
  const drainSeconds = Number(process.env.DRAIN_SECONDS ?? 3)
  let draining = false
  let begun = false

  const own: ServeOptions['routes'] = {
    'GET /healthz': () => up,
    'GET /readyz': async () => {
      if (draining) return outOfService
      if (!begun) await ready?.()
      begun = true
      return up
    },
  }

  const answerTo = async (request: IncomingMessage): Promise<Answer> => {
    const method = request.method ?? 'GET'
    const path = request.url ?? '/'
    const [, first = '', id = '', ...more] = path.split('?')[0]!.split('/')
    const template = id === '' ? `/${first}` : more.length === 0 ? `/${first}/:id` : ''
    const key = `${method} ${template}`
    const route = own[key] ?? routes[key] ?? routes['*']
    if (route === undefined) throw new Refusal(404, `no ${method} ${path}`)
    const header = (name: string) => request.headers[name]?.toString()
    return route({ id, path, method, body: await readBody(request), header })
  }

  const server = createServer(async (request, response) => {
    let answer: Answer
    try {
      answer = await answerTo(request)
    } catch (error) {
      const known = error instanceof Refusal
      if (!known) log('can not answer', { path: request.url, error: String(error) })
      answer = { status: known ? error.status : 503, body: { error: known ? error.message : String(error) } }
    }
    const html = typeof answer.body === 'string'
    const headers: Record<string, string> = {
      'content-type': html ? 'text/html; charset=utf-8' : 'application/json',
      'x-pod': hostname(),
    }
    if (draining) headers.connection = 'close'
    response.writeHead(answer.status, headers).end(html ? answer.body : `${JSON.stringify(answer.body)}\n`)
  })
  server.listen(8080, () => log('listening', { port: 8080, pod: hostname() }))

  const drain = async (signal: string) => {
    if (draining) return
    draining = true
    log('draining', { signal, drainSeconds })
    await delay(drainSeconds * 1000)
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeIdleConnections()
    await closed
    await stop?.()
    log('stopped')
    process.exit()
  }
  process.on('SIGTERM', (signal) => void drain(signal))
  process.on('SIGINT', (signal) => void drain(signal))
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > bodyLimit) throw new Refusal(413, `a body has at most ${bodyLimit} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Throws a Refusal when it is no JSON object. */
export function parse(body: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    value = undefined
  }
  if (typeof value !== 'object' || value === null) throw new Refusal(400, 'the body must be a JSON object')
  return value as Record<string, unknown>
}
