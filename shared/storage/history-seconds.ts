/**
 * How long changes are kept. Upstream drops, each five minutes, what is older than five: so long a paged list may take, and a test of
 * conformance waits ten for its end.
 */
export const defaultHistorySeconds = 450
