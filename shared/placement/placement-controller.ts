import { type Controller, type ReconcileContext, type ReconcileResult, watch } from '../controllers/controller.ts'
import { isPodTerminal, podCondition } from '../controllers/pod-state.ts'
import { podsByNode } from '../controllers/pods-by-node.ts'
import { isReason } from '../meta/status.ts'
import { timestamp } from '../platform/clock.ts'
import { placementName } from '../queue/work-queues.ts'
import { nodes, type Pod, pods } from '../resources/resource.ts'
import { podRequests } from '../scheduler/pod-requests.ts'
import { heldSinceAnnotation, heldSinceMs, hostOf, referenceAnnotation, referenceOf } from './annotation.ts'
import { type Placement, PlacementRefused, type PodIdentity } from './placement.ts'

/** on a pod: whether its room is held */
const placedCondition = 'windlass.dev/Placed'
/** A provider may not know yet what it has begun: ECS is eventually consistent. */
const unknownMs = 5 * 60_000
const lookAgainMs = 15_000
/** Room of a pod that has ended is not given back at once: its task has to stop, and ECS to hear of it. */
const givenBackMs = 60_000

/** Keeps room for every bound pod on its node's machine, as long as the pod lives. Keys: `namespace/name/uid`. */
export const createPlacementController = (placement: Placement): Controller => ({
  name: placementName,
  watches: [
    watch(pods, (pod, previous) => {
      const known = (pod ?? previous)!
      if (!known.spec.nodeName) return []
      const same = pod && previous?.spec.nodeName && standing(pod) === standing(previous)
      return same ? [] : [placementKey(known)]
    }),
    watch(nodes, (node, previous, cache) => {
      if (!node || !hostOf(node) || (previous && hostOf(node) === hostOf(previous))) return []
      return cache.byIndex(podsByNode, node.metadata.name).map(placementKey)
    }),
  ],
  reconcile: async (key, context) => {
    const identity = identityOf(key)
    const pod = context.cache.get(pods, identity.namespace, identity.name)
    if (!pod || pod.metadata.uid !== identity.uid) {
      const held = await placement.find(identity.uid)
      if (held) await placement.stop(held, 'the pod is gone')
      return
    }
    if (isPodTerminal(pod)) return release(pod, placement, context)
    const reference = referenceOf(pod)
    if (reference !== undefined) return check(pod, reference, placement, context)
    const node = pod.spec.nodeName ? context.cache.get(nodes, '', pod.spec.nodeName) : undefined
    const host = node && hostOf(node)
    if (host === undefined || pod.metadata.deletionTimestamp) return
    await hold(pod, host, placement, context)
  },
})

export const placementKey = ({ metadata }: Pod): string => `${metadata.namespace}/${metadata.name}/${metadata.uid}`

const identityOf = (key: string): PodIdentity => {
  const [namespace = '', name = '', uid = ''] = key.split('/')
  return { namespace, name, uid }
}

const standing = (pod: Pod) => `${isPodTerminal(pod)} ${referenceOf(pod)}`

const hold = async (pod: Pod, host: string, placement: Placement, context: ReconcileContext): Promise<void> => {
  const { namespace = '', name, uid = '' } = pod.metadata
  const { cpu = 0, memory = 0 } = podRequests(pod.spec)
  let reference: string
  try {
    reference = await placement.start({ pod: { namespace, name, uid }, host, cpuMillis: cpu, memoryBytes: memory })
  } catch (error) {
    if (!(error instanceof PlacementRefused)) throw error
    const passing = error.passing || (refusalReason(error) !== undefined && context.clock.now() - boundMs(pod) < givenBackMs)
    await report(pod, error, { passing, context })
    // The queue's back-off asks again.
    if (passing) throw error
    return
  }
  const annotations = { [referenceAnnotation]: reference, [heldSinceAnnotation]: timestamp(context.clock.now()) }
  const body = { metadata: { uid, annotations } }
  await ignoringGone(() => context.client.patch(pods, namespace, name, { type: 'merge', body }))
  if (podCondition(pod, placedCondition))
    await writeStatus(pod, { conditions: [condition('True', 'Placed', '', context)] }, context)
}

const boundMs = (pod: Pod): number => Date.parse(podCondition(pod, 'PodScheduled')?.lastTransitionTime ?? '') || 0

const report = async (
  pod: Pod,
  refused: PlacementRefused,
  { passing, context }: { passing: boolean; context: ReconcileContext },
): Promise<void> => {
  const { reason, message } = refused
  await context.events.record(pod, 'Warning', 'FailedPlacement', message)
  const conditions = [condition('False', reason.replaceAll(/[^A-Za-z0-9_,:]/g, '_'), message, context)]
  if (passing) {
    const before = podCondition(pod, placedCondition)
    if (before?.message !== message) await writeStatus(pod, { conditions }, context)
    return
  }
  // As a kubelet refuses a pod that does not fit: whoever made the pod makes another, and that one is scheduled anew.
  await writeStatus(
    pod,
    { phase: 'Failed', reason: refusalReason(refused) ?? 'NodeAffinity', message: `Pod was rejected: ${message}`, conditions },
    context,
  )
}

/** undefined: there is room, and something else is missing */
const refusalReason = ({ reason }: PlacementRefused): string | undefined => {
  const [, resource] = /^RESOURCE:(\w+)/.exec(reason) ?? []
  return resource && `OutOf${resource.toLowerCase()}`
}

/** Room that was taken away ends the pod; its agent, if it lives, has ended it already. */
const check = async (pod: Pod, reference: string, placement: Placement, context: ReconcileContext): Promise<ReconcileResult> => {
  const status = await placement.status(reference)
  if (status && status.state !== 'stopped') return
  if (pod.metadata.deletionTimestamp) return
  if (!status && context.clock.now() - heldSinceMs(pod) < unknownMs) return { requeueAfter: lookAgainMs }
  const message = `the room held for the pod on its node was given up: ${status?.reason ?? 'nothing is known of it any more'}`
  await context.events.record(pod, 'Warning', 'PlacementLost', message)
  const conditions = [condition('False', 'PlacementLost', message, context)]
  await writeStatus(pod, { phase: 'Failed', reason: 'PlacementLost', message, conditions }, context)
}

const release = async (pod: Pod, placement: Placement, { client }: ReconcileContext): Promise<void> => {
  const reference = referenceOf(pod)
  if (reference === undefined) return
  await placement.stop(reference, 'the pod has ended')
  const { namespace = '', name, uid } = pod.metadata
  const body = { metadata: { uid, annotations: { [referenceAnnotation]: null, [heldSinceAnnotation]: null } } }
  await ignoringGone(() => client.patch(pods, namespace, name, { type: 'merge', body }))
}

const condition = (status: 'True' | 'False', reason: string, message: string, { clock }: ReconcileContext) => ({
  type: placedCondition,
  status,
  reason,
  message,
  lastTransitionTime: timestamp(clock.now()),
})

const writeStatus = async ({ metadata }: Pod, status: Record<string, unknown>, { client }: ReconcileContext): Promise<void> => {
  const { namespace = '', name, uid } = metadata
  const body = { metadata: { uid }, status }
  await ignoringGone(() => client.patch(pods, namespace, name, { type: 'strategic', body }, { subresource: 'status' }))
}

const ignoringGone = async (write: () => Promise<unknown>): Promise<void> => {
  try {
    await write()
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error
  }
}
