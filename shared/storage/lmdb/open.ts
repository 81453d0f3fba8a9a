import { type Clock, systemClock } from '../../platform/clock.ts'
import { type ChangeNotifier, ChangeSignal } from '../change-signal.ts'
import { jsonDeletion } from '../deletion.ts'
import type { StoreFormat } from '../format.ts'
import type { Heartbeats } from '../heartbeats.ts'
import { defaultHistorySeconds } from '../history-seconds.ts'
import { RevisionInFuture, type Store, StoreUnavailable } from '../store.ts'
import { backupTo } from './backup.ts'
import { checkDirectory, unusable } from './directory.ts'
import { type Environment, openEnvironment, readCounter } from './environment.ts'
import { lmdbFormat, upgradeMap } from './format.ts'
import { createLmdbHeartbeats } from './heartbeats.ts'
import { dropHistory, dropHistoryBefore } from './history.ts'
import { objectKeyBytes } from './keys.ts'
import { awaitNoWorkers, passGate, serveGate } from './opening-gate.ts'
import { takeOwnerLock } from './owner-lock.ts'
import { listObjects, readChanges, visitObjects } from './reads.ts'
import { objectEntry } from './record.ts'
import { WriteQueue } from './write-queue.ts'
import { createWrite, deleteWrite, type EncodeDeletion, expireWrite, updateWrite } from './writes.ts'

export interface LmdbStoreOptions {
  /** a directory of the store's own */
  readonly path: string
  /** `owner` (default) makes the store, sweeps it and is alone in that; any number of `worker` processes read and write beside it */
  readonly role?: 'owner' | 'worker' | undefined
  readonly clock?: Clock | undefined
  /** @default defaultHistorySeconds */
  readonly historySeconds?: number | undefined
  /** bytes of address space to begin with; the map grows by itself */
  readonly mapSize?: number | undefined
  /** between the processes that share the map; without it others are noticed within half a second */
  readonly notify?: ChangeNotifier | undefined
  /** how the last state of an object that expires is made; default: JSON with its metadata.resourceVersion set */
  readonly encodeDeletion?: EncodeDeletion | undefined
  /** how often expired objects and old history are swept; default 5 s */
  readonly sweepMs?: number | undefined
  /** @default lmdbFormat */
  readonly format?: StoreFormat<Environment> | undefined
}

export interface LmdbStore extends Store {
  readonly heartbeats: Heartbeats
  /** A consistent copy into a new directory while the store is in use; open it as any store, or by `restoreLmdbStore`. */
  backup(path: string): Promise<void>
  /** What the owner's background does: expires objects and drops old history. */
  sweep(): Promise<void>
}

export const openLmdbStore = async (options: LmdbStoreOptions): Promise<LmdbStore> => {
  const { path, role = 'owner', clock = systemClock, historySeconds = defaultHistorySeconds, sweepMs = 5000, notify } = options
  const { encodeDeletion = jsonDeletion, format = lmdbFormat } = options
  const closing = new AbortController()
  const signal = new ChangeSignal({ pollMs: 500 })
  const open = () => {
    const environment = openEnvironment({ path, mapSize: options.mapSize })
    const committed = (revision: number) => {
      signal.wake()
      notify?.publish(revision)
    }
    return { environment, queue: new WriteQueue({ environment, path, now: () => clock.now(), committed }) }
  }
  const { environment, queue, leave } = await enter({ path, role, format, open })
  const unsubscribe = notify?.subscribe(() => signal.wake())
  const heartbeats = createLmdbHeartbeats({ environment, queue })

  /** Other processes write too: what they acknowledged before this call must be seen, so the snapshot of this turn won't do. */
  const fresh = (): Environment => {
    if (closing.signal.aborted) throw new StoreUnavailable('the store is closed')
    environment.root.resetReadTxn()
    return environment
  }
  const write: WriteQueue['add'] = (item) => {
    fresh()
    return queue.add(item)
  }
  const sweep = async () => {
    while ((await write(expireWrite({ limit: 100, encodeDeletion }))) === 100);
    await dropHistoryBefore(queue, clock.now() - historySeconds * 1000)
    // A reader that was killed would keep old pages from being used again.
    environment.root.readerCheck()
  }
  const sweeping = role === 'owner' ? sweepInBackground({ sweep, clock, sweepMs, signal: closing.signal }) : undefined

  return {
    get: async (key) => {
      const record = fresh().objects.get(objectKeyBytes(key))
      return record && objectEntry(key, record)
    },
    list: async (resource, listOptions = {}) => listObjects(fresh(), resource, listOptions),
    listValues: async (resource, namespace, visit) => visitObjects(fresh(), { resource, namespace }, visit),
    create: async (key, encode, { ttlSeconds } = {}) => write(createWrite({ key, encode, ttlSeconds })),
    update: async (key, expected, encode, { ttlSeconds } = {}) => write(updateWrite({ key, expected, encode, ttlSeconds })),
    delete: async (key, expected, encode) => write(deleteWrite({ key, expected, encode })),
    changes: async (after, limit = 1000) => readChanges(fresh(), { after, limit, written: queue.written }),
    waitForChange: async (after, abort) => {
      if (abort.aborted || readCounter(fresh(), 'revision') > after) return
      await signal.wait(abort)
    },
    revision: async () => readCounter(fresh(), 'revision'),
    revisionNow: () => readCounter(fresh(), 'revision'),
    compact: async (revision) => {
      const latest = readCounter(fresh(), 'revision')
      if (revision > latest) throw new RevisionInFuture(revision, latest)
      await dropHistory(queue, revision)
    },
    close: async () => {
      if (closing.signal.aborted) return
      await heartbeats.close()
      closing.abort()
      unsubscribe?.()
      signal.close()
      await sweeping
      await queue.idle()
      await environment.root.close()
      await leave()
    },
    heartbeats,
    backup: (to) => backupTo(fresh(), to),
    sweep,
  }
}

interface Entrance {
  readonly path: string
  readonly role: 'owner' | 'worker'
  readonly format: StoreFormat<Environment>
  readonly open: () => Opened
}

const enter = async (entrance: Entrance): Promise<Opened & { leave(): Promise<void> }> => {
  const { path, role, format, open } = entrance
  try {
    checkDirectory({ path, role, format })
    return await (role === 'owner' ? openAsOwner(entrance) : passGate({ directory: path, open }))
  } catch (error) {
    throw unusable(path, error)
  }
}

const openAsOwner = async ({ path, format, open }: Entrance): Promise<Opened & { leave(): Promise<void> }> => {
  const release = takeOwnerLock(path)
  let opened: Opened | undefined
  try {
    await awaitNoWorkers(path)
    opened = open()
    await upgradeMap({ environment: opened.environment, path, format })
    const gate = await serveGate({ directory: path, queue: opened.queue })
    const leave = async () => {
      await gate.close()
      release()
    }
    return { ...opened, leave }
  } catch (error) {
    await opened?.environment.root.close()
    release()
    throw error
  }
}

interface Opened {
  readonly environment: Environment
  readonly queue: WriteQueue
}

const sweepInBackground = async (options: { sweep: () => Promise<void>; clock: Clock; sweepMs: number; signal: AbortSignal }) => {
  const { sweep, clock, sweepMs, signal } = options
  for (;;) {
    await clock.sleep(sweepMs, signal)
    if (signal.aborted) return
    try {
      await sweep()
    } catch (error) {
      // A full disk: those who write are told; the next round tries again.
      if (!(error instanceof StoreUnavailable)) throw error
    }
  }
}
