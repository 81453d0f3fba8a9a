import { json } from 'node:stream/consumers'
import { systemClock } from '../shared/platform/clock.ts'
import { installLastHandler } from '../shared/platform/last-handler.ts'
import { createLogger } from '../shared/platform/log.ts'
import { createRotatingLog } from '../shared/platform/rotating-log.ts'
import { logWarnings } from '../shared/platform/warnings.ts'
import type { AgentConfiguration } from './configuration.ts'
import { readInstanceEnvironment } from './instance/environment.ts'
import { startOnInstance } from './instance/start-on-instance.ts'
import { startWithServer } from './node/start-with-server.ts'

// `main.ts NODE FOLDER`: a server starts it, and says on its standard input what it is. Without, it is an instance's, and learns it there.
const told = process.argv.length > 2 ? ((await json(process.stdin)) as AgentConfiguration) : undefined
const toFile = told?.logFile === undefined ? undefined : createRotatingLog({ path: told.logFile })
const log = createLogger({ write: toFile ?? ((line) => process.stdout.write(`${line}\n`)) })
logWarnings(log)
const stopTimeoutMs = 5000
const stopping = new AbortController()
const start = told ? startWithServer(told) : startOnInstance(readInstanceEnvironment(process.env))
const running = start({ clock: systemClock, log, signal: stopping.signal, end: (error) => fail(error) })

/** Containers keep running; the next agent finds them again. */
const stop = async () => {
  if (stopping.signal.aborted) return
  stopping.abort()
  // An agent that has not come up yet, for want of a server, has nothing to let go of.
  await Promise.race([running.then((node) => node.stop()), systemClock.sleep(stopTimeoutMs)])
  process.exit(0)
}
const fail = (error: unknown) => {
  log.error('agent failed', { error })
  process.exit(1)
}
process.on('SIGTERM', () => stop().catch(fail))
process.on('SIGINT', () => stop().catch(fail))
// Simulated nodes are only as long as the server that started them; real ones have no channel, and go on.
process.on('disconnect', () => stop().catch(fail))
running.then(() => {
  log.info('node is ready')
  installLastHandler({ process, log, end: fail })
}, fail)
