import { createServer as createHttp1Server } from 'node:http'
import { constants, createServer as createHttp2Server, type Http2Server, type ServerHttp2Session } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from 'node:tls'
import type { ApiHandler, ApiRequest, ApiResponse, User } from '../shared/apiserver/request.ts'
import type { Logger } from '../shared/platform/log.ts'
import { http1Request, http2Request, type Peer } from './http-request.ts'
import { respondHttp1, respondHttp2, respondOnSocket } from './http-response.ts'

export interface HttpServerOptions {
  /** Upgrades go through it too; see ApiRequest.upgrade. */
  readonly handle: ApiHandler
  /** 0: any free one, the same on all hosts */
  readonly port: number
  /** addresses to listen on */
  readonly hosts: readonly string[]
  readonly tls: {
    /** PEM texts */
    readonly cert: string
    readonly key: string
    /** who signs client certificates; they are asked for, not demanded */
    readonly ca: string
  }
  readonly log: Logger
}

export interface HttpServer {
  readonly port: number
  readonly addresses: readonly string[]
  /** Lets answers under way end for a moment, then cuts every connection. */
  close(): Promise<void>
}

const closeGraceMs = 1000
const maxHeaderBytes = 64 * 1024
/** what clients may send ahead, on a stream and on a connection */
const streamWindowBytes = 1 << 20
const sessionWindowBytes = 1 << 22

/** Serves HTTP/2 and HTTP/1.1 over TLS on every host. Throws when a port is taken, with a message for the user. */
export const serve = async (options: HttpServerOptions): Promise<HttpServer> => {
  const connections = new Set<Socket>()
  const http2 = http2Server(options)
  const http1 = http1Server(options)
  const sessions = new Set<ServerHttp2Session>()
  http2.on('session', (session) => {
    sessions.add(session)
    session.on('close', () => sessions.delete(session))
  })
  const accept = (socket: TLSSocket) => {
    connections.add(socket)
    socket.on('close', () => connections.delete(socket))
    socket.on('error', (error) => options.log.debug('connection broke', { error }))
    const isHttp2 = socket.alpnProtocol === 'h2'
    // an upgraded client may end its side and still read
    socket.allowHalfOpen = !isHttp2
    const server = isHttp2 ? http2 : http1
    server.emit('connection', socket)
  }
  const listeners: TlsServer[] = []
  let port = options.port
  try {
    for (const host of options.hosts) {
      const listener = tlsListener(options, accept)
      port = await listen(listener, host, port)
      listeners.push(listener)
    }
  } catch (error) {
    for (const listener of listeners) listener.close()
    throw error
  }
  return {
    port,
    addresses: listeners.map((listener) => (listener.address() as AddressInfo).address),
    close: async () => {
      const closed = listeners.map((listener) => new Promise((resolve) => listener.close(resolve)))
      for (const session of sessions) session.close()
      http1.close()
      const late = setTimeout(() => {
        for (const connection of connections) connection.destroy()
      }, closeGraceMs)
      await Promise.all(closed)
      clearTimeout(late)
    },
  }
}

const tlsListener = ({ tls, log }: HttpServerOptions, accept: (socket: TLSSocket) => void): TlsServer => {
  const listener = createTlsServer({
    cert: tls.cert,
    key: tls.key,
    ca: tls.ca,
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['h2', 'http/1.1'],
    handshakeTimeout: 10_000,
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
    noDelay: true,
  })
  listener.on('secureConnection', accept)
  listener.on('tlsClientError', (error) => log.debug('TLS handshake failed', { error }))
  // Once it listens: no descriptor left for one more connection. That is no reason to end.
  listener.on('error', (error) => log.warn('API listener failed', { error }))
  return listener
}

const listen = (listener: TlsServer, host: string, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    listener.on('error', (cause: NodeJS.ErrnoException) => reject(listenError(host, port, cause)))
    listener.listen({ host, port }, () => resolve((listener.address() as AddressInfo).port))
  })

const listenReasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is already in use by another program',
  EACCES: 'is not permitted for this user',
  EADDRNOTAVAIL: 'is not an address of this machine',
}

const listenError = (host: string, port: number, cause: NodeJS.ErrnoException) => {
  const reason = listenReasons[cause.code ?? ''] ?? `can't be listened on: ${cause.message}`
  return Object.assign(new Error(`port ${port} on ${host} ${reason}`, { cause }), { code: cause.code })
}

const http2Server = ({ handle, log }: HttpServerOptions): Http2Server => {
  const server = createHttp2Server({
    maxSessionMemory: 64,
    maxHeaderListPairs: 256,
    settings: {
      maxConcurrentStreams: 1000,
      initialWindowSize: streamWindowBytes,
      maxHeaderListSize: maxHeaderBytes,
      enablePush: false,
    },
  })
  const peers = new WeakMap<object, Peer>()
  server.on('session', (session) => {
    const socket = session.socket as TLSSocket
    peers.set(session, { user: peerOf(socket), address: socket.remoteAddress })
    session.setLocalWindowSize(sessionWindowBytes)
    session.on('error', (error) => log.debug('HTTP/2 session broke', { error }))
  })
  server.on('stream', (stream, headers, _flags, rawHeaders) => {
    // a client that resets its stream is no error of ours
    stream.on('error', (error) => log.debug('HTTP/2 stream broke', { error }))
    const request = http2Request(stream, { headers, rawHeaders, peer: stream.session ? peers.get(stream.session) : undefined })
    answer(request, {
      handle,
      log,
      respond: (response) => respondHttp2(stream, response, request.method),
      abort: () => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
    })
  })
  return server
}

const http1Server = ({ handle, log }: HttpServerOptions) => {
  const server = createHttp1Server({
    maxHeaderSize: maxHeaderBytes,
    headersTimeout: 15_000,
    requestTimeout: 60_000,
    keepAliveTimeout: 90_000,
  })
  // it watches over slow headers from here on; having no listener of its own, it would not
  server.emit('listening')
  server.on('request', (message, target) => {
    const request = http1Request(message, peerOf(message.socket as TLSSocket), { response: target })
    answer(request, {
      handle,
      log,
      respond: (response) => respondHttp1(target, response, request.method),
      abort: () => target.destroy(),
    })
  })
  server.on('upgrade', (message, socket, head) => {
    socket.on('error', (error) => log.debug('upgraded connection broke', { error }))
    const upgrade = { rawHeaders: message.rawHeaders, head, socket }
    const request = http1Request(message, peerOf(message.socket as TLSSocket), { upgrade })
    const respond = async (response: ApiResponse) => (response.status === 101 ? undefined : respondOnSocket(socket, response))
    answer(request, { handle, log, respond, abort: () => socket.destroy() })
  })
  return server
}

interface Answering {
  readonly handle: ApiHandler
  readonly log: Logger
  readonly respond: (response: ApiResponse) => Promise<void>
  /** the only way left to say that an answer will not come, or not end */
  readonly abort: () => void
}

const answer = (request: ApiRequest, { handle, log, respond, abort }: Answering): void => {
  handle(request)
    .then(respond)
    .catch((error: unknown) => {
      log.error('answer broke off', { method: request.method, path: request.path, error })
      abort()
    })
}

/** The subject of a client certificate that our authority signed. */
const peerOf = (socket: TLSSocket): User | undefined => {
  if (!socket.authorized) return undefined
  // what stands several times comes as a list; of names the last counts, as upstream has it
  const { CN, O = [] } = (socket.getPeerCertificate().subject ?? {}) as { CN?: string | string[]; O?: string | string[] }
  const name = [CN].flat().at(-1)
  return name ? { name, groups: [O].flat() } : undefined
}
