import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import WebSocket from 'ws'
import type { ContainerRuntime, ExecSession, StreamOptions } from '../../../agent/runtime/runtime.ts'
import { type StreamingRequest, serveAttach, serveExec, serveForward } from '../../../agent/server/streaming.ts'
import { refuseWith } from '../../../agent/server/upgrade.ts'
import { ApiError } from '../../../shared/meta/status.ts'
import type { Pod } from '../../../shared/resources/resource.ts'

const verbs: Readonly<Record<string, (request: StreamingRequest) => Promise<void>>> = {
  exec: serveExec,
  attach: serveAttach,
  portForward: serveForward,
}

export interface StreamingServer {
  readonly port: number
  /** what processes were told their terminal is */
  readonly sizes: { width: number; height: number }[]
  stop(): Promise<void>
}

/**
 * The streaming side of an agent without an engine or TLS: the only process there is gives back its input, says `err` on its other
 * output, and ends with its first argument as exit code.
 */
export const startStreamingServer = async (): Promise<StreamingServer> => {
  const sizes: { width: number; height: number }[] = []
  const process = (options: StreamOptions, code: number): ExecSession => {
    const stdin = new PassThrough()
    const stdout = new PassThrough()
    const stderr = new PassThrough()
    if (options.stdin) stdin.pipe(stdout)
    else stdout.end('out')
    stderr.end(options.tty ? '' : 'err')
    const close = () => {
      for (const stream of [stdin, stdout, stderr]) stream.destroy()
    }
    return {
      ...{ stdin, stdout, stderr, close },
      exitCode: new Promise((resolve) => stdout.once('close', () => resolve(code))),
      resize: async (width, height) => void sizes.push({ width, height }),
      kill: async () => close(),
    }
  }
  const runtime = {
    pod: () => ({ containers: [{ id: 'c', name: 'main', state: 'running' }], sandboxes: [] }),
    exec: async (_: string, options: StreamOptions & { command: readonly string[] }) =>
      process(options, Number(options.command[0] ?? 0)),
    attach: async (_: string, options: StreamOptions) => process(options, 0),
  } as unknown as ContainerRuntime
  const podOf = (tty: boolean) =>
    ({
      metadata: { name: tty ? 'terminal' : 'web', namespace: 'default', uid: 'u' },
      spec: { containers: [{ name: 'main', tty }] },
      status: { podIP: '127.0.0.1' },
    }) as unknown as Pod
  const source = { runtime, pods: () => [podOf(false), podOf(true)] }
  const server = createServer()
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    const url = new URL(request.url ?? '/', 'http://kubelet')
    const [verb = '', namespace = '', pod = '', container = ''] = url.pathname.slice(1).split('/')
    const serve = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined
    if (!serve) return refuseWith(socket, new ApiError('NotFound', `the kubelet does not serve "${url.pathname}"`))
    serve({ source, namespace, pod, container, query: url.searchParams, request, socket, head }).catch((error: unknown) => {
      refuseWith(socket, error instanceof ApiError ? error : new ApiError('InternalError', String(error)))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    sizes,
    stop: async () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** A client of the channel sub-protocols; '' names none. */
export class ChannelClient {
  readonly socket: WebSocket
  readonly received = new Map<number, string>()
  /** how many messages each channel brought, empty ones too */
  readonly messages: number[] = []
  readonly closed: Promise<number>
  readonly #base64: boolean

  constructor(url: string, protocol: string) {
    this.#base64 = protocol.includes('base64')
    this.socket = new WebSocket(url, protocol === '' ? [] : [protocol])
    this.closed = new Promise((resolve, reject) => this.socket.on('close', resolve).on('error', reject))
    this.closed.catch(() => undefined)
    this.socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary === this.#base64) throw new Error(`a message of the wrong form: ${data}`)
      const channel = this.#base64 ? Number(String.fromCharCode(data[0]!)) : data[0]!
      const rest = data.subarray(1)
      const bytes = this.#base64 ? Buffer.from(rest.toString(), 'base64') : rest
      this.messages.push(channel)
      this.received.set(channel, (this.received.get(channel) ?? '') + bytes.toString('latin1'))
    })
  }

  async open(): Promise<string> {
    await Promise.race([once(this.socket, 'open'), this.closed])
    return this.socket.protocol
  }

  send(channel: number, data: string | Buffer): void {
    const bytes = Buffer.from(data)
    this.socket.send(this.#base64 ? `${channel}${bytes.toString('base64')}` : Buffer.concat([Buffer.of(channel), bytes]))
  }
}
