import { Agent, type ClientRequestArgs } from 'node:http'
import type { Duplex } from 'node:stream'
import { dial } from './dial.ts'
import type { ReachTls } from './reach.ts'

const idleMs = 30_000
/** of each address and identity */
const mostIdle = 16

/** Options of a request over one of them. */
export interface KeptOptions {
  readonly reachTls: ReachTls
}

/** Connections over TLS that are used again by who asks for the same: address, trusted authorities, name and who is calling. */
export class KeptConnections extends Agent {
  constructor() {
    super({ keepAlive: true, timeout: idleMs, maxFreeSockets: mostIdle, scheduling: 'lifo' })
  }

  override getName(options: Parameters<Agent['getName']>[0] & Partial<KeptOptions> = {}): string {
    const { serverName = '', authorities = '', insecure = false, client } = options.reachTls ?? {}
    return [super.getName(options), serverName, insecure, client?.certificate ?? '', authorities].join(' ')
  }

  override createConnection(options: ClientRequestArgs, callback?: (error: Error | null, stream: Duplex) => void): undefined {
    const { host, port, reachTls } = options as ClientRequestArgs & KeptOptions
    // Whoever asked may have given up by then, and the next one has it.
    dial({ host: host!, port: Number(port) }, reachTls, new AbortController().signal).then(
      (socket) => callback?.(null, socket),
      (error: Error) => callback?.(error, undefined as never),
    )
  }
}
