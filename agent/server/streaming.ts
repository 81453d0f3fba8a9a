import { badRequest } from '../../shared/meta/status.ts'
import type { StreamOptions } from '../runtime/runtime.ts'
import { findPod, runningContainer, specOf, type Target, type TargetSource } from './container-target.ts'
import { connectToPod } from './pod-connection.ts'
import { type PortForwardOptions, portForwardProtocol, portForwardTunnelProtocol, servePortForward } from './port-forward.ts'
import { failureStatus, type RemoteStreams, serveRemoteCommand } from './remote-command.ts'
import { SpdyConnection } from './spdy/connection.ts'
import { remoteCommandProtocols, spdyStreams } from './spdy-streams.ts'
import { acceptSpdy, isSpdy, isWebSocket, openWebSocket, refuse, type UpgradeRequest } from './upgrade.ts'
import { forwardedPorts, forwardProtocols, serveWebSocketForward } from './websocket-forward.ts'
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

/** Throws ApiError. */
const optionsOf = (query: URLSearchParams): StreamOptions => {
  const tty = flagOf(query, 'tty')
  const options = {
    stdin: flagOf(query, 'stdin', 'input'),
    stdout: flagOf(query, 'stdout', 'output'),
    // A terminal has one output.
    stderr: flagOf(query, 'stderr', 'error') && !tty,
    tty,
  }
  if (!options.stdin && !options.stdout && !options.stderr)
    throw badRequest('you must specify at least 1 of stdin, stdout, stderr')
  return options
}

/** undefined: the client was refused, or has gone before it opened its streams */
const acceptStreams = async (request: StreamingRequest, options: StreamOptions): Promise<RemoteStreams | undefined> => {
  if (isWebSocket(request)) {
    const accepted = await openWebSocket(request, channelProtocols)
    return accepted && webSocketStreams({ socket: accepted.webSocket, protocol: accepted.protocol, ...options })
  }
  if (!isSpdy(request)) {
    refuse(request.socket, 400, 'unable to upgrade: missing upgrade headers in request')
    return undefined
  }
  const protocol = acceptSpdy(request, remoteCommandProtocols)
  if (protocol === undefined) return undefined
  const connection = new SpdyConnection(request.socket)
  try {
    return await spdyStreams({ connection, protocol, ...options })
  } catch {
    // It speaks SPDY by now: there is no answer that it would understand.
    connection.close()
    return undefined
  }
}

export const serveExec = async (request: StreamingRequest): Promise<void> => {
  const { source, query } = request
  const options = optionsOf(query)
  const { id } = runningContainer(findPod(source, request.namespace, request.pod), request.container, 'exec')
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
  const { id } = runningContainer(target, container, 'attach')
  const options = { ...optionsOf(query), tty: specOf(target, container)?.tty ?? false }
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
  const { uid, name, namespace } = target.pod.metadata
  const options = {
    connect: (port: number) => connectToPod(current(request, target), port),
    pod: `${name}_${namespace}, uid ${uid}`,
  }
  if (isWebSocket(request)) return serveForwardOverWebSocket(request, options)
  if (!isSpdy(request)) return refuse(request.socket, 400, 'unable to upgrade: missing upgrade headers in request')
  if (acceptSpdy(request, [portForwardProtocol]) === undefined) return
  servePortForward({ ...options, connection: new SpdyConnection(request.socket) })
}

/** kubectl tunnels SPDY in it; others give the ports in the address, and have a pair of channels for each. */
const serveForwardOverWebSocket = async (
  request: StreamingRequest,
  options: Pick<PortForwardOptions, 'connect' | 'pod'>,
): Promise<void> => {
  const tunnelled = (request.request.headers['sec-websocket-protocol'] ?? '').includes(portForwardTunnelProtocol)
  if (tunnelled) {
    const accepted = await openWebSocket(request, [portForwardTunnelProtocol])
    if (accepted) servePortForward({ ...options, connection: new SpdyConnection(webSocketTunnel(accepted.webSocket)) })
    return
  }
  const ports = forwardedPorts(request.query)
  const accepted = await openWebSocket(request, forwardProtocols)
  if (!accepted) return
  await serveWebSocketForward({ ...options, ports, socket: accepted.webSocket, protocol: accepted.protocol })
}

/** The pod may have got its address after the client came. */
const current = ({ source, namespace, pod }: StreamingRequest, before: Target): Target => {
  const now = findPod(source, namespace, pod)
  return now.pod.metadata.uid === before.pod.metadata.uid ? now : before
}
