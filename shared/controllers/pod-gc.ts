import { nodes, type Pod, pods } from '../resources/resource.ts'
import { type Controller, watch } from './controller.ts'
import { disrupt } from './disruption.ts'
import { keyOf, splitKey } from './key.ts'
import { isPodTerminal } from './pod-state.ts'
import { podsByNode } from './pods-by-node.ts'

const outOfService = 'node.kubernetes.io/out-of-service'
/** a pod made for a node that is about to register is left alone so long */
const quarantineMs = 40_000

/** Ends pods that nobody else will: of nodes that are gone or out of service, and those deleted before they had a node. */
export const podGarbageCollector: Controller = {
  name: 'pod-garbage-collector',
  watches: [
    watch(nodes, (object, previous, cache) =>
      !object || object.spec.taints?.some(({ key }) => key === outOfService)
        ? cache.byIndex(podsByNode, (object ?? previous)!.metadata.name).map(keyOf)
        : [],
    ),
    watch(pods, (pod, _previous, cache) => {
      if (!pod) return []
      const { nodeName } = pod.spec
      const concerned = nodeName
        ? !cache.get(nodes, '', nodeName) || pod.metadata.deletionTimestamp
        : pod.metadata.deletionTimestamp
      return concerned ? [keyOf(pod)] : []
    }),
  ],
  reconcile: async (key, context) => {
    const { namespace, name } = splitKey(key)
    const pod = context.cache.get(pods, namespace, name)
    if (!pod) return
    if (!pod.spec.nodeName) return pod.metadata.deletionTimestamp ? end(pod, 'unscheduled and terminating', context) : undefined
    const node = context.cache.get(nodes, '', pod.spec.nodeName)
    if (!node) {
      const youngMs = Date.parse(pod.metadata.creationTimestamp ?? '') + quarantineMs - context.clock.now()
      return youngMs > 0 ? { requeueAfter: youngMs } : end(pod, 'node no longer exists', context)
    }
    const ready = node.status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True'
    const abandoned = !ready && node.spec.taints?.some((taint) => taint.key === outOfService)
    return abandoned && pod.metadata.deletionTimestamp ? end(pod, 'node is out of service', context) : undefined
  },
}

const end = (pod: Pod, why: string, context: Parameters<typeof disrupt>[0]): Promise<void> =>
  disrupt(context, pod, {
    reason: 'DeletionByPodGC',
    message: `PodGC: ${why}`,
    gracePeriodSeconds: 0,
    ...(isPodTerminal(pod) ? {} : { phase: 'Failed' }),
  })
