import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Logger } from '../../../shared/platform/log.ts'

export interface NodeHealthOptions {
  /** whether load balancers should send new connections here */
  readonly eligible: () => boolean
  readonly log: Logger
  readonly port?: number | undefined
  /** default: all of the machine's */
  readonly address?: string | undefined
}

/** kube-proxy's, which load balancers ask of nodes */
const defaultPort = 10256

/**
 * Says to load balancers that this node lives and takes connections, as kube-proxy does: 200 on `/healthz` unless the node is about to
 * end, and on `/livez` in any case.
 */
export const startNodeHealth = async (options: NodeHealthOptions): Promise<{ readonly port: number; stop(): void }> => {
  const { eligible, log, port = defaultPort, address = '0.0.0.0' } = options
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0]
    if (path !== '/healthz' && path !== '/livez') return void response.writeHead(404).end()
    const now = new Date().toISOString()
    const nodeEligible = eligible()
    response
      .writeHead(path === '/livez' || nodeEligible ? 200 : 503, {
        'content-type': 'application/json',
        'x-content-type-options': 'nosniff',
      })
      .end(JSON.stringify({ lastUpdated: now, currentTime: now, ...(path === '/healthz' ? { nodeEligible } : {}) }))
  })
  server.listen(port, address)
  await once(server, 'listening')
  server.on('error', (error) => log.error('node health can not be answered', { error }))
  return {
    port: (server.address() as { port: number }).port,
    stop: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
