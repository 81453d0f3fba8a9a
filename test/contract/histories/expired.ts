import { RevisionExpired } from '../../../shared/storage/store.ts'
import type { RecordedExpiry } from './history.ts'

/** Notes that history behind a position was said to be gone; any other error is thrown on. */
export const noteExpired = (
  error: unknown,
  at: number,
  { expiries, through }: { expiries: RecordedExpiry[]; through: string },
) => {
  if (!(error instanceof RevisionExpired)) throw error
  expiries.push({ at, end: Number(process.hrtime.bigint()), through })
}
