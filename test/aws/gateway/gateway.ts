import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { drained } from '../../../shared/platform/drained.ts'
import type { DeployedFunction } from '../deploy/deployment.ts'
import type { LambdaHost } from '../lambda/host.ts'
import { eventOf } from './event.ts'
import { readPrelude } from './prelude.ts'

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html */
export interface GatewayLimits {
  readonly bodyBytes: number
  /** a stream that is silent for so long is cut off */
  readonly idleMs: number
  /** of a whole answer */
  readonly totalMs: number
}

const realLimits: GatewayLimits = { bodyBytes: 10 * 1024 * 1024, idleMs: 5 * 60_000, totalMs: 15 * 60_000 }

export interface GatewayOptions {
  readonly host: LambdaHost
  readonly fn: DeployedFunction
  readonly apiId: string
  readonly stage: string
  readonly tls: { readonly key: string; readonly cert: string }
  readonly limits?: Partial<GatewayLimits>
  /** each 10 MB of an answer are a request */
  readonly onRequest?: (answerBytes: number) => void
}

/** A REST API of API Gateway with one proxy integration that streams, below a stage. */
export class Gateway {
  /** of the stage, without a slash at its end */
  readonly url: string
  limits: GatewayLimits
  readonly #options: GatewayOptions
  readonly #server: Server

  private constructor(options: GatewayOptions, server: Server) {
    this.#options = options
    this.#server = server
    this.limits = { ...realLimits, ...options.limits }
    this.url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/${options.stage}`
  }

  static async start(options: GatewayOptions): Promise<Gateway> {
    const server = createServer(options.tls, (request, response) => {
      gateway.#serve(request, response).catch(() => {
        if (response.headersSent) response.destroy()
        else refuse(response, 502, 'Internal server error')
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const gateway = new Gateway(options, server)
    return gateway
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { host, fn, apiId, stage, onRequest } = this.#options
    const { bodyBytes, idleMs, totalMs } = this.limits
    const url = new URL(request.url ?? '/', 'https://gateway')
    if (url.pathname !== `/${stage}` && !url.pathname.startsWith(`/${stage}/`)) return refuse(response, 403, 'Forbidden')
    const parts: Buffer[] = []
    let size = 0
    for await (const part of request) {
      size += (part as Buffer).length
      if (size <= bodyBytes) parts.push(part as Buffer)
    }
    if (size > bodyBytes) return refuse(response, 413, 'Request Too Long')

    response.on('error', () => response.destroy())
    const { contentType, body } = await host.begin(fn, eventOf({ request, url, body: Buffer.concat(parts), apiId, stage }))
    const total = setTimeout(() => response.destroy(), totalMs)
    let idle = setTimeout(() => response.destroy(), idleMs)
    let sent = 0
    try {
      if (contentType !== 'application/vnd.awslambda.http-integration-response') {
        body.resume()
        return refuse(response, 502, 'Internal server error')
      }
      for await (const piece of readPrelude(body.iterator({ destroyOnReturn: false }))) {
        clearTimeout(idle)
        idle = setTimeout(() => response.destroy(), idleMs)
        if ('statusCode' in piece) {
          response.writeHead(piece.statusCode, piece.headers)
          response.flushHeaders()
          continue
        }
        sent += piece.bytes.length
        // Whoever has gone: the function is not told, and goes on until it has said all.
        if (!response.destroyed && !response.write(piece.bytes)) await drained(response)
      }
      if (!response.headersSent) return refuse(response, 502, 'Internal server error')
      response.end()
    } finally {
      clearTimeout(total)
      clearTimeout(idle)
      body.resume()
      onRequest?.(sent)
    }
  }
}

const refuse = (response: ServerResponse, status: number, message: string): void => {
  if (response.headersSent) return void response.destroy()
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }))
}
