import type { ContainerUsage, NodeUsage, PodUsage } from '../../shared/resources/metrics/node-usage.ts'
import type { ContainerRuntime, ContainerStats, RuntimeContainer, RuntimePod } from '../runtime/runtime.ts'

export type NodeStats = Pick<ContainerStats, 'cpuNanoseconds' | 'memoryWorkingSetBytes'>

/** A container that began so long ago has something to say, though it was not looked at before. */
const freshMs = 10_000

interface Point {
  readonly atMs: number
  readonly cpuNanoseconds: number
}

export interface UsageMeterOptions {
  readonly runtime: Pick<ContainerRuntime, 'pods' | 'stats'>
  /** of all that runs on the node; `pods`: the sum of its containers */
  readonly nodeStats: (pods: NodeStats) => Promise<NodeStats>
  readonly now: () => number
}

/** Measures what runs, each time against the time before. */
export class UsageMeter {
  readonly #options: UsageMeterOptions
  #node: Point | undefined
  /** by id */
  #containers: ReadonlyMap<string, Point> = new Map()

  constructor(options: UsageMeterOptions) {
    this.#options = options
  }

  /** undefined: this is the first look at the node */
  async measure(): Promise<NodeUsage | undefined> {
    const { runtime, nodeStats, now } = this.#options
    const points = new Map<string, Point>()
    const looked = await Promise.all(runtime.pods().map((pod) => this.#pod(pod, points)))
    const sum = looked.reduce((all, { stats }) => added(all, stats), nothing)
    const node = await nodeStats(sum)
    const atMs = now()
    const before = this.#node
    this.#node = { atMs, cpuNanoseconds: node.cpuNanoseconds }
    this.#containers = points
    if (!before || atMs <= before.atMs) return undefined
    const pods = looked.flatMap(({ usage }) => usage ?? [])
    return { ...span(before, this.#node), memoryBytes: node.memoryWorkingSetBytes, pods }
  }

  async #pod(pod: RuntimePod, points: Map<string, Point>): Promise<{ usage: PodUsage | undefined; stats: NodeStats }> {
    const running = newestOfEach(pod).filter(({ state }) => state === 'running')
    const looked = await Promise.all(running.map((container) => this.#container(container, points)))
    const stats = looked.reduce((all, one) => added(all, one?.stats ?? nothing), nothing)
    const { namespace, name, uid } = pod
    // A pod of which a part is not known is not known.
    const spans = looked.map((one) => one?.usage)
    if (spans.length === 0 || !spans.every((one) => one !== undefined)) return { usage: undefined, stats }
    const earliest = spans.reduce((a, b) => (b.atMs < a.atMs ? b : a))
    const containers = spans
      .toSorted(byName)
      .map(({ name, cpuNanoCores, memoryBytes }): ContainerUsage => ({ name, cpuNanoCores, memoryBytes }))
    return { usage: { atMs: earliest.atMs, windowMs: earliest.windowMs, namespace, name, uid, containers }, stats }
  }

  async #container({ id, name, startedAt }: RuntimeContainer, points: Map<string, Point>) {
    const { runtime, now } = this.#options
    // It may have ended since.
    const stats = await runtime.stats(id).catch(() => undefined)
    if (!stats) return undefined
    const point: Point = { atMs: now(), cpuNanoseconds: stats.cpuNanoseconds }
    points.set(id, point)
    const started =
      startedAt !== undefined && point.atMs - startedAt >= freshMs ? { atMs: startedAt, cpuNanoseconds: 0 } : undefined
    const before = this.#containers.get(id) ?? started
    if (!before || point.atMs <= before.atMs || point.cpuNanoseconds < before.cpuNanoseconds) return { stats, usage: undefined }
    return { stats, usage: { name, ...span(before, point), memoryBytes: stats.memoryWorkingSetBytes } }
  }
}

const nothing: NodeStats = { cpuNanoseconds: 0, memoryWorkingSetBytes: 0 }
const added = (a: NodeStats, b: NodeStats): NodeStats => ({
  cpuNanoseconds: a.cpuNanoseconds + b.cpuNanoseconds,
  memoryWorkingSetBytes: a.memoryWorkingSetBytes + b.memoryWorkingSetBytes,
})

const byName = (a: ContainerUsage, b: ContainerUsage) => (a.name < b.name ? -1 : 1)

const span = (before: Point, after: Point) => {
  const windowMs = after.atMs - before.atMs
  const used = Math.max(0, after.cpuNanoseconds - before.cpuNanoseconds)
  return { atMs: after.atMs, windowMs, cpuNanoCores: Math.round((used * 1000) / windowMs) }
}

/** Those before, which may not be removed yet, are dead. */
const newestOfEach = ({ containers }: RuntimePod): RuntimeContainer[] => [
  ...new Map(containers.toReversed().map((one) => [one.name, one] as const)).values(),
]
