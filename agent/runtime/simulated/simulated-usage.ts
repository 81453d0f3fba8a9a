import { parseQuantity, QuantityError, toUnits } from '../../../shared/meta/quantity.ts'
import type { Pod } from '../../../shared/resources/resource.ts'
import type { NodeStats } from '../../usage/usage-meter.ts'

/** What each container of the pod seems to use: `250m`. With a dot and a container's name behind it, that one alone. */
const cpuAnnotation = 'simulated.windlass.dev/cpu'
/** Likewise: `64Mi`. */
const memoryAnnotation = 'simulated.windlass.dev/memory'

/** Of who says nothing. */
const usual = { cpu: '1m', memory: '1Mi' }
/** Of a node, beside its pods. */
const overhead = { nanoCores: 10_000_000, memoryBytes: 100 * 2 ** 20 }

/** As annotations have it now; what is no quantity is as if it were not there. */
export const usageOf = (pod: Pod | undefined, container: string): { nanoCores: number; memoryBytes: number } => {
  const annotations = pod?.metadata.annotations ?? {}
  const amount = (name: string, otherwise: string) => {
    const text = annotations[`${name}.${container}`] ?? annotations[name] ?? otherwise
    try {
      return parseQuantity(text)
    } catch (error) {
      if (!(error instanceof QuantityError)) throw error
      return parseQuantity(otherwise)
    }
  }
  return {
    nanoCores: Math.max(0, Number(amount(cpuAnnotation, usual.cpu).nano)),
    memoryBytes: Math.max(0, toUnits(amount(memoryAnnotation, usual.memory))),
  }
}

/** Counters of containers whose use of a processor changes now and then. */
export class SimulatedProcessors {
  readonly #counters = new Map<string, { atMs: number; nanoseconds: number }>()

  /** Since it started; from the last look on it used as much as it does now. */
  until(id: string, nowMs: number, { nanoCores, startedMs }: { nanoCores: number; startedMs: number }): number {
    const before = this.#counters.get(id)
    const { atMs, nanoseconds } = before && before.atMs >= startedMs ? before : { atMs: startedMs, nanoseconds: 0 }
    const now = { atMs: nowMs, nanoseconds: nanoseconds + (nanoCores * Math.max(0, nowMs - atMs)) / 1000 }
    this.#counters.set(id, now)
    return now.nanoseconds
  }

  forget(id: string): void {
    this.#counters.delete(id)
  }
}

/** Its pods', and a little. Pods that end take their part along, and a counter never goes back. */
export const simulatedNodeStats = (now: () => number): ((pods: NodeStats) => Promise<NodeStats>) => {
  const begunMs = now()
  let own = 0
  let lastPods = 0
  return async (pods) => {
    own += Math.max(0, pods.cpuNanoseconds - lastPods)
    lastPods = pods.cpuNanoseconds
    return {
      cpuNanoseconds: own + (overhead.nanoCores * (now() - begunMs)) / 1000,
      memoryWorkingSetBytes: overhead.memoryBytes + pods.memoryWorkingSetBytes,
    }
  }
}
