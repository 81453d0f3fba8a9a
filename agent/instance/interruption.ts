import type { Client } from '../../shared/client/client.ts'
import { nodes } from '../../shared/resources/resource.ts'
import type { AgentEvents } from '../event-recorder.ts'
import type { AgentParts } from '../node/start-with-server.ts'
import type { InstanceMetadata } from './metadata.ts'
import { untilDone } from './until-done.ts'

export interface InterruptionOptions extends AgentParts {
  readonly metadata: Pick<InstanceMetadata, 'interruption' | 'isSpot'>
  readonly nodeName: string
  readonly client: Client
  readonly events: AgentEvents
  readonly pollMs?: number | undefined
}

/** as AWS advises: the notice comes two minutes before the end */
const everyMs = 5000

/**
 * Looks whether the spot instance is about to be interrupted, and has nothing more scheduled here if so. Emptying the node is for
 * `cloud-events`, who is told by EventBridge and may taint it; this is what is left when that event gets lost, and the sooner of both.
 */
export const watchInterruption = async (options: InterruptionOptions): Promise<void> => {
  const { metadata, nodeName, client, events, clock, log, signal, pollMs = everyMs } = options
  if (!(await untilDone('the kind of instance', () => metadata.isSpot(), options))) return
  while (!signal.aborted) {
    const notice = await metadata.interruption().catch((error: unknown) => {
      log.warn('the instance metadata can not be read', { error: error instanceof Error ? error.message : String(error) })
      return undefined
    })
    if (notice) {
      const cordon = () => client.patch(nodes, '', nodeName, { type: 'merge', body: { spec: { unschedulable: true } } })
      const node = await untilDone('the cordon', cordon, options)
      const at = Number.isNaN(notice.atMs) ? 'soon' : `at ${new Date(notice.atMs).toISOString()}`
      const message = `The spot instance of node ${nodeName} is interrupted ${at} (${notice.action})`
      events.node(node, { type: 'Warning', reason: 'SpotInterruption', message })
      log.warn('the spot instance is interrupted', { ...notice })
      return
    }
    await clock.sleep(pollMs, signal)
  }
}
