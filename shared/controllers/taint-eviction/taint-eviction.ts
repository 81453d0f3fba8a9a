import type { Taint } from '../../resources/generated/types.ts'
import { type Node, nodes, pods } from '../../resources/resource.ts'
import { tolerates } from '../../scheduler/toleration.ts'
import { type Controller, watch } from '../controller.ts'
import { disrupt } from '../disruption.ts'
import { keyOf, splitKey } from '../key.ts'
import { podsByNode } from '../pods-by-node.ts'
import { semanticallyEqual } from '../semantic-equality.ts'
import { evictionTimeMs } from './eviction-time.ts'

/** Deletes pods from nodes whose NoExecute taints they don't tolerate, or no longer. */
export const taintEvictionController: Controller = {
  name: 'taint-eviction',
  watches: [
    watch(nodes, (node, previous, cache) => {
      if (!node || semanticallyEqual(executing(node), previous ? executing(previous) : [])) return []
      return cache.byIndex(podsByNode, node.metadata.name).map(keyOf)
    }),
    watch(pods, (pod, previous, cache) => {
      if (!pod?.spec.nodeName || pod.metadata.deletionTimestamp) return []
      const same = previous?.spec.nodeName && semanticallyEqual(pod.spec.tolerations, previous.spec.tolerations)
      const node = same ? undefined : cache.get(nodes, '', pod.spec.nodeName)
      return node && executing(node).length ? [keyOf(pod)] : []
    }),
  ],
  reconcile: async (key, { cache, client, clock, events }) => {
    const { namespace, name } = splitKey(key)
    const pod = cache.get(pods, namespace, name)
    const node = pod?.spec.nodeName ? cache.get(nodes, '', pod.spec.nodeName) : undefined
    if (!pod || !node || pod.metadata.deletionTimestamp) return undefined
    const dueMs = evictionTimeMs(pod, executing(node), tolerates)
    if (dueMs === undefined) return undefined
    const waitMs = dueMs - clock.now()
    if (waitMs > 0) return { requeueAfter: waitMs }
    await events.record(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${namespace}/${name}`)
    const message = 'Taint manager: deleting due to NoExecute taint'
    await disrupt({ client, clock }, pod, { reason: 'DeletionByTaintManager', message })
    return undefined
  },
}

const executing = ({ spec }: Node): Taint[] => spec.taints?.filter(({ effect }) => effect === 'NoExecute') ?? []
