import { dns1123Label, dns1123Subdomain } from '../../meta/names.ts'

/** What a node and its pods use, as its agent says with its heartbeats. */
export interface NodeUsage extends Measured, Amounts {
  readonly pods: readonly PodUsage[]
}

export interface PodUsage extends Measured {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  /** those that run */
  readonly containers: readonly ContainerUsage[]
}

export interface ContainerUsage extends Amounts {
  readonly name: string
}

interface Amounts {
  /** billionths of a processor, on average over the window */
  readonly cpuNanoCores: number
  /** working set */
  readonly memoryBytes: number
}

/** Between `atMs - windowMs` and `atMs`, milliseconds since the epoch. */
interface Measured {
  readonly atMs: number
  readonly windowMs: number
}

/** No node has more: what is longer is no usage. */
const mostPods = 1000
const mostContainers = 250

/** Whoever sends it is a node at best: what is not of the shape, with room for nonsense, is undefined. */
export const readNodeUsage = (value: unknown): NodeUsage | undefined => {
  const pods = field(value, 'pods')
  if (!isMeasured(value) || !isAmounts(value) || !isListOf(pods, mostPods, isPod)) return undefined
  return { ...measured(value), ...amounts(value), pods: pods.map(readPod) }
}

/** The same, with its newest time being `atMs`: nobody's clock but the server's own counts. */
export const measuredAt = (usage: NodeUsage, atMs: number): NodeUsage => {
  const shifted = <T extends Measured>(one: T): T => ({ ...one, atMs: Math.max(0, one.atMs + atMs - usage.atMs) })
  return { ...shifted(usage), pods: usage.pods.map(shifted) }
}

const readPod = (pod: PodUsage): PodUsage => ({
  ...measured(pod),
  ...{ namespace: pod.namespace, name: pod.name, uid: pod.uid },
  containers: pod.containers.map((one) => ({ name: one.name, ...amounts(one) })),
})

const measured = ({ atMs, windowMs }: Measured): Measured => ({ atMs, windowMs })
const amounts = ({ cpuNanoCores, memoryBytes }: Amounts): Amounts => ({ cpuNanoCores, memoryBytes })

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined

const isAmount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

const isMeasured = (value: unknown): value is Measured =>
  isAmount(field(value, 'atMs')) && (field(value, 'atMs') as number) <= 8.64e15 && isAmount(field(value, 'windowMs'))

const isAmounts = (value: unknown): value is Amounts =>
  isAmount(field(value, 'cpuNanoCores')) && isAmount(field(value, 'memoryBytes'))

const isName = (value: unknown, findings: (name: string) => string[]): boolean =>
  typeof value === 'string' && findings(value).length === 0

const isListOf = <T>(value: unknown, most: number, isOne: (one: unknown) => one is T): value is T[] =>
  Array.isArray(value) && value.length <= most && value.every(isOne)

const isContainer = (value: unknown): value is ContainerUsage => isName(field(value, 'name'), dns1123Label) && isAmounts(value)

const isPod = (value: unknown): value is PodUsage => {
  const uid = field(value, 'uid')
  return (
    isMeasured(value) &&
    isName(field(value, 'namespace'), dns1123Label) &&
    isName(field(value, 'name'), dns1123Subdomain) &&
    typeof uid === 'string' &&
    uid.length <= 64 &&
    isListOf(field(value, 'containers'), mostContainers, isContainer)
  )
}
