import { timestamp } from '../../platform/clock.ts'
import { type Pod, pods } from '../../resources/resource.ts'
import { type Controller, watch } from '../controller.ts'
import { keyOf, splitKey } from '../key.ts'
import { isPodTerminal, podCondition } from '../pod-state.ts'

const staleAfterMs = 120_000

/** Takes back what a pod says of its leaving when it stays after all. */
export const staleDisruptionController: Controller = {
  name: 'stale-pod-disruption',
  watches: [watch(pods, (pod) => (pod && staleAtMs(pod) !== undefined ? [keyOf(pod)] : []))],
  reconcile: async (key, { cache, client, clock }) => {
    const { namespace, name } = splitKey(key)
    const pod = cache.get(pods, namespace, name)
    const atMs = pod && staleAtMs(pod)
    if (!pod || atMs === undefined) return undefined
    const leftMs = atMs - clock.now()
    if (leftMs > 0) return { requeueAfter: leftMs }
    const { uid, resourceVersion, generation } = pod.metadata
    const condition = {
      type: 'DisruptionTarget',
      status: 'False',
      reason: null,
      message: null,
      lastTransitionTime: timestamp(clock.now()),
      observedGeneration: generation,
    }
    const body = { metadata: { uid, resourceVersion }, status: { conditions: [condition] } }
    await client.patch(pods, namespace, name, { type: 'strategic', body }, { subresource: 'status' })
    return undefined
  },
}

/** The kubelet's word holds however long it takes, and what has ended is left as it is. */
const staleAtMs = (pod: Pod): number | undefined => {
  const condition = podCondition(pod, 'DisruptionTarget')
  if (condition?.status !== 'True' || condition.reason === 'TerminationByKubelet') return undefined
  if (pod.metadata.deletionTimestamp || isPodTerminal(pod)) return undefined
  return Date.parse(condition.lastTransitionTime ?? '') + staleAfterMs || 0
}
