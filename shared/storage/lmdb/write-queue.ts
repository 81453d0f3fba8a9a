import { statfsSync } from 'node:fs'
import { type Change, StoreUnavailable } from '../store.ts'
import { type Environment, readCounter, writeCounter } from './environment.ts'
import { OwnChanges } from './own-changes.ts'

/** One write in a group. It must throw what concerns only itself before its first put, so that the group's other writes stand. */
export interface Write<T> {
  run(group: WriteGroup): T
}

export interface WriteGroup {
  readonly environment: Environment
  readonly nowMs: number
  /** the revision of the next change; taken by `take` */
  nextRevision(): number
  take(): number
  /** Says what the revision taken last has changed. */
  changed(change: Change): void
}

interface Waiting {
  readonly write: Write<unknown>
  resolve(value: unknown): void
  reject(error: unknown): void
}

/** Enough to pay for a flush, few enough that reads between groups don't wait. */
const maxGroup = 500

/**
 * Group commit: what arrives while one group is being flushed forms the next. A write resolves when its group is on disk.
 */
export class WriteQueue {
  readonly #environment: Environment
  readonly #path: string
  readonly #now: () => number
  readonly #committed: (revision: number) => void
  /** what is on disk */
  readonly written = new OwnChanges()
  #waiting: Waiting[] = []
  #running: Promise<void> | undefined
  #paused = false
  #ended: StoreUnavailable | undefined

  constructor(options: { environment: Environment; path: string; now: () => number; committed: (revision: number) => void }) {
    this.#environment = options.environment
    this.#path = options.path
    this.#now = options.now
    this.#committed = options.committed
  }

  add<T>(write: Write<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#ended) return reject(this.#ended)
      this.#waiting.push({ write, resolve: resolve as (value: unknown) => void, reject })
      if (!this.#paused) this.#running ??= this.#run()
    })
  }

  /** Resolves when nothing waits. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running
  }

  /** Resolves when the group under way is done; from then on nothing is written until `resume`. */
  async pause(): Promise<void> {
    this.#paused = true
    await this.#running
  }

  resume(): void {
    this.#paused = false
    if (this.#waiting.length > 0) this.#running ??= this.#run()
  }

  /** Writes no more: what waits and what comes is refused. */
  async end(reason: StoreUnavailable): Promise<void> {
    this.#ended = reason
    for (const { reject } of this.#waiting.splice(0)) reject(reason)
    await this.pause()
  }

  async #run(): Promise<void> {
    try {
      // What is added in this turn of the event loop belongs to the first group.
      await new Promise((resolve) => setImmediate(resolve))
      while (this.#waiting.length > 0 && !this.#paused) await this.#commitGroup()
    } finally {
      this.#running = undefined
    }
  }

  async #commitGroup(): Promise<void> {
    const settled: (() => void)[] = []
    let group: Waiting[] = []
    let done: { before: number; changes: readonly Change[] } | undefined
    try {
      await this.#environment.root.childTransaction(() => {
        group = this.#waiting.splice(0, maxGroup)
        done = this.#runGroup(group, settled)
      })
    } catch (error) {
      const failed = await unavailable(error, this.#path)
      // It may have failed before the group was taken.
      if (group.length === 0) group = this.#waiting.splice(0)
      for (const { reject } of group) reject(failed)
      return
    }
    if (done) this.written.push(done.changes, done.before)
    for (const settle of settled) settle()
    const last = done?.changes.at(-1)
    if (last) this.#committed(last.revision)
  }

  /** Answers what was changed, after which revision; undefined: nothing. Whatever isn't about one write alone is thrown, and undoes the group. */
  #runGroup(group: readonly Waiting[], settled: (() => void)[]): { before: number; changes: readonly Change[] } | undefined {
    const environment = this.#environment
    const first = readCounter(environment, 'revision')
    const changes: Change[] = []
    let revision = first
    const context: WriteGroup = {
      environment,
      nowMs: this.#now(),
      nextRevision: () => revision + 1,
      take: () => ++revision,
      changed: (change) => changes.push(change),
    }
    for (const { write, resolve, reject } of group) {
      const before = revision
      try {
        const value = write.run(context)
        settled.push(() => resolve(value))
      } catch (error) {
        if (revision !== before || isLmdbError(error)) throw error
        settled.push(() => reject(error))
      }
    }
    if (revision === first) return undefined
    writeCounter(environment, 'revision', revision)
    return { before: first, changes }
  }
}

const isLmdbError = (error: unknown) => error instanceof Error && ('code' in error || /MDB_/.test(error.message))

/** lmdb puts the reason of a failed commit into a promise beside the error. */
const unavailable = async (error: unknown, path: string): Promise<StoreUnavailable> => {
  const cause = await commitError(error)
  const text = cause instanceof Error ? cause.message : String(cause)
  if (/MDB_MAP_FULL|No space left|quota exceeded|File too large/i.test(text) || freeBytes(path) < fewBytes) {
    return new StoreUnavailable(
      `the disk of "${path}" is full (${text}): free space on it; nothing was lost, and writes go on then`,
      { cause },
    )
  }
  return new StoreUnavailable(`can't write to "${path}": ${text}`, { cause })
}

/** A write cut short by a full disk comes up as a plain input/output error. */
const fewBytes = 1024 * 1024

const freeBytes = (path: string): number => {
  const { bavail, bsize } = statfsSync(path)
  return bavail * bsize
}

const commitError = async (error: unknown): Promise<unknown> => {
  if (!(error instanceof Error && 'commitError' in error)) return error
  try {
    await error.commitError
    return error
  } catch (cause) {
    return cause
  }
}
