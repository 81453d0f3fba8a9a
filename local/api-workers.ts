import cluster, { type Worker } from 'node:cluster'
import { openSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from '../shared/platform/log.ts'
import { rotateHeldLog } from '../shared/platform/rotating-log.ts'
import type { Ranges } from './addresses.ts'
import type { AuditSettings } from './api-process.ts'
import type { HttpServerOptions } from './http-server.ts'

export interface ApiWorkerConfiguration extends Pick<HttpServerOptions, 'port' | 'hosts' | 'tls'> {
  readonly dataDir: string
  readonly ranges: Ranges
  readonly allowExternalIPs: boolean
  readonly maxRequestsInFlight: number
  readonly audit: AuditSettings
}

/** The first that a worker is sent. */
export interface ApiWorkerMessage {
  readonly configuration: ApiWorkerConfiguration
}

const program = fileURLToPath(new URL('api-worker.ts', import.meta.url))

/** Starts processes that share the port and the store; one that ends is started again. Resolves when all listen. */
export const startApiWorkers = async (options: {
  count: number
  configuration: ApiWorkerConfiguration
  /** folder */
  logs: string
  log: Logger
}): Promise<{ close(): Promise<void> }> => {
  const { count, configuration, logs, log } = options
  // what a worker could not log itself: it ends by an error, or Node.js does
  const errors = join(logs, 'workers.err')
  rotateHeldLog({ path: errors })
  const output = openSync(errors, 'a', 0o600)
  cluster.setupPrimary({ exec: program, args: [], stdio: ['ignore', output, output, 'ipc'] })
  let stopping = false
  let failures = 0

  const fork = () =>
    new Promise<Worker>((resolve, reject) => {
      const worker = cluster.fork()
      worker.send({ configuration } satisfies ApiWorkerMessage)
      let listening = 0
      worker.on('listening', () => {
        if (++listening < configuration.hosts.length) return
        failures = 0
        resolve(worker)
      })
      worker.on('exit', (code, signal) => {
        if (listening < configuration.hosts.length) reject(new Error(`an API worker ended with ${code ?? signal}; see ${errors}`))
        if (stopping) return
        log.warn('API worker ended', { pid: worker.process.pid, code, signal })
        setTimeout(again, Math.min(100 * 2 ** failures++, 10_000))
      })
    })
  const again = () => {
    if (!stopping) fork().catch((error: unknown) => log.error('API worker can not be started', { error }))
  }
  await Promise.all(Array.from({ length: count }, fork))
  return {
    close: async () => {
      stopping = true
      await Promise.all(Object.values(cluster.workers ?? {}).map((worker) => worker && end(worker)))
    },
  }
}

const end = (worker: Worker) =>
  new Promise<void>((resolve) => {
    const late = setTimeout(() => worker.process.kill('SIGKILL'), 5000)
    worker.on('exit', () => {
      clearTimeout(late)
      resolve()
    })
    worker.process.kill('SIGTERM')
  })
