import type { Store } from '../../../shared/storage/store.ts'
import type { ManualClock } from '../../fakes/manual-clock.ts'

/** What a driver gives for one test; `close` removes all of it. */
export interface StoreUnderTest {
  readonly store: Store
  /** the store's own; history is kept 600 s of it */
  readonly clock: ManualClock
  /** how many objects are a great many here; a local engine may be slow */
  readonly many: number
  /** does now what the background would do: drop expired objects and old history */
  sweep(): Promise<void>
  close(): Promise<void>
}

export type StoreCases = Readonly<Record<string, (subject: StoreUnderTest) => Promise<void>>>
