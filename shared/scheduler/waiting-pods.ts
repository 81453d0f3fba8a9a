import type { PodInfo } from './pod-info.ts'

interface Waiting {
  readonly info: PodInfo
  readonly sinceMs: number
  attempts: number
  /** not before */
  dueMs: number
  /** waits for the cluster to change */
  parked: boolean
}

const firstBackOffMs = 1000
const maxBackOffMs = 10_000
/** a parked pod is tried again after this long, whatever happened */
const maxParkedMs = 300_000

/** Pods that want a node: ready ones by priority and age; those that found none wait for a change, and at least their back-off. */
export class WaitingPods {
  readonly #pods = new Map<string, Waiting>()

  get size() {
    return this.#pods.size
  }

  set(info: PodInfo, nowMs: number): void {
    const before = this.#pods.get(info.uid)
    if (before && before.info.signature === info.signature) this.#pods.set(info.uid, { ...before, info })
    else this.#pods.set(info.uid, { info, sinceMs: before?.sinceMs ?? nowMs, attempts: 0, dueMs: nowMs, parked: false })
  }

  /** Only these still want a node. */
  retain(uids: ReadonlySet<string>): void {
    for (const uid of this.#pods.keys()) if (!uids.has(uid)) this.#pods.delete(uid)
  }

  remove(uid: string): void {
    this.#pods.delete(uid)
  }

  /** Something has changed that may help those that found no node; `helps`: only some of them. */
  unpark(helps?: (info: PodInfo) => boolean): void {
    for (const waiting of this.#pods.values()) if (!helps || helps(waiting.info)) waiting.parked = false
  }

  /** It has a node, and waits for something of its own to change. */
  hold(uid: string, nowMs: number): void {
    const waiting = this.#pods.get(uid)
    if (!waiting) return
    waiting.dueMs = nowMs
    waiting.parked = true
  }

  failed(uid: string, nowMs: number): void {
    const waiting = this.#pods.get(uid)
    if (!waiting) return
    waiting.dueMs = nowMs + Math.min(maxBackOffMs, firstBackOffMs * 2 ** waiting.attempts)
    waiting.attempts++
    waiting.parked = true
  }

  /** The next pods to look at, the most urgent first. */
  take(limit: number, nowMs: number): PodInfo[] {
    const ready: Waiting[] = []
    for (const waiting of this.#pods.values()) if (isReady(waiting, nowMs)) ready.push(waiting)
    ready.sort((a, b) => b.info.priority - a.info.priority || a.sinceMs - b.sinceMs)
    return ready.slice(0, limit).map(({ info }) => info)
  }

  nominated(): PodInfo[] {
    const found: PodInfo[] = []
    for (const { info } of this.#pods.values()) if (info.pod.status?.nominatedNodeName) found.push(info)
    return found
  }

  /** Milliseconds until the next one is ready; undefined: none waits. */
  untilNextMs(nowMs: number): number | undefined {
    let next: number | undefined
    for (const { parked, dueMs } of this.#pods.values()) {
      const at = parked ? dueMs + maxParkedMs : dueMs
      next = next === undefined ? at : Math.min(next, at)
    }
    return next === undefined ? undefined : Math.max(0, next - nowMs)
  }
}

const isReady = ({ parked, dueMs }: Waiting, nowMs: number) => dueMs + (parked ? maxParkedMs : 0) <= nowMs
