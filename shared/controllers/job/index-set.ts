import type { Interval } from '../../resources/batch/index-intervals.ts'

/** Indexes of a Job as intervals, in order, none of which touches the next: `1,3-5,7`. */
export type IndexSet = readonly Interval[]

/** Reads what a status or a policy says, those below `completions`; what can't be read is left out. */
export const parseIndexSet = (text: string | undefined, completions: number): IndexSet => {
  const intervals: Interval[] = []
  for (const part of text ? text.split(',') : []) {
    const [left = '', right = left] = part.split('-')
    if (!/^\d+$/.test(left) || !/^\d+$/.test(right)) continue
    const interval = { first: Number(left), last: Math.min(Number(right), completions - 1) }
    if (interval.first >= completions) break
    if (interval.first <= interval.last) intervals.push(interval)
  }
  return union(intervals, [])
}

export const indexSetOf = (indexes: Iterable<number>): IndexSet =>
  union(
    [...new Set(indexes)].sort((a, b) => a - b).map((index) => ({ first: index, last: index })),
    [],
  )

/** Of two lists, each ordered by `first`. */
export const union = (a: readonly Interval[], b: readonly Interval[]): IndexSet => {
  const result: { first: number; last: number }[] = []
  for (let [i, j] = [0, 0]; i < a.length || j < b.length; ) {
    const takesA = j >= b.length || (i < a.length && a[i]!.first < b[j]!.first)
    const { first, last } = takesA ? a[i++]! : b[j++]!
    const before = result.at(-1)
    if (!before || first > before.last + 1) result.push({ first, last })
    else if (before.last < last) before.last = last
  }
  return result
}

export const hasIndex = (set: IndexSet, index: number): boolean => {
  let [low, high] = [0, set.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (set[middle]!.last >= index) high = middle
    else low = middle + 1
  }
  return low < set.length && set[low]!.first <= index
}

/** How many indexes are in both. */
export const overlapSize = (a: IndexSet, b: IndexSet): number => {
  let size = 0
  for (let [i, j] = [0, 0]; i < a.length && j < b.length; ) {
    const [x, y] = [a[i]!, b[j]!]
    size += Math.max(0, Math.min(x.last, y.last) - Math.max(x.first, y.first) + 1)
    if (x.last <= y.last) i++
    if (y.last <= x.last) j++
  }
  return size
}

/** At most `count` indexes below `completions` that are not in the set, the lowest first. */
export const indexesOutside = (set: IndexSet, count: number, completions: number): number[] => {
  const found: number[] = []
  let candidate = 0
  const upTo = (end: number) => {
    for (; candidate < Math.min(end, completions) && found.length < count; candidate++) found.push(candidate)
  }
  for (const { first, last } of set) {
    upTo(first)
    if (found.length >= count) return found
    candidate = Math.max(candidate, last + 1)
  }
  upTo(completions)
  return found
}

export const indexSetText = (set: IndexSet): string =>
  set.map(({ first, last }) => (first === last ? `${first}` : `${first}${last === first + 1 ? ',' : '-'}${last}`)).join(',')
