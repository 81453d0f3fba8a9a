import { systemClock } from '../shared/platform/clock.ts'
import { createLogger } from '../shared/platform/log.ts'
import type { AgentConfiguration } from './configuration.ts'
import { readInstanceEnvironment } from './instance/environment.ts'
import { startOnInstance } from './instance/start-on-instance.ts'
import { startWithServer } from './node/start-with-server.ts'

const log = createLogger({ write: (line) => process.stdout.write(`${line}\n`) })
const stopTimeoutMs = 5000
const stopping = new AbortController()
const { WINDLASS_AGENT: configuration } = process.env

// Without a server that starts it and says what it is, it is an instance's, and learns it there.
const start =
  configuration === undefined
    ? startOnInstance(readInstanceEnvironment(process.env))
    : startWithServer(JSON.parse(configuration) as AgentConfiguration)
const running = start({ clock: systemClock, log, signal: stopping.signal })

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
running.then(() => log.info('node is ready'), fail)
