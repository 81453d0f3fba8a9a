import type { ObjectKey } from '../meta/object.ts'

/**
 * A table of objects and one ordered log of their changes.
 *
 * Revisions are positions in the log: positive integers, strictly increasing over the whole store. A revision is known
 * before an object is serialized, so writers pass a function from revision to bytes, and what is stored is exactly what
 * a GET returns. A resolved write is durable. Every error a driver throws is one of the classes below, or `StoreUnavailable`
 * with its `cause`.
 */
export interface Store {
  /** The object, or undefined when there is none. Reads the latest acknowledged state. */
  get(key: ObjectKey): Promise<Entry | undefined>

  /**
   * The objects of one resource in (namespace, name) byte order, consistent at one revision.
   * Throws `RevisionExpired` when `at` or the position of `after` is no longer held, `RevisionInFuture` when `at` is ahead of the log.
   */
  list(resource: string, options?: ListOptions): Promise<ListResult>

  /**
   * The values of the whole latest list, in its order, one by one; resolves with its revision. For who sends them on as they are: a driver
   * need make nothing of an object. The bytes may be others as soon as `visit` has returned.
   */
  listValues(resource: string, namespace: string | undefined, visit: (value: Uint8Array) => void): Promise<number>

  /** Throws `KeyExists` (with the current entry) when there is one. */
  create(key: ObjectKey, encode: Encode, options?: WriteOptions): Promise<Entry>

  /** Replaces the object whose revision is `expected`. Throws `RevisionConflict`, with the current entry or undefined when it is gone. */
  update(key: ObjectKey, expected: number, encode: Encode, options?: WriteOptions): Promise<Entry>

  /** Removes the object whose revision is `expected`; `encode` makes its last state at the revision of the deletion. Throws `RevisionConflict`. */
  delete(key: ObjectKey, expected: number, encode: Encode): Promise<Entry>

  /**
   * Changes with revision > `after`, in order, at most `limit` (default 1000) of them; `position` is how far the answer
   * reaches (≥ the last change), so that a caller with nothing new still advances. Unless there is `more` at once, it
   * reaches at least as far as what was acknowledged before the call. Throws `RevisionExpired` when history
   * after `after` was dropped, `RevisionInFuture` when `after` is ahead of the log.
   */
  changes(after: number, limit?: number): Promise<ChangesResult>

  /** Resolves when the log may reach past `after`, or the signal aborts (then too without an error). May wake without cause. */
  waitForChange(after: number, signal: AbortSignal): Promise<void>

  /** The latest revision of which every write up to it is decided. */
  revision(): Promise<number>

  /** The same without waiting, of a driver that can. */
  readonly revisionNow?: (() => number) | undefined

  /** Drops history up to and including `revision`. Current objects stay. */
  compact(revision: number): Promise<void>

  close(): Promise<void>
}

/** Makes the stored bytes (JSON in UTF-8) for the revision that the write will have. Must be pure: a driver may call it again with another revision. */
export type Encode = (revision: number) => Uint8Array

/** Its properties may be computed when asked for, and not be its own: name them, don't spread it. */
export interface Entry {
  readonly key: ObjectKey
  readonly revision: number
  readonly value: Uint8Array
}

export interface Change {
  readonly type: 'created' | 'updated' | 'deleted'
  readonly key: ObjectKey
  readonly revision: number
  /** after the change; of a deletion, the last state at the deletion's revision */
  readonly value: Uint8Array
  /** before the change; undefined for `created` */
  readonly previous: Uint8Array | undefined
}

export interface ListOptions {
  /** undefined: all namespaces */
  readonly namespace?: string | undefined
  readonly limit?: number | undefined
  /** start behind this key (of the page before) */
  readonly after?: { readonly namespace: string; readonly name: string } | undefined
  /** the state at exactly this revision; default: the latest */
  readonly at?: number | undefined
}

export interface ListResult {
  readonly entries: Entry[]
  /** the revision the list is consistent at */
  readonly revision: number
  /** how many objects follow behind the page; 0: none */
  readonly remaining: number
  /** false: at least so many, where counting them would mean reading them */
  readonly remainingExact?: false | undefined
}

export interface ChangesResult {
  readonly changes: readonly Change[]
  readonly position: number
  /** the answer was full: there may be more at once */
  readonly more: boolean
}

export interface WriteOptions {
  /**
   * The object vanishes by itself this long after the write, with a `deleted` change. Nobody encodes then: its last state is
   * made by the driver's `encodeDeletion` option from the bytes that stand there (default: `jsonDeletion`).
   */
  readonly ttlSeconds?: number | undefined
}

export class KeyExists extends Error {
  readonly current: Entry
  constructor(current: Entry) {
    super(`${current.key.resource} "${current.key.namespace}/${current.key.name}" already exists`)
    this.name = 'KeyExists'
    this.current = current
  }
}

export class RevisionConflict extends Error {
  readonly key: ObjectKey
  /** undefined: the object is gone */
  readonly current: Entry | undefined
  constructor(key: ObjectKey, current: Entry | undefined) {
    super(`${key.resource} "${key.namespace}/${key.name}" is at revision ${current?.revision ?? 'none'}`)
    this.name = 'RevisionConflict'
    this.key = key
    this.current = current
  }
}

export class RevisionExpired extends Error {
  /** the oldest position that still answers */
  readonly oldest: number
  constructor(requested: number, oldest: number) {
    super(`revision ${requested} was dropped, the oldest held is ${oldest}`)
    this.name = 'RevisionExpired'
    this.oldest = oldest
  }
}

export class RevisionInFuture extends Error {
  readonly current: number
  constructor(requested: number, current: number) {
    super(`revision ${requested} is ahead of the log, which is at ${current}`)
    this.name = 'RevisionInFuture'
    this.current = current
  }
}

/** The store can't be asked now (disk full, throttled beyond patience, corrupt). The message says what to do. */
export class StoreUnavailable extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'StoreUnavailable'
  }
}
