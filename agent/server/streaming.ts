import type { StreamOptions } from '../runtime/runtime.ts'
import { findPod, runningContainer, type Target, type TargetSource } from './container-target.ts'
import { connectToPod } from './pod-connection.ts'
import { portForwardProtocol, portForwardTunnelProtocol, servePortForward } from './port-forward.ts'
import { failureStatus, type RemoteStreams, serveRemoteCommand } from './remote-command.ts'
import { SpdyConnection } from './spdy/connection.ts'
import { remoteCommandProtocols, spdyStreams } from './spdy-streams.ts'
import { acceptSpdy, acceptWebSocket, isSpdy, isWebSocket, refuse, type UpgradeRequest } from './upgrade.ts'
import { channelProtocols, webSocketStreams } from './websocket-streams.ts'
import { webSocketTunnel } from './websocket-tunnel.ts'

export interface StreamingRequest extends UpgradeRequest {
  readonly source: TargetSource
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly query: URLSearchParams
}

/** The API's names of the options, and the kubelet's. */
const flagOf = (query: URLSearchParams, ...names: string[]) => names.some((name) => ['true', '1'].includes(query.get(name) ?? ''))

const optionsOf = (query: URLSearchParams): StreamOptions => {
  const tty = flagOf(query, 'tty')
  return {
    stdin: flagOf(query, 'stdin', 'input'),
    stdout: flagOf(query, 'stdout', 'output'),
    // A terminal has one output.
    stderr: flagOf(query, 'stderr', 'error') && !tty,
    tty,
  }
}

const acceptStreams = async (request: StreamingRequest, options: StreamOptions): Promise<RemoteStreams | undefined> => {
  if (isWebSocket(request)) {
    const accepted = await acceptWebSocket(request, channelProtocols)
    return accepted && webSocketStreams({ socket: accepted.webSocket, protocol: accepted.protocol, ...options })
  }
  if (!isSpdy(request)) {
    refuse(request.socket, 400, 'unable to upgrade: missing upgrade headers in request')
    return undefined
  }
  if (!acceptSpdy(request, remoteCommandProtocols)) return undefined
  return spdyStreams({ connection: new SpdyConnection(request.socket), ...options })
}

export const serveExec = async (request: StreamingRequest): Promise<void> => {
  const { source, query } = request
  const options = optionsOf(query)
  const { id } = runningContainer(findPod(source, request.namespace, request.pod), request.container)
  const command = query.getAll('command')
  const streams = await acceptStreams(request, options)
  if (!streams) return
  try {
    const session = await source.runtime.exec(id, { command, ...options })
    await serveRemoteCommand({ streams, session, exitCode: session.exitCode })
  } catch (error) {
    await streams.finish(failureStatus(error))
  }
}

export const serveAttach = async (request: StreamingRequest): Promise<void> => {
  const { source, query, container } = request
  const target = findPod(source, request.namespace, request.pod)
  const { id } = runningContainer(target, container)
  const spec = target.pod.spec.containers.find(({ name }) => name === container)
  const options = { ...optionsOf(query), tty: spec?.tty ?? false }
  const streams = await acceptStreams(request, { ...options, stderr: options.stderr && !options.tty })
  if (!streams) return
  try {
    await serveRemoteCommand({ streams, session: await source.runtime.attach(id, options) })
  } catch (error) {
    await streams.finish(failureStatus(error))
  }
}

export const serveForward = async (request: StreamingRequest): Promise<void> => {
  const target = findPod(request.source, request.namespace, request.pod)
  const connection = await acceptForward(request)
  if (!connection) return
  const { uid, name, namespace } = target.pod.metadata
  servePortForward({
    connection,
    connect: (port) => connectToPod(current(request, target), port),
    pod: `${name}_${namespace}, uid ${uid}`,
  })
}

/** The pod may have got its address after the client came. */
const current = ({ source, namespace, pod }: StreamingRequest, before: Target): Target => {
  const now = findPod(source, namespace, pod)
  return now.pod.metadata.uid === before.pod.metadata.uid ? now : before
}

const acceptForward = async (request: StreamingRequest): Promise<SpdyConnection | undefined> => {
  if (isWebSocket(request)) {
    const accepted = await acceptWebSocket(request, [portForwardTunnelProtocol])
    return accepted && new SpdyConnection(webSocketTunnel(accepted.webSocket))
  }
  if (isSpdy(request)) return acceptSpdy(request, [portForwardProtocol]) ? new SpdyConnection(request.socket) : undefined
  refuse(request.socket, 400, 'unable to upgrade: missing upgrade headers in request')
  return undefined
}
