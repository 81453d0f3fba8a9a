import type { Clock } from '../platform/clock.ts'
import type { Logger } from '../platform/log.ts'
import { createDueList } from './due-list.ts'
import type { Queue } from './queue.ts'

export interface InProcessQueueOptions<K extends string> {
  /** Does the work for a key, never twice at once for the same one. A throw is retried with exponential back-off. */
  readonly work: (key: K) => Promise<WorkResult>
  readonly clock: Clock
  readonly log: Logger
  /** how many keys are worked on at once; default 8 */
  readonly concurrency?: number
  /** first and longest delay after failures; default 5 ms and 5 min */
  readonly backOff?: { readonly firstMs: number; readonly maxMs: number }
}

/** `requeueAfter` in milliseconds; it replaces what an earlier run of the same key asked for. */
export type WorkResult = { readonly requeueAfter?: number | undefined } | undefined | void

export interface InProcessQueue<K extends string> extends Queue<K> {
  add(key: K): void
  addAfter(key: K, delayMs: number): void
  /** Resolves when nothing waits and nothing is being worked on (timers may be pending). */
  idle(): Promise<void>
  /** Takes nothing new; resolves when the work under way is done. */
  stop(): Promise<void>
}

export const createInProcessQueue = <K extends string>(options: InProcessQueueOptions<K>): InProcessQueue<K> => {
  const { work, clock, log, concurrency = 8, backOff = { firstMs: 5, maxMs: 300_000 } } = options
  const waiting = new Set<K>()
  const running = new Set<K>()
  const again = new Set<K>()
  const failures = new Map<K, number>()
  const idleWaiters: (() => void)[] = []
  let stopped = false

  const add = (key: K) => {
    if (stopped) return
    if (running.has(key)) again.add(key)
    else waiting.add(key)
    pump()
  }
  const due = createDueList<K>({ clock, onDue: add })

  const pump = () => {
    for (const key of waiting) {
      if (running.size >= concurrency) return
      waiting.delete(key)
      running.add(key)
      void run(key)
    }
  }

  const run = async (key: K) => {
    try {
      const result = await work(key)
      failures.delete(key)
      due.setWish(key, result?.requeueAfter)
    } catch (error) {
      const count = failures.get(key) ?? 0
      failures.set(key, count + 1)
      const delay = Math.min(backOff.firstMs * 2 ** count, backOff.maxMs)
      const fields = { key, retryInMs: delay, error }
      // The first few are the ordinary conflicts of optimistic writers.
      if (count < 4) log.debug('work failed, will retry', fields)
      else log.warn('work failed, will retry', fields)
      due.setWish(key, delay)
    }
    running.delete(key)
    if (again.delete(key) && !stopped) waiting.add(key)
    if (stopped) waiting.clear()
    pump()
    if (waiting.size === 0 && running.size === 0) for (const resolve of idleWaiters.splice(0)) resolve()
  }

  const idle = () =>
    waiting.size === 0 && running.size === 0 ? Promise.resolve() : new Promise<void>((resolve) => idleWaiters.push(resolve))

  return {
    add,
    addAfter: (key, delayMs) => {
      if (stopped) return
      if (delayMs <= 0) add(key)
      else due.add(key, delayMs)
    },
    idle,
    stop: () => {
      stopped = true
      waiting.clear()
      again.clear()
      due.stop()
      return idle()
    },
  }
}
