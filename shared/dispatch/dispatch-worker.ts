import type { Cache } from '../client/cache.ts'
import type { Logger } from '../platform/log.ts'
import type { Letter, Mailboxes } from '../queue/mailboxes.ts'
import { type CausedWork, schedulerWork, type WorkQueues } from '../queue/work-queues.ts'
import { concernsScheduler } from '../scheduler/concern.ts'
import { RevisionExpired, type Store } from '../storage/store.ts'
import { parseObject } from '../storage/tail/parsed-change.ts'
import { whenLoaded } from '../storage/when-loaded.ts'
import type { DispatchChange, Dispatcher } from './dispatch.ts'
import { lettersOf } from './letters.ts'
import type { Resync } from './resync.ts'
import { workOf } from './work-of.ts'

export interface DispatchWorkerOptions {
  readonly dispatcher: Dispatcher
  readonly store: Pick<Store, 'changes'>
  readonly cache: Cache
  readonly queues: WorkQueues
  readonly mailboxes: Mailboxes
  /** for changes whose history is gone */
  readonly resync: Resync
  readonly log: Logger
}

/** Tells everybody concerned of the changes at these revisions. A throw means that all are to be told again; twice does no harm. */
export type DispatchWorker = (revisions: readonly number[]) => Promise<void>

type ReadChange = DispatchChange & Parameters<typeof lettersOf>[0]

export const createDispatchWorker = (options: DispatchWorkerOptions): DispatchWorker => {
  const { store, cache, queues, mailboxes, resync, log } = options

  const concerned = (changes: readonly ReadChange[]): { works: CausedWork[]; letters: Letter[] } => {
    const works: CausedWork[] = []
    const letters: Letter[] = []
    for (const change of changes) {
      const cause = String(change.revision)
      for (const work of workOf(change, options)) works.push({ work, cause })
      if (concernsScheduler(change)) works.push({ work: schedulerWork, cause })
      letters.push(...lettersOf(change, cache))
    }
    return { works, letters }
  }

  return async (revisions) => {
    let changes: ReadChange[]
    try {
      changes = await changesAt(store, revisions)
    } catch (error) {
      if (!(error instanceof RevisionExpired)) throw error
      log.warn('changes are told too late, everything is looked at instead', { error })
      return resync(`expired ${error.oldest}`)
    }
    if (changes.length === 0) return
    const { works, letters } = await whenLoaded(cache, () => concerned(changes))
    await Promise.all([queues.send(works), mailboxes.deliver(letters)])
  }
}

const changesAt = async (store: Pick<Store, 'changes'>, revisions: readonly number[]): Promise<ReadChange[]> => {
  const wanted = new Set(revisions)
  const found: ReadChange[] = []
  const last = Math.max(...revisions)
  for (let after = Math.min(...revisions) - 1; after < last; ) {
    const { changes, position } = await store.changes(after, last - after)
    for (const { type, key, revision, value, previous } of changes) {
      if (!wanted.has(revision)) continue
      const state = parseObject(value)
      found.push({
        key,
        revision,
        resource: key.resource,
        object: type === 'deleted' ? undefined : state,
        previous: type === 'deleted' ? state : previous && parseObject(previous),
      })
    }
    // Nothing further is decided yet: what comes later has a record of its own.
    if (position <= after) break
    after = position
  }
  return found
}
