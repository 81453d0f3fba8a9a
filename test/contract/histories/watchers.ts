import { setTimeout as delay } from 'node:timers/promises'
import type { Store } from '../../../shared/storage/store.ts'
import { openLogTail } from '../../../shared/storage/tail/open.ts'
import { seededRandom } from '../random.ts'
import { readThroughCache } from './cache-readers.ts'
import { noteExpired } from './expired.ts'
import { type History, mergeHistories, type RecordedExpiry, type RecordedWatch } from './history.ts'
import { listThroughHttp } from './http-lists.ts'
import { serveHistories } from './http-requests.ts'
import { watchAsleepThroughHttp, watchThroughHttp } from './http-watchers.ts'
import { recordedChange } from './marked-object.ts'
import { patiently } from './patiently.ts'
import { HistoryFinding } from './run-seeds.ts'
import { watchAsleep, watchThroughTail } from './tail-watchers.ts'

export interface Watchers {
  /** Everybody sees the log to its present end, then leaves. */
  stop(): Promise<History>
}

/** So few that those who join, and those who are slow, are behind it every now and then. */
const heldChanges = 8

/** Watchers of the store itself, of the tail that a process shares, of caches, and over HTTP: some quick, some slow, some that leave and come back, and some of a process that sleeps. */
export const startWatchers = async (store: Store, seed: number, beginning: number): Promise<Watchers> => {
  const stop = new AbortController()
  const from = await store.revision()
  const tail = await patiently(() => openLogTail({ store, heldChanges }))
  const sleeping = await patiently(() => openLogTail({ store, heldChanges, follow: 'subscribed' }))
  const random = seededRandom(seed)
  const common = { store, tail, stop: stop.signal, from, beginning }
  const asleep = { ...common, tail: sleeping }
  const handle = serveHistories(common)
  const working = [
    ...[from, beginning].map((start) => watchStore(store, start, stop.signal)),
    ...watchThroughTail({ ...common, random }),
    watchAsleep({ ...asleep, random }),
    ...watchThroughHttp({ ...common, handle, random: seededRandom(seed + 1) }),
    watchAsleepThroughHttp({ ...asleep, handle: serveHistories(asleep), random: seededRandom(seed + 5) }),
    listThroughHttp({ ...common, handle, random: seededRandom(seed + 3) }),
    readThroughCache({ ...common, random: seededRandom(seed + 2), pauseMs: 8, through: 'a cache' }),
    readThroughCache({ ...asleep, random: seededRandom(seed + 4), pauseMs: 80, through: 'a cache that sleeps' }),
  ]
  const worked = Promise.all(working)
  // Who fails is heard of at the end.
  worked.catch(() => undefined)
  return {
    stop: async () => {
      stop.abort()
      const histories = await Promise.race([worked, tooLate()])
      await tail.close()
      await sleeping.close()
      return mergeHistories(histories)
    },
  }
}

/** Much longer than faults of a store last. */
const patienceMs = 60_000

const tooLate = async (): Promise<never> => {
  await delay(patienceMs, undefined, { ref: false })
  throw new HistoryFinding(`somebody watched for ${patienceMs} ms and did not come to the end of the log`)
}

const watchStore = async (store: Store, start: number, stop: AbortSignal): Promise<History> => {
  const watches: RecordedWatch[] = []
  const expiries: RecordedExpiry[] = []
  const through = 'the store'
  let watch = { from: start, position: start, changes: [] as RecordedWatch['changes'], through }
  let last: number | undefined
  while (last === undefined || watch.position < last) {
    try {
      await patiently(async () => {
        await store.waitForChange(watch.position, stop)
        const { changes, position } = await store.changes(watch.position, 7)
        watch = { ...watch, changes: [...watch.changes, ...changes.map(recordedChange)], position }
        if (stop.aborted) last ??= await store.revision()
      })
    } catch (error) {
      noteExpired(error, watch.position, { expiries, through })
      watches.push(watch)
      const from = await patiently(() => store.revision())
      watch = { from, position: from, changes: [], through }
    }
  }
  return { writes: [], reads: [], lists: [], watches: [...watches, watch], expiries }
}
