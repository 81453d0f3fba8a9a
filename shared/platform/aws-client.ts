/**
 * For a client of the AWS SDK, which would wait for ever, over a connection that broke without a word too: a request without an answer
 * fails, and is tried again as others that fail are. Longer than the longest poll.
 */
export const answeredWithin = (timeoutMs: number) => ({
  requestHandler: { connectionTimeout: Math.min(timeoutMs, 5000), requestTimeout: timeoutMs, throwOnRequestTimeout: true },
})
