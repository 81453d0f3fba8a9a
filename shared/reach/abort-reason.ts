/** Why a call is given up, in Go's words for a time that is over and for whoever has gone; anything else is said as it is. */
export const reasonOf = ({ reason }: AbortSignal): Error => {
  const { name } = reason as { name?: string }
  if (name === 'TimeoutError') return new Error('context deadline exceeded', { cause: reason })
  if (name === 'AbortError') return new Error('context canceled', { cause: reason })
  return reason instanceof Error ? reason : new Error(String(reason))
}
