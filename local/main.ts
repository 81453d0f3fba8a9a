import { enableCompileCache } from 'node:module'
import { createLogger } from '../shared/platform/log.ts'
import { createRotatingLog } from '../shared/platform/rotating-log.ts'
import { logWarnings } from '../shared/platform/warnings.ts'
import { startCluster } from './cluster.ts'
import { explain } from './explain.ts'
import { parseOptions, usage } from './options.ts'
import { createProgress, nextSteps } from './progress.ts'
import { givenUp, hearStopSignals } from './stop-signals.ts'
import { checkUser } from './user.ts'

enableCompileCache()
const startedAt = Date.now() - process.uptime() * 1000
const write = (text: string) => process.stdout.write(text)

try {
  const options = parseOptions(process.argv.slice(2))
  if (options === 'help') {
    console.log(usage)
    process.exit(0)
  }
  checkUser(options)
  const createLog = (file: string) => {
    const log = createLogger({ write: options.verbose ? (line) => console.error(line) : createRotatingLog({ path: file }) })
    logWarnings(log)
    return log
  }
  const progress = createProgress(write, startedAt, process.stdout.isTTY)
  if (options.runtime === 'simulated') progress.note('simulated runtime: pods only seem to run, no container is started')
  const { signal, whenAsked } = hearStopSignals(write)
  const cluster = await startCluster(options, { progress, createLog, signal })
  if (whenAsked(() => cluster.stop())) write(nextSteps(cluster.kubectl, cluster.runtime))
} catch (error) {
  if (error === givenUp) process.exit(130)
  console.error(`\n${explain(error)}`)
  process.exit(1)
}
