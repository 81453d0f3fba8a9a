import type { Change } from '../../../shared/storage/store.ts'
import type { Scope } from './scope.ts'

/** What clients of a store did and saw. Times are of one monotonic clock (nanoseconds). */
export interface History {
  readonly writes: readonly RecordedWrite[]
  readonly reads: readonly RecordedRead[]
  readonly lists: readonly RecordedList[]
  readonly watches: readonly RecordedWatch[]
  /** what was dropped of the log, and who was told so */
  readonly drops?: readonly RecordedDrop[] | undefined
  readonly expiries?: readonly RecordedExpiry[] | undefined
  /** the log as far as it was read before any of it was dropped */
  readonly archive?: Archive | undefined
  /** what a client found by itself */
  readonly found?: readonly string[] | undefined
}

interface Span {
  readonly start: number
  readonly end: number
}

export interface RecordedWrite extends Span {
  readonly type: Change['type']
  readonly name: string
  /** stands in the object, and is of this attempt alone */
  readonly mark: string
  /** the revision it was to replace or remove; undefined: a creation, there was to be none */
  readonly expected?: number | undefined
  /** it goes by itself: then its own mark stands in a deletion too */
  readonly expires?: boolean | undefined
  /** `unknown`: the store could not say */
  readonly outcome: 'done' | 'refused' | 'unknown'
  /** of what was done */
  readonly revision?: number | undefined
}

export interface RecordedRead extends Span {
  readonly name: string
  /** undefined: there was none */
  readonly revision: number | undefined
  /** what stood in it */
  readonly mark?: string | undefined
}

export interface RecordedList extends Span {
  readonly revision: number
  readonly entries: readonly (readonly [name: string, revision: number, mark?: string])[]
  /** it was asked for as of a revision, which says nothing of when */
  readonly past?: boolean | undefined
  /** default: all pods */
  readonly scope?: Scope | undefined
  /** what was asked */
  readonly through?: string | undefined
}

export interface RecordedChange {
  readonly type: Change['type']
  readonly name: string
  readonly revision: number
  readonly mark: string
}

export interface RecordedWatch {
  readonly from: number
  /** everything up to here was seen */
  readonly position: number
  readonly changes: readonly RecordedChange[]
  /** what the watcher wanted; default: everything. With a side its events tell of no marks */
  readonly scope?: Scope | undefined
  /** how it watched */
  readonly through?: string | undefined
}

export interface RecordedDrop {
  /** changes up to here were to go */
  readonly upTo: number
  readonly start: number
}

export interface RecordedExpiry {
  /** the position that was said to be gone */
  readonly at: number
  readonly end: number
  readonly through: string
}

export interface Archive {
  readonly changes: readonly RecordedChange[]
  readonly position: number
}

export const mergeHistories = (parts: readonly History[]): History => ({
  writes: parts.flatMap(({ writes }) => writes),
  reads: parts.flatMap(({ reads }) => reads),
  lists: parts.flatMap(({ lists }) => lists),
  watches: parts.flatMap(({ watches }) => watches),
  drops: parts.flatMap(({ drops }) => drops ?? []),
  expiries: parts.flatMap(({ expiries }) => expiries ?? []),
  archive: parts.find(({ archive }) => archive)?.archive,
  found: parts.flatMap(({ found }) => found ?? []),
})

export const countOperations = ({ writes, reads, lists }: History): number => writes.length + reads.length + lists.length
