import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { ApiError, internalError } from '../../shared/meta/status.ts'
import type { Logger } from '../../shared/platform/log.ts'
import type { AgentConfiguration } from '../configuration.ts'
import { serveLogs } from './container-logs.ts'
import type { TargetSource } from './container-target.ts'
import { locationOf } from './location.ts'
import { type StreamingRequest, serveAttach, serveExec, serveForward } from './streaming.ts'
import { podList, statsSummary } from './summary.ts'
import { refuseWith } from './upgrade.ts'

export interface KubeletServerOptions extends TargetSource {
  readonly configuration: Pick<
    AgentConfiguration,
    'nodeName' | 'port' | 'servingCertificate' | 'servingKey' | 'certificateAuthority'
  >
  /** the node's InternalIP */
  readonly address: string
  readonly log: Logger
}

type Streaming = (request: StreamingRequest) => Promise<void>
const streaming: Readonly<Record<string, Streaming>> = { exec: serveExec, attach: serveAttach, portForward: serveForward }

/** The kubelet API of this node, over TLS, for the API server only. */
export const startKubeletServer = async (options: KubeletServerOptions): Promise<{ stop(): Promise<void> }> => {
  const { configuration, address, log } = options
  const server = createServer({
    cert: configuration.servingCertificate,
    key: configuration.servingKey,
    ca: configuration.certificateAuthority,
    requestCert: true,
    rejectUnauthorized: true,
  })
  const sockets = new Set<Duplex>()
  server.on('secureConnection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('request', (request, response) => {
    answer(options, request, response).catch((error: unknown) => {
      if (response.headersSent) return response.destroy()
      const { code, toStatus } = statusError(error, log)
      response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(toStatus()))
    })
  })
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    upgrade(options, { request, socket, head }).catch((error: unknown) => {
      const { error: status } = statusError(error, log)
      if (socket.writable) refuseWith(socket, status)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(configuration.port, address, resolve)
  })
  // No descriptor left for one more connection is no reason to end.
  server.on('error', (error) => log.error('kubelet server failed', { error }))
  return {
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

const statusError = (error: unknown, log: Logger) => {
  if (!(error instanceof ApiError)) log.error('kubelet request failed', { error })
  const status = error instanceof ApiError ? error : internalError(error)
  return { error: status, code: status.code, toStatus: () => status.toStatus() }
}

/** A node's own certificate is of the same authority, but may not look into containers. */
const requireApiServer = (request: IncomingMessage) => {
  const { subject } = (request.socket as TLSSocket).getPeerCertificate()
  const groups = [subject?.O ?? []].flat()
  if (!groups.includes('system:masters') && subject?.CN !== 'system:apiserver') {
    throw new ApiError('Forbidden', `Forbidden (user=${subject?.CN}, verb=get, resource=nodes, subresource=proxy)`)
  }
}

const answer = async (options: KubeletServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  requireApiServer(request)
  const { location: url, segments } = locationOf(request.url ?? '/')
  const [kind, namespace = '', pod = '', container = ''] = segments
  const json = (value: unknown) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  if (kind === 'healthz') return void response.writeHead(200, { 'content-type': 'text/plain' }).end('ok')
  if (kind === 'pods') return void json(podList(options))
  if (url.pathname === '/stats/summary') return void json(await statsSummary(options, options.configuration.nodeName))
  if (kind !== 'containerLogs') throw new ApiError('NotFound', `the kubelet does not serve "${url.pathname}"`)
  await serveLogs({ source: options, namespace, pod, container, query: url.searchParams, request, response })
}

const upgrade = async (
  options: KubeletServerOptions,
  { request, socket, head }: { request: IncomingMessage; socket: Duplex; head: Buffer },
): Promise<void> => {
  requireApiServer(request)
  const { location: url, segments } = locationOf(request.url ?? '/')
  const [kind = '', namespace = '', pod = '', ...rest] = segments
  const serve = Object.hasOwn(streaming, kind) ? streaming[kind] : undefined
  if (!serve) throw new ApiError('NotFound', `the kubelet does not serve "${url.pathname}"`)
  // /exec/{namespace}/{pod}/{uid}/{container} is the older form
  await serve({ source: options, namespace, pod, container: rest.at(-1) ?? '', query: url.searchParams, request, socket, head })
}
