/**
 * Whether operations on one object, each with the time it was asked and the time it was answered, can be put in an order that
 * respects real time and in which each finds the state that it says it found. The search is Wing and Gong's (1993), with Lowe's memory
 * of configurations seen (2017), as Porcupine and Knossos have it.
 */
export interface Operation<State> {
  readonly start: number
  /** Infinity: it was never answered, and may take effect at any time, or never */
  readonly end: number
  /** The state after it; undefined: it can't have happened in this one. Pure. */
  readonly apply: (state: State) => State | undefined
}

interface Mark {
  readonly operation: number
  readonly isEnd: boolean
  readonly time: number
  next: Mark | undefined
  previous: Mark | undefined
}

/** undefined: there is an order; else the operation that no order reaches the end of. */
export const findUnexplained = <State>(operations: readonly Operation<State>[], first: State): number | undefined => {
  const head = marksOf(operations)
  const done = new DoneSet(operations.length)
  const seen = new Set<string>()
  const taken: { mark: Mark; end: Mark; state: State }[] = []
  const ends = endsOf(head)
  let state = first
  let furthest: Mark | undefined
  for (let mark = head.next; mark !== undefined; ) {
    const { operation } = mark
    if (mark.isEnd) {
      // All that was answered is in order.
      if (mark.time === Number.POSITIVE_INFINITY) return undefined
      if (furthest === undefined || mark.time > furthest.time) furthest = mark
      const last = taken.pop()
      if (!last) return furthest.operation
      put(last.end)
      put(last.mark)
      done.delete(last.mark.operation)
      state = last.state
      mark = last.mark.next
      continue
    }
    const after = operations[operation]!.apply(state)
    if (after !== undefined) {
      done.add(operation)
      const key = `${done.key()}|${String(after)}`
      if (!seen.has(key)) {
        seen.add(key)
        const end = ends[operation]!
        taken.push({ mark, end, state })
        state = after
        lift(mark)
        lift(end)
        mark = head.next
        continue
      }
      done.delete(operation)
    }
    mark = mark.next
  }
  return undefined
}

/** In order of time; of those at one moment the beginnings first, so that what touches may overlap. */
const marksOf = <State>(operations: readonly Operation<State>[]): Mark => {
  const marks = operations
    .flatMap(({ start, end }, operation) => [
      { operation, isEnd: false, time: start },
      { operation, isEnd: true, time: end },
    ])
    .sort((a, b) => (a.time === b.time ? Number(a.isEnd) - Number(b.isEnd) : a.time < b.time ? -1 : 1))
    .map((mark): Mark => ({ ...mark, next: undefined, previous: undefined }))
  const head: Mark = { operation: -1, isEnd: false, time: Number.NEGATIVE_INFINITY, next: undefined, previous: undefined }
  let last = head
  for (const mark of marks) {
    last.next = mark
    mark.previous = last
    last = mark
  }
  return head
}

const endsOf = (head: Mark): Mark[] => {
  const ends: Mark[] = []
  for (let mark = head.next; mark; mark = mark.next) if (mark.isEnd) ends[mark.operation] = mark
  return ends
}

const lift = (mark: Mark): void => {
  if (mark.previous) mark.previous.next = mark.next
  if (mark.next) mark.next.previous = mark.previous
}

const put = (mark: Mark): void => {
  if (mark.previous) mark.previous.next = mark
  if (mark.next) mark.next.previous = mark
}

/** Which operations are in the order so far; its key is short, since most of those that are begun one after the other are. */
class DoneSet {
  readonly #done: boolean[]
  #least = 0
  #most = -1

  constructor(size: number) {
    this.#done = Array(size).fill(false)
  }

  add(operation: number): void {
    this.#done[operation] = true
    if (operation > this.#most) this.#most = operation
    while (this.#done[this.#least]) this.#least++
  }

  delete(operation: number): void {
    this.#done[operation] = false
    if (operation < this.#least) this.#least = operation
    while (this.#most >= 0 && !this.#done[this.#most]) this.#most--
  }

  key(): string {
    let key = `${this.#least}`
    for (let i = this.#least + 1; i <= this.#most; i++) if (this.#done[i]) key += `,${i}`
    return key
  }
}
