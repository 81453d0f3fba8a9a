import { createLogger } from '../shared/platform/log.ts'
import { openApiProcess } from './api-process.ts'
import type { ApiWorkerConfiguration } from './api-workers.ts'
import { openDataDirectory } from './data-directory.ts'
import { serve } from './http-server.ts'
import { openPki } from './pki.ts'

// One of several processes that answer API requests over one store; see api-workers.ts.
const { dataDir, port, hosts, tls } = JSON.parse(process.env.WINDLASS_API_WORKER ?? '{}') as ApiWorkerConfiguration
const log = createLogger({ write: (line) => process.stdout.write(`${line}\n`), fields: { worker: process.pid } })
const { directory } = await openDataDirectory(dataDir)
const api = await openApiProcess({ directory, pki: await openPki(directory.pki), role: 'worker', log })
const server = await serve({ handle: api.handle, port, hosts, tls, log })

const stop = async () => {
  await server.close()
  await api.close()
  process.exit(0)
}
process.on('SIGTERM', () => void stop())
process.on('disconnect', () => void stop())
// Ctrl-C reaches the whole process group; the first process says when the workers end.
process.on('SIGINT', () => log.info('waiting for the first process to stop'))
