/**
 * Calls `act` `count` times, with the number of calls before, in batches of 1, 2, 4 …, so that what fails for all fails for few. Stops after a batch with a
 * failure; the first error comes back.
 */
export const slowStart = async (
  count: number,
  act: (index: number) => Promise<void>,
): Promise<{ done: number; error?: unknown }> => {
  let done = 0
  for (let size = Math.min(count, 1); size > 0; size = Math.min(2 * size, count - done)) {
    const results = await Promise.allSettled(Array.from({ length: size }, (_, index) => act(done + index)))
    const failed = results.find((result) => result.status === 'rejected')
    done += results.filter((result) => result.status === 'fulfilled').length
    if (failed) return { done, error: failed.reason }
  }
  return { done }
}
