import type { Clock } from '../platform/clock.ts'

/** Keys to hand out at a later time, with one timer for all of them. */
export interface DueList<K extends string> {
  add(key: K, delayMs: number): void
  /** Like `add`, but takes the place of the wish that the key had before; undefined only removes it. */
  setWish(key: K, delayMs: number | undefined): void
  stop(): void
}

interface Item<K> {
  readonly dueMs: number
  readonly key: K
  readonly wish: boolean
}

export const createDueList = <K extends string>(options: { clock: Clock; onDue: (key: K) => void }): DueList<K> => {
  const { clock, onDue } = options
  const heap: Item<K>[] = []
  const wishes = new Map<K, Item<K>>()
  let timer: { dueMs: number; abort: AbortController } | undefined

  let outdated = 0

  const forgetOutdated = () => {
    const kept = heap.filter((item) => !item.wish || wishes.get(item.key) === item)
    // Sorted is a heap too.
    heap.length = 0
    for (const item of kept.sort((a, b) => a.dueMs - b.dueMs)) heap.push(item)
    outdated = 0
  }

  const arm = () => {
    const first = heap[0]
    if (!first || (timer && timer.dueMs <= first.dueMs)) return
    timer?.abort.abort()
    const abort = new AbortController()
    timer = { dueMs: first.dueMs, abort }
    // setTimeout can't wait longer than 2^31-1 ms.
    void clock.sleep(Math.min(Math.max(0, first.dueMs - clock.now()), 2 ** 31 - 1), abort.signal).then(() => {
      if (abort.signal.aborted) return
      timer = undefined
      fire()
      arm()
    })
  }

  const fire = () => {
    const now = clock.now()
    for (let first = heap[0]; first && first.dueMs <= now; first = heap[0]) {
      pop(heap)
      if (!first.wish) onDue(first.key)
      else if (wishes.get(first.key) === first) {
        wishes.delete(first.key)
        onDue(first.key)
      } else outdated = Math.max(0, outdated - 1)
    }
  }

  const insert = (item: Item<K>) => {
    push(heap, item)
    arm()
  }

  return {
    add: (key, delayMs) => insert({ dueMs: clock.now() + delayMs, key, wish: false }),
    setWish: (key, delayMs) => {
      if (wishes.delete(key)) outdated++
      if (outdated > 1000 && outdated > heap.length / 2) forgetOutdated()
      if (delayMs === undefined) return
      const item = { dueMs: clock.now() + delayMs, key, wish: true }
      wishes.set(key, item)
      insert(item)
    },
    stop: () => {
      heap.length = 0
      wishes.clear()
      timer?.abort.abort()
      timer = undefined
    },
  }
}

const push = <K>(heap: Item<K>[], item: Item<K>) => {
  let at = heap.push(item) - 1
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (heap[parent]!.dueMs <= item.dueMs) break
    heap[at] = heap[parent]!
    at = parent
  }
  heap[at] = item
}

const pop = <K>(heap: Item<K>[]) => {
  const last = heap.pop()
  if (!last || heap.length === 0) return
  let at = 0
  for (;;) {
    let child = 2 * at + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && heap[child + 1]!.dueMs < heap[child]!.dueMs) child++
    if (heap[child]!.dueMs >= last.dueMs) break
    heap[at] = heap[child]!
    at = child
  }
  heap[at] = last
}
