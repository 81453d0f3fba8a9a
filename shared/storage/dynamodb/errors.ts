/** Which of DynamoDB's failures pass by themselves, and how long to wait for that. */

export const hasName = (error: unknown, ...names: string[]): error is Error =>
  error instanceof Error && names.includes(error.name)

/** Nothing was done; the same may be asked again. */
export const isThrottled = (error: unknown): boolean =>
  hasName(
    error,
    'ProvisionedThroughputExceededException',
    'ThrottlingException',
    'RequestLimitExceeded',
    'TransactionInProgressException',
    'TransactionConflictException',
    'LimitExceededException',
  )

/** The answer did not come: it may have been done or not. */
export const isAmbiguous = (error: unknown): boolean => {
  if (hasName(error, 'TimeoutError', 'AbortError', 'InternalServerError', 'ServiceUnavailable', 'RequestTimeout')) return true
  if (!(error instanceof Error)) return false
  if ('code' in error && ['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT'].includes(String(error.code))) return true
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode
  return status !== undefined && status >= 500
}

export interface Backoff {
  /** waits before the given attempt (from 1); false: patience is at an end */
  before(attempt: number): Promise<boolean>
}

/** Doubling from 20 ms to 2 s, with full jitter, about 10 s in all. */
export const createBackoff = (options: { random?: () => number; attempts?: number } = {}): Backoff => {
  const { random = Math.random, attempts = 12 } = options
  return {
    before: async (attempt) => {
      if (attempt > attempts) return false
      const ceiling = Math.min(2000, 20 * 2 ** attempt)
      await new Promise((resolve) => setTimeout(resolve, random() * ceiling))
      return true
    },
  }
}
