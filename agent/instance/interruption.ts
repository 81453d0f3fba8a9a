import type { Client } from '../../shared/client/client.ts'
import { isReason } from '../../shared/meta/status.ts'
import { endingTaint } from '../../shared/placement/annotation.ts'
import { type Node, nodes, type Pod, pods } from '../../shared/resources/resource.ts'
import type { AgentEvents } from '../event-recorder.ts'
import type { AgentParts } from '../node/start-with-server.ts'
import type { InstanceMetadata } from './metadata.ts'
import { untilDone } from './until-done.ts'

export interface InterruptionOptions extends AgentParts {
  readonly metadata: Pick<InstanceMetadata, 'interruption' | 'isSpot'>
  readonly nodeName: string
  readonly client: Client
  /** those of this node */
  readonly pods: () => readonly Pod[]
  readonly events: AgentEvents
}

/** as AWS advises: the notice comes two minutes before the end */
const pollMs = 5000
const waitForControlPlaneMs = 15_000

/**
 * Looks whether the spot instance is about to be interrupted: has nothing more scheduled here if so, and its pods leave. `cloud-events`
 * is told by EventBridge and taints the node, so that each pod leaves as it tolerates; when that has not come soon, they are deleted.
 */
export const watchInterruption = async (options: InterruptionOptions): Promise<void> => {
  const { metadata, clock, log, signal } = options
  if (!(await untilDone('the kind of instance', () => metadata.isSpot(), options))) return
  while (!signal.aborted) {
    const notice = await metadata.interruption().catch((error: unknown) => {
      log.warn('the instance metadata can not be read', { error: error instanceof Error ? error.message : String(error) })
      return undefined
    })
    if (notice) return empty(notice, options)
    await clock.sleep(pollMs, signal)
  }
}

const empty = async (notice: { action: string; atMs: number }, options: InterruptionOptions): Promise<void> => {
  const { nodeName, client, events, clock, log, signal } = options
  log.warn('the spot instance is interrupted', { ...notice })
  const cordon = () => client.patch(nodes, '', nodeName, { type: 'merge', body: { spec: { unschedulable: true } } })
  const node = await untilDone('the cordon', cordon, options)
  const at = Number.isNaN(notice.atMs) ? 'soon' : `at ${new Date(notice.atMs).toISOString()}`
  const message = `The spot instance of node ${nodeName} is interrupted ${at} (${notice.action})`
  events.node(node, { type: 'Warning', reason: 'SpotInterruption', message })
  if (isEmptied(node)) return
  await clock.sleep(waitForControlPlaneMs, signal)
  if (signal.aborted || isEmptied(await untilDone('the node', () => client.get(nodes, '', nodeName), options))) return
  log.warn('nobody empties the node: its pods are deleted', { pods: options.pods().length })
  await Promise.all(
    options
      .pods()
      .filter(leaves)
      .map((pod) => remove(pod, client)),
  )
}

const isEmptied = ({ spec }: Node): boolean => spec.taints?.some(({ key }) => key === endingTaint) ?? false

/** Those of DaemonSets would only be made again. */
const leaves = ({ metadata }: Pod): boolean =>
  metadata.deletionTimestamp === undefined && !metadata.ownerReferences?.some(({ kind }) => kind === 'DaemonSet')

const remove = async ({ metadata }: Pod, client: Client): Promise<void> => {
  const { uid = '', namespace = '', name } = metadata
  try {
    await client.delete(pods, namespace, name, { preconditions: { uid } })
  } catch (error) {
    if (!isReason(error, 'NotFound', 'Conflict')) throw error
  }
}
