import { once } from 'node:events'
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Upstream } from '../../shared/client/upstream.ts'
import { ApiError } from '../../shared/meta/status.ts'
import type { Clock } from '../../shared/platform/clock.ts'
import type { Logger } from '../../shared/platform/log.ts'
import type { MayWatch } from './access.ts'
import { SharedWatch, type Watcher } from './shared-watch.ts'
import { type WatchRequest, watchRequest } from './watch-request.ts'

export interface ApiProxyOptions {
  readonly address: string
  readonly port: number
  /** PEM: for the names by which pods call the API server */
  readonly certificate: string
  readonly key: string
  readonly upstream: Upstream
  readonly mayWatch: MayWatch
  readonly clock: Clock
  readonly log: Logger
}

export interface ApiProxy {
  readonly port: number
  /** Connections that are made from now on see this one. */
  setCertificate(pair: { certificate: string; key: string }): void
  stop(): Promise<void>
}

/** of one connection only; the token goes on, for it is the pod's own */
const hopByHop = [
  'connection',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
]
/** So long a watch may last that nobody ended: whoever holds it is asked for credentials again. */
const longestWatchMs = 900_000
const mostUnsentBytes = 8 * 1024 * 1024

/** `https://kubernetes.default.svc` for the pods of this node: requests go on to the API's URL, watches of the same are one. */
export const startApiProxy = async (options: ApiProxyOptions): Promise<ApiProxy> => {
  const { address, port, certificate, key, upstream, mayWatch, clock, log } = options
  const watches = new Map<string, SharedWatch>()
  const sockets = new Set<Duplex>()
  const server = createServer({ cert: certificate, key, keepAliveTimeout: 120_000 }, (request, response) => {
    answer(request, response).catch((error: unknown) => refuse(response, error))
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { authorization } = request.headers
    const header = (name: string) => [request.headers[name]].flat()[0]
    const wanted = watchRequest({ method: request.method ?? 'GET', url: request.url ?? '/', header })
    // Who may not, hears it from the API itself.
    if (!wanted || !authorization || !(await mayWatch(authorization, wanted.resource))) return passOn(request, response)
    if (!share(wanted, authorization, response)) return passOn(request, response)
  }

  const passOn = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const headers = { ...withoutHops(request.headers), ...impersonationOf(request) }
    const hasBody = request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined
    const { method = 'GET', url = '/' } = request
    const found = await upstream.send({ method, path: url, headers, body: hasBody ? request : undefined, signal: gone.signal })
    response.writeHead(found.statusCode ?? 502, withoutHops(found.headers))
    response.flushHeaders()
    await pipeline(found, response)
  }

  /** false: it begins too early for the one that is there. */
  const share = (wanted: WatchRequest, authorization: string, response: ServerResponse): boolean => {
    const known = watches.get(wanted.key) ?? begin(wanted)
    const watcher = watcherOf(wanted, authorization, response)
    if (!known.join(watcher)) return false
    const leave = () => known.leave(watcher)
    response.once('close', leave)
    const milliseconds = Math.min(longestWatchMs, (wanted.timeoutSeconds ?? longestWatchMs) * 1000)
    const timer = setTimeout(() => {
      leave()
      watcher.end()
    }, milliseconds)
    response.once('close', () => clearTimeout(timer))
    return true
  }

  const begin = (wanted: WatchRequest): SharedWatch => {
    const onIdle = () => {
      if (watches.get(wanted.key) === watch) watches.delete(wanted.key)
    }
    const watch = new SharedWatch({ request: wanted, upstream, clock, log, onIdle }, wanted.after)
    watches.set(wanted.key, watch)
    return watch
  }

  server.listen(port, address)
  await once(server, 'listening')
  server.on('error', (error) => log.error('API proxy failed', { error }))
  return {
    port: (server.address() as { port: number }).port,
    setCertificate: (pair) => server.setSecureContext({ cert: pair.certificate, key: pair.key }),
    stop: async () => {
      for (const watch of [...watches.values()]) watch.stop()
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

const watcherOf = ({ after, bookmarks }: WatchRequest, authorization: string, response: ServerResponse): Watcher => ({
  after,
  bookmarks,
  authorization,
  begin: () => {
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' })
    response.flushHeaders()
  },
  line: (text) => {
    // Whoever does not read is not waited for: its client begins again where it was.
    if (response.writableLength > mostUnsentBytes) response.destroy()
    else response.write(`${text}\n`)
  },
  end: (refused) => {
    if (!refused || response.headersSent) return void response.end()
    response.writeHead(refused.status, { 'content-type': 'application/json' }).end(refused.body)
  },
})

/** Several lines of one stay several: the name of a group may have a comma. */
const impersonationOf = ({ headersDistinct }: IncomingMessage): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headersDistinct).filter(([name]) => name.startsWith('impersonate-')))

const withoutHops = (headers: IncomingMessage['headers']): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.includes(name)))

const refuse = (response: ServerResponse, error: unknown): void => {
  if (response.headersSent || response.destroyed) return void response.destroy()
  const message = `the API server can't be reached from this node: ${error instanceof Error ? error.message : error}`
  const status = new ApiError('ServiceUnavailable', message)
  response.writeHead(status.code, { 'content-type': 'application/json' }).end(JSON.stringify(status.toStatus()))
}
