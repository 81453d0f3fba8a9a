import { createHttpTransport } from '../../shared/client/http-transport.ts'
import { createClient } from '../../shared/client/rest-client.ts'
import type { Clock } from '../../shared/platform/clock.ts'
import type { Logger } from '../../shared/platform/log.ts'
import type { AgentConfiguration } from '../configuration.ts'
import { startLocalNode } from './local-node.ts'
import { startSimulatedNodes } from './simulated-nodes.ts'

export interface AgentParts {
  readonly clock: Clock
  readonly log: Logger
  /** aborts when the agent is to end */
  readonly signal: AbortSignal
}

export interface AgentProcess extends AgentParts {
  /** Ends it; it is started again. */
  readonly end: (error: unknown) => void
}

/** Resolves when the nodes are Ready. `stop` leaves containers running. */
export type StartAgent = (parts: AgentProcess) => Promise<{ stop(): Promise<void> }>

/** The node, or the simulated nodes, of a server that is reached by a connection. */
export const startWithServer =
  (configuration: AgentConfiguration): StartAgent =>
  async (parts) => {
    const { nodeName, server, certificateAuthority, clientCertificate, clientKey } = configuration
    const transport = createHttpTransport({
      server,
      certificateAuthority,
      clientCertificate,
      clientKey,
      userAgent: `kubelet/${nodeName}`,
    })
    const start = { docker: startLocalNode, simulated: startSimulatedNodes }[configuration.runtime]
    const log = parts.log.child({ node: nodeName })
    const node = await start({ ...parts, log, configuration, client: createClient(transport) })
    return {
      stop: async () => {
        await node.stop()
        transport.close()
      },
    }
  }
