import { once } from 'node:events'
import { join } from 'node:path'
import { installLastHandler } from '../shared/platform/last-handler.ts'
import { createLogger } from '../shared/platform/log.ts'
import { createRotatingLog } from '../shared/platform/rotating-log.ts'
import { logWarnings } from '../shared/platform/warnings.ts'
import { openApiProcess } from './api-process.ts'
import type { ApiWorkerMessage } from './api-workers.ts'
import { openDataDirectory } from './data-directory.ts'
import { serve } from './http-server.ts'
import { openPki } from './pki.ts'

// One of several processes that answer API requests over one store; see api-workers.ts.
// What it is told has keys in it, so it comes by the channel, where no other process can read it.
const [{ configuration }] = (await once(process, 'message')) as [ApiWorkerMessage]
const { dataDir, port, hosts, tls, ...settings } = configuration
const { directory } = await openDataDirectory(dataDir)
const log = createLogger({
  write: createRotatingLog({ path: join(directory.logs, 'workers.log') }),
  fields: { worker: process.pid },
})
logWarnings(log)
const api = await openApiProcess({ ...settings, directory, pki: await openPki(directory.pki), role: 'worker', log })
const server = await serve({ handle: api.handle, port, hosts, tls, log })
installLastHandler({
  process,
  log,
  end: (error) => {
    log.error('API worker failed', { error })
    process.exit(1)
  },
})

const stop = async () => {
  await server.close()
  await api.close()
  process.exit(0)
}
process.on('SIGTERM', () => void stop())
process.on('disconnect', () => void stop())
// Ctrl-C reaches the whole process group; the first process says when the workers end.
process.on('SIGINT', () => log.info('waiting for the first process to stop'))
