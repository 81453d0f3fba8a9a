/** Lets so many tasks run at a time; urgent ones go before those that wait. */
export const createGate = (width: number) => {
  const waiting: (() => void)[] = []
  let free = width
  return async <T>(task: () => Promise<T>, { urgent = false } = {}): Promise<T> => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => (urgent ? waiting.unshift(resolve) : waiting.push(resolve)))
    try {
      return await task()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free++
    }
  }
}
