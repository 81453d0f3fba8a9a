import type { Cache } from '../client/cache.ts'
import type { Client } from '../client/client.ts'
import type { EventSink } from '../controllers/event/event-recorder.ts'
import { isReason } from '../meta/status.ts'
import { type Clock, timestamp } from '../platform/clock.ts'
import type { Logger } from '../platform/log.ts'
import { placementName, type WorkQueues } from '../queue/work-queues.ts'
import { type Node, nodes } from '../resources/resource.ts'
import { whenLoaded } from '../storage/when-loaded.ts'
import { endingTaint, hookAnnotation, hostOf } from './annotation.ts'
import type { CloudEvent, Machine } from './cloud-event.ts'

export interface CloudEventWorkerOptions {
  readonly cache: Cache
  readonly client: Client
  readonly events: EventSink
  readonly queues: WorkQueues
  readonly clock: Clock
  readonly log: Logger
}

/** A throw means that the event is to come again. `id` tells one event from another. */
export type CloudEventWorker = (event: CloudEvent, id: string) => Promise<void>

export const createCloudEventWorker = (options: CloudEventWorkerOptions): CloudEventWorker => {
  const { cache, client, events, queues, clock, log } = options
  const recorder = events.recorder('cloud-events')

  const nodeOf = (machine: Machine): Promise<Node | undefined> =>
    whenLoaded(cache, () => cache.list(nodes).find((node) => isMachineOf(node, machine)))

  const end = async (node: Node, { reason, hook }: Extract<CloudEvent, { type: 'machineEnding' }>): Promise<void> => {
    const { name, resourceVersion, annotations } = node.metadata
    const taints = node.spec.taints ?? []
    const tainted = taints.some(({ key }) => key === endingTaint)
    const hookText = hook && JSON.stringify(hook)
    if (tainted && (!hookText || annotations?.[hookAnnotation] === hookText)) return
    const taint = { key: endingTaint, effect: 'NoExecute', timeAdded: timestamp(clock.now()) }
    const body = {
      // Two events at once must not lose one another's taints.
      metadata: { resourceVersion, ...(hookText && { annotations: { [hookAnnotation]: hookText } }) },
      spec: { unschedulable: true, taints: tainted ? taints : [...taints, taint] },
    }
    await client.patch(nodes, '', name, { type: 'merge', body })
    await recorder.record(node, 'Warning', 'NodeEnding', `Node ${name} is emptied: ${reason}`)
    log.info('empties a node', { node: name, reason })
  }

  const remove = async ({ metadata }: Node): Promise<void> => {
    try {
      await client.delete(nodes, '', metadata.name, { preconditions: { uid: metadata.uid ?? '' } })
      log.info('removed the node of a machine that is gone', { node: metadata.name })
    } catch (error) {
      if (!isReason(error, 'NotFound')) throw error
    }
  }

  return async (event, id) => {
    if (event.type === 'roomChanged') {
      const { namespace, name, uid } = event.pod
      await queues.send([{ work: { controller: placementName, key: `${namespace}/${name}/${uid}` }, cause: `event ${id}` }])
      return
    }
    const node = await nodeOf(event.machine)
    if (!node || (event.type === 'machineGone' && isRegisteredAnew(node, event.machine))) return
    if (event.type === 'machineGone') await remove(node)
    else await end(node, event)
    await events.flush()
  }
}

/** An instance whose ECS agent lost its state is a container instance twice; that the first is gone says nothing of the machine. */
const isRegisteredAnew = (node: Node, { host }: Machine): boolean =>
  host !== undefined && hostOf(node) !== undefined && hostOf(node) !== host

const isMachineOf = (node: Node, { instanceId, host }: Machine): boolean =>
  (instanceId !== undefined && node.spec.providerID?.endsWith(`/${instanceId}`) === true) ||
  (host !== undefined && hostOf(node) === host)
