export class OutOfTime extends Error {
  override readonly name = 'OutOfTime'
}

/** When several pieces of work are to be done, in real time: that is what functions are given. */
export interface Deadline {
  /** What the work comes to, or `OutOfTime`. The work itself is not stopped. */
  meet<T>(work: Promise<T>): Promise<T>
  /** It does not matter any more. */
  close(): void
}

/** `Infinity`: never; what is not positive: it has passed. */
export const openDeadline = (withinMs: number): Deadline => {
  const late = Promise.withResolvers<never>()
  late.promise.catch(() => undefined)
  const leftMs = Math.max(0, withinMs)
  const pass = () => late.reject(new OutOfTime(`was not done within ${Math.round(leftMs / 1000)} s`))
  const timer = Number.isFinite(leftMs) ? setTimeout(pass, leftMs) : undefined
  return {
    meet: (work) => {
      // What comes late has nobody who waits for it.
      work.catch(() => undefined)
      return Promise.race([work, late.promise])
    },
    close: () => clearTimeout(timer),
  }
}
