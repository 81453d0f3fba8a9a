import type { ContainerUsage, NodeUsage, PodUsage } from './node-usage.ts'

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
  return after.pods.some((pod) => podHasMoved(known.get(pod.uid), pod))
}

/** Namespaces in which a pod is another, or uses noticeably more or less; by what all nodes say. */
export const movedNamespaces = (
  before: ReadonlyMap<string, NodeUsage>,
  after: ReadonlyMap<string, NodeUsage>,
): ReadonlySet<string> => {
  const [known, now] = [podsOf(before), podsOf(after)]
  const gone = [...known.values()].filter(({ uid }) => !now.has(uid))
  const moved = [...now.values()].filter((pod) => podHasMoved(known.get(pod.uid), pod))
  return new Set([...gone, ...moved].map(({ namespace }) => namespace))
}

const podsOf = (usages: ReadonlyMap<string, NodeUsage>): ReadonlyMap<string, PodUsage> =>
  new Map([...usages.values()].flatMap(({ pods }) => pods).map((pod) => [pod.uid, pod]))

const podHasMoved = (before: PodUsage | undefined, { containers }: PodUsage): boolean => {
  if (before?.containers.length !== containers.length) return true
  return containers.some((one) => {
    const other = before.containers.find(({ name }) => name === one.name)
    return !other || differs(other, one)
  })
}

const differs = (a: Amounts, b: Amounts): boolean =>
  isApart(a.cpuNanoCores, b.cpuNanoCores, leastNanoCores) || isApart(a.memoryBytes, b.memoryBytes, leastBytes)

const isApart = (a: number, b: number, least: number) => Math.abs(a - b) > Math.max(least, leastShare * a)
