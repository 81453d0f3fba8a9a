/** Opens what a process needs at its first event, and again at the next one when that failed. */
export const once = <T>(open: () => Promise<T>): (() => Promise<T>) => onceWith(open)

/** The same, with what the first event says. */
export const onceWith = <A extends readonly unknown[], T>(open: (...first: A) => Promise<T>): ((...first: A) => Promise<T>) => {
  let opened: Promise<T> | undefined
  return (...first) => {
    opened ??= open(...first).catch((error: unknown) => {
      opened = undefined
      throw error
    })
    return opened
  }
}
