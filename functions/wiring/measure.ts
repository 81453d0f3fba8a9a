import { isReady } from '../../shared/controllers/node-lifecycle/health.ts'
import { isPodActive, podCondition } from '../../shared/controllers/pod-state.ts'
import { podsByNode } from '../../shared/controllers/pods-by-node.ts'
import { type Metrics, metricNames } from '../../shared/platform/metrics.ts'
import { nodes } from '../../shared/resources/resource.ts'
import { whenLoaded } from '../../shared/storage/when-loaded.ts'
import type { Cluster } from './cluster.ts'

/** Says how the cluster is, each minute. */
export const measure = async ({ cache }: Pick<Cluster, 'cache'>, metrics: Metrics): Promise<void> => {
  const [unschedulable, notReady] = await whenLoaded(cache, () => {
    const waiting = cache.byIndex(podsByNode, '').filter(isPodActive)
    return [
      waiting.filter((pod) => podCondition(pod, 'PodScheduled')?.reason === 'Unschedulable').length,
      cache.list(nodes).filter((node) => !isReady(node)).length,
    ] as const
  })
  metrics.put({
    [metricNames.unschedulablePods]: { value: unschedulable, unit: 'Count' },
    [metricNames.nodesNotReady]: { value: notReady, unit: 'Count' },
  })
}
