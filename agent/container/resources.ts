import { toMillis, toUnits } from '../../shared/meta/quantity.ts'
import type { Container } from '../../shared/resources/generated/types.ts'
import type { ContainerResources } from '../runtime/runtime.ts'
import type { QosClass } from '../status/qos-class.ts'

const period = 100_000
const minimumShares = 2
const minimumQuota = 1000

/** Requests and limits as cgroup values, as a kubelet computes them. */
export const cgroupResources = (container: Container, qos: QosClass, nodeMemoryBytes: number): ContainerResources => {
  const { requests = {}, limits = {} } = container.resources ?? {}
  const cpuRequest = toMillis(requests.cpu ?? limits.cpu ?? '0')
  const cpuLimit = toMillis(limits.cpu ?? '0')
  const memory = toUnits(limits.memory ?? '0')
  return {
    cpuShares: Math.max(minimumShares, Math.floor((cpuRequest * 1024) / 1000)),
    ...(cpuLimit > 0 ? { cpuPeriod: period, cpuQuota: Math.max(minimumQuota, (cpuLimit * period) / 1000) } : {}),
    ...(memory > 0 ? { memoryBytes: memory } : {}),
    oomScoreAdj: oomScore(qos, toUnits(requests.memory ?? limits.memory ?? '0'), nodeMemoryBytes),
  }
}

/** The less of the machine a burstable container asked for, the sooner it goes. */
const oomScore = (qos: QosClass, requestBytes: number, nodeMemoryBytes: number): number => {
  if (qos === 'Guaranteed') return -997
  if (qos === 'BestEffort') return 1000
  return Math.min(999, Math.max(3, 1000 - Math.floor((1000 * requestBytes) / nodeMemoryBytes)))
}
