import type { Clock } from '../platform/clock.ts'

/** How old what a process knows of the log is, for those who decide by it. */
export interface LogAge {
  /** Everything that was acknowledged `maxAgeMs` ago is known. A clock that was set back says nothing of the age. */
  isWithin(maxAgeMs: number): boolean
  /** Catches up as `read` does: when it has, everything is known that was acknowledged before it began. */
  during<T>(read: () => Promise<T>): Promise<T>
}

export const createLogAge = (clock: Clock): LogAge => {
  let knownMs = Number.NEGATIVE_INFINITY
  return {
    isWithin: (maxAgeMs) => {
      const ageMs = clock.now() - knownMs
      return ageMs >= 0 && ageMs <= maxAgeMs
    },
    during: async (read) => {
      const startedMs = clock.now()
      const result = await read()
      knownMs = startedMs
      return result
    },
  }
}
