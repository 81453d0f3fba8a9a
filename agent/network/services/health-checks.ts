import { createServer, type Server } from 'node:http'
import type { Informer } from '../../../shared/client/informer.ts'
import type { Logger } from '../../../shared/platform/log.ts'
import type { EndpointSlice, Service } from '../../../shared/resources/resource.ts'
import { createServiceIndex } from './service-index.ts'

export interface HealthChecksOptions {
  readonly nodeName: string
  readonly services: Informer<Service>
  readonly endpointSlices: Informer<EndpointSlice>
  readonly log: Logger
  /** default: all of the machine's */
  readonly address?: string | undefined
}

/**
 * Tells load balancers, on the healthCheckNodePort of each Service whose traffic stays on its node, whether there is anybody here to
 * take it. As kube-proxy answers, on any path.
 */
export const startHealthChecks = (options: HealthChecksOptions): { stop(): Promise<void> } => {
  const { nodeName, log, address = '0.0.0.0' } = options
  const servers = new Map<string, { readonly port: number; readonly server: Server }>()

  const close = (key: string) => {
    servers.get(key)?.server.close()
    servers.get(key)?.server.closeAllConnections()
    servers.delete(key)
  }
  const open = (key: string, port: number) => {
    const server = createServer((_request, response) => {
      const [namespace, name] = key.split('/')
      const localEndpoints = localReady(index.slices(key), nodeName)
      response
        .writeHead(localEndpoints > 0 ? 200 : 503, {
          'content-type': 'application/json',
          'x-content-type-options': 'nosniff',
          'x-load-balancing-endpoint-weight': String(localEndpoints),
        })
        .end(JSON.stringify({ service: { namespace, name }, localEndpoints, serviceProxyHealthy: true }))
    })
    server.on('error', (error) => log.error('health check can not be answered', { service: key, port, error }))
    server.listen(port, address)
    servers.set(key, { port, server })
  }

  const index = createServiceIndex({
    ...options,
    onChange: (key) => {
      // What is there is told while the index is still being made.
      queueMicrotask(() => {
        const port = index.service(key)?.spec.healthCheckNodePort || undefined
        if (servers.get(key)?.port === port) return
        close(key)
        if (port !== undefined && !stopped) open(key, port)
      })
    },
  })
  let stopped = false
  return {
    stop: async () => {
      stopped = true
      index.stop()
      for (const key of [...servers.keys()]) close(key)
    },
  }
}

const localReady = (slices: readonly EndpointSlice[], nodeName: string): number => {
  const ready = slices
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter((endpoint) => endpoint.nodeName === nodeName && endpoint.conditions?.ready !== false)
  return new Set(ready.map(({ addresses }) => addresses[0])).size
}
