/** What a metric says of a pod, in thousandths. */
export interface PodSample {
  readonly milli: number
  readonly atMs: number
  readonly windowMs: number
}

/** by pod name */
export type PodSamples = ReadonlyMap<string, PodSample>

/** Why a metric can't be used, in the words that its user reads. */
export class MetricFailure extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'MetricFailure'
  }
}

const largestInt64 = 2 ** 63

/** Sums that are beyond what a quantity holds are the most that it holds. */
export const sumOf = (values: Iterable<number>): number => {
  let sum = 0
  for (const value of values) sum += value
  return Math.min(sum, largestInt64)
}
