import { timestamp } from '../../shared/platform/clock.ts'
import type { TargetSource } from './container-target.ts'

/** GET /pods: what this node runs. */
export const podList = ({ pods }: TargetSource) => ({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items: pods() })

/** GET /stats/summary: cpu and memory of every running container. */
export const statsSummary = async ({ pods, runtime }: TargetSource, nodeName: string) => {
  const time = timestamp(Date.now())
  const podStats = pods().map(async (pod) => {
    const running = (runtime.pod(pod.metadata.uid ?? '')?.containers ?? []).filter(({ state }) => state === 'running')
    const containers = await Promise.all(
      running.map(async ({ id, name, startedAt }) => {
        const stats = await runtime.stats(id)
        return {
          name,
          startTime: timestamp(startedAt ?? 0),
          cpu: { time, usageCoreNanoSeconds: stats.cpuNanoseconds },
          memory: { time, usageBytes: stats.memoryBytes, workingSetBytes: stats.memoryWorkingSetBytes },
        }
      }),
    )
    const { name, namespace, uid } = pod.metadata
    return { podRef: { name, namespace, uid }, startTime: pod.status?.startTime, containers }
  })
  return { node: { nodeName }, pods: await Promise.all(podStats) }
}
