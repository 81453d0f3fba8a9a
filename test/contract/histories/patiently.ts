import { setTimeout as delay } from 'node:timers/promises'
import { StoreUnavailable } from '../../../shared/storage/store.ts'

/** Faults are part of some histories. */
export const patiently = async <T>(work: () => Promise<T>): Promise<T> => {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
      await delay(5)
    }
  }
}
