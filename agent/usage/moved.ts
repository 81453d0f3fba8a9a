import type { ContainerUsage, NodeUsage } from '../../shared/resources/metrics/node-usage.ts'

type Amounts = Pick<ContainerUsage, 'cpuNanoCores' | 'memoryBytes'>

/** Less than this is noise, whatever share of little it is. */
const leastNanoCores = 2_000_000
const leastBytes = 1 << 20
/** An autoscaler heeds a tenth. */
const leastShare = 0.05

/** Whether who knows `before` would learn something: what runs is another, or uses noticeably more or less. */
export const hasMoved = (before: NodeUsage, after: NodeUsage): boolean => {
  if (differs(before, after) || before.pods.length !== after.pods.length) return true
  const known = new Map(before.pods.map((pod) => [pod.uid, pod]))
  return after.pods.some(({ uid, containers }) => {
    const others = known.get(uid)?.containers
    if (others?.length !== containers.length) return true
    return containers.some((one) => {
      const other = others.find(({ name }) => name === one.name)
      return !other || differs(other, one)
    })
  })
}

const differs = (a: Amounts, b: Amounts): boolean =>
  isApart(a.cpuNanoCores, b.cpuNanoCores, leastNanoCores) || isApart(a.memoryBytes, b.memoryBytes, leastBytes)

const isApart = (a: number, b: number, least: number) => Math.abs(a - b) > Math.max(least, leastShare * a)
