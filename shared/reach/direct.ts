import { type Address, dial, shown } from './dial.ts'
import { exchange, StaleConnection } from './exchange.ts'
import { KeptConnections } from './kept-connections.ts'
import type { Reach, ReachRequest, ReachTarget } from './reach.ts'
import type { ServiceAddress } from './service-address.ts'

export interface DirectReach extends Reach {
  /** Ends the connections that are kept. */
  close(): void
}

const reading = new Set(['GET', 'HEAD', 'OPTIONS'])

export interface DirectReachOptions {
  /** default: no Service is reached */
  readonly addressOf?: ServiceAddress | undefined
}

/** Calls by connections from this process. */
export const createDirectReach = ({ addressOf }: DirectReachOptions = {}): DirectReach => {
  const kept = new KeptConnections()
  const resolve = async (target: ReachTarget): Promise<Address> => {
    if (!target.service) return { host: target.host, port: target.port }
    if (!addressOf) throw new Error(`the Service ${target.service.namespace}/${target.service.name} can't be reached from here`)
    return addressOf(target.service)
  }
  return {
    request: async (target, request) => {
      const { tls, signal, body } = request
      const address = await resolve(target)
      const sent = { method: request.method, path: request.path, headers: headersOf(target, request), body, signal }
      try {
        return await exchange(address, sent, { kept, tls })
      } catch (error) {
        const again = (request.repeatable ?? reading.has(request.method)) && (body === undefined || body instanceof Uint8Array)
        if (!(error instanceof StaleConnection) || !again) throw error
        return exchange(
          address,
          { ...sent, headers: { ...sent.headers, connection: 'close' } },
          { open: () => dial(address, tls, signal) },
        )
      }
    },
    connect: async (target, { tls, signal }) => {
      const socket = await dial(await resolve(target), tls, signal)
      socket.allowHalfOpen = true
      return socket
    },
    close: () => kept.destroy(),
  }
}

const headersOf = (target: ReachTarget, { headers, tls }: ReachRequest): NonNullable<ReachRequest['headers']> => ({
  host: shown({ host: tls.serverName, port: (target.service ?? target).port }),
  ...headers,
})
