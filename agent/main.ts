import { createHttpTransport } from '../shared/client/http-transport.ts'
import { createClient } from '../shared/client/rest-client.ts'
import { systemClock } from '../shared/platform/clock.ts'
import { createLogger } from '../shared/platform/log.ts'
import type { AgentConfiguration } from './configuration.ts'
import { startDockerNode } from './node/docker-node.ts'
import { startSimulatedNodes } from './node/simulated-nodes.ts'

const configuration = JSON.parse(process.env.WINDLASS_AGENT ?? '{}') as AgentConfiguration
const { nodeName, server, certificateAuthority, clientCertificate, clientKey } = configuration
const log = createLogger({ write: (line) => process.stdout.write(`${line}\n`), fields: { node: nodeName } })
const transport = createHttpTransport({
  server,
  certificateAuthority,
  clientCertificate,
  clientKey,
  userAgent: `windlass-agent/${nodeName}`,
})
const stopTimeoutMs = 5000
const stopping = new AbortController()
const start = { docker: startDockerNode, simulated: startSimulatedNodes }[configuration.runtime]
const running = start({ configuration, client: createClient(transport), clock: systemClock, log, signal: stopping.signal })

/** Containers keep running; the next agent finds them again. */
const stop = async () => {
  if (stopping.signal.aborted) return
  stopping.abort()
  // An agent that has not come up yet, for want of a server, has nothing to let go of.
  await Promise.race([running.then((node) => node.stop()), systemClock.sleep(stopTimeoutMs)])
  transport.close()
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
