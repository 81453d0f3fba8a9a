import { goDuration } from '../../meta/go-duration.ts'
import { formatQuantity } from '../../meta/quantity.ts'
import { timestamp } from '../../platform/clock.ts'
import type { Node, NodeMetrics, Pod, PodMetrics } from '../resource.ts'
import type { ContainerUsage, NodeUsage, PodUsage } from './node-usage.ts'

/** A node that was not heard of for so long is silent, and nobody knows what it uses. */
const silentMs = 60_000

/** What the server knows of a node's usage. */
export interface KnownUsage {
  readonly usage: NodeUsage
  /** when its node was heard of last */
  readonly heardMs: number
}

type Amounts = Pick<ContainerUsage, 'cpuNanoCores' | 'memoryBytes'>

const billion = 1_000_000_000n

const quantities = ({ cpuNanoCores, memoryBytes }: Amounts): Record<string, string> => ({
  cpu: formatQuantity({ nano: BigInt(cpuNanoCores), format: 'DecimalSI' }),
  memory: formatQuantity({ nano: BigInt(memoryBytes) * billion, format: 'BinarySI' }),
})

/** Each heartbeat says that what was said before holds. */
const spanOf = ({ atMs, windowMs }: Pick<PodUsage, 'atMs' | 'windowMs'>, heardMs: number) => ({
  timestamp: timestamp(Math.max(atMs, heardMs)),
  window: goDuration(windowMs),
})

const isHeard = ({ heardMs }: KnownUsage, nowMs: number) => nowMs - heardMs < silentMs

/** undefined: nobody knows */
export const nodeMetricsOf = ({ metadata }: Node, known: KnownUsage | undefined, nowMs: number): NodeMetrics | undefined => {
  if (!known || !isHeard(known, nowMs)) return undefined
  const { name, labels } = metadata
  return {
    metadata: { name, creationTimestamp: timestamp(nowMs), labels },
    ...spanOf(known.usage, known.heardMs),
    usage: quantities(known.usage),
  }
}

/** `known` is of the node that the pod is bound to: what others say of it counts for nothing. */
export const podMetricsOf = ({ metadata }: Pod, known: KnownUsage | undefined, nowMs: number): PodMetrics | undefined => {
  if (!known || !isHeard(known, nowMs)) return undefined
  const { name, namespace = '', labels, uid } = metadata
  const found = known.usage.pods.find((one) => one.uid === uid)
  if (!found) return undefined
  return {
    metadata: { name, namespace, creationTimestamp: timestamp(nowMs), labels },
    ...spanOf(found, known.heardMs),
    containers: found.containers.map((one) => ({ name: one.name, usage: quantities(one) })),
  }
}
