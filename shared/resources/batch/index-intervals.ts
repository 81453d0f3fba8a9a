/** An interval of indexes of a Job, both ends included. */
export interface Interval {
  readonly first: number
  readonly last: number
}

/** Beyond 64 bits there is no number to Go. */
const isInteger = (text: string) =>
  /^[+-]?\d+$/.test(text) && BigInt.asIntN(64, BigInt(text.replace('+', ''))) === BigInt(text.replace('+', ''))

const index = (text: string, completions: number): number => {
  if (!isInteger(text)) throw new Error(`cannot convert string to integer for index: ${JSON.stringify(text)}`)
  const value = Number(text)
  if (value >= completions) throw new Error(`too large index: ${JSON.stringify(text)}`)
  return value
}

const parseInterval = (text: string, completions: number): Interval => {
  const [left = '', right, ...more] = text.split('-')
  if (more.length > 0) {
    throw new Error(
      `the fragment ${JSON.stringify(text)} violates the requirement that an index interval can have at most two parts separated by '-'`,
    )
  }
  const first = index(left, completions)
  if (right === undefined) return { first, last: first }
  const last = index(right, completions)
  if (first >= last) throw new Error(`non-increasing order, previous: ${first}, current: ${last}`)
  return { first, last }
}

/** Of a text such as `1,3-5,7`; throws in words when it has another form. */
export const parseIntervals = (text: string, completions: number): Interval[] => {
  if (text === '') return []
  const intervals: Interval[] = []
  for (const part of text.split(',')) {
    const interval = parseInterval(part, completions)
    const previous = intervals.at(-1)
    if (previous && previous.last >= interval.first) {
      throw new Error(`non-increasing order, previous: ${previous.last}, current: ${interval.first}`)
    }
    intervals.push(interval)
  }
  return intervals
}

export const countOf = (intervals: readonly Interval[]): number =>
  intervals.reduce((sum, { first, last }) => sum + last - first + 1, 0)

const readable = (text: string, completions: number): Interval[] =>
  text === ''
    ? []
    : text.split(',').flatMap((part) => {
        try {
          return [parseInterval(part, completions)]
        } catch {
          // said where the text itself is looked at
          return []
        }
      })

/** The first index that is in both. */
export const overlapOf = (a: string, b: string, completions: number): number | undefined => {
  const [left, right] = [readable(a, completions), readable(b, completions)]
  for (let [i, j] = [0, 0]; i < left.length && j < right.length; ) {
    const [x, y] = [left[i], right[j]] as [Interval, Interval]
    if (x.first <= y.last && y.first <= x.last) return Math.max(x.first, y.first)
    if (x.first <= y.first) i++
    else j++
  }
  return undefined
}
