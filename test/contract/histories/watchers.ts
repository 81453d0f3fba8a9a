import type { Store } from '../../../shared/storage/store.ts'
import { openLogTail } from '../../../shared/storage/tail/open.ts'
import { seededRandom } from '../random.ts'
import { readThroughCache } from './cache-readers.ts'
import type { RecordedChange, RecordedList, RecordedWatch } from './history.ts'
import { watchThroughHttp } from './http-watchers.ts'
import { recordedChange } from './marked-object.ts'
import { patiently } from './patiently.ts'
import { watchThroughTail } from './tail-watchers.ts'

export interface Watchers {
  /** Everybody sees the log to its present end, then leaves. */
  stop(): Promise<{ watches: RecordedWatch[]; lists: RecordedList[] }>
}

/** So few that those who join, and those who are slow, are behind it every now and then. */
const heldChanges = 8

/** Watchers of the store itself, of the tail that a process shares, of caches, and over HTTP: some quick, some slow, some that leave and come back. */
export const startWatchers = async (store: Store, seed: number): Promise<Watchers> => {
  const stop = new AbortController()
  const from = await store.revision()
  const tail = await patiently(() => openLogTail({ store, heldChanges }))
  const random = seededRandom(seed)
  const common = { store, tail, stop: stop.signal, from }
  const watching = Promise.all([
    ...[from, 1].map((start) => watchStore(store, start, stop.signal)),
    ...watchThroughTail({ ...common, random }),
    ...watchThroughHttp({ ...common, random: seededRandom(seed + 1) }),
  ])
  const reading = readThroughCache({ ...common, random: seededRandom(seed + 2) })
  return {
    stop: async () => {
      stop.abort()
      const watches = (await watching).flat()
      const lists = await reading
      await tail.close()
      return { watches, lists }
    },
  }
}

const watchStore = async (store: Store, from: number, stop: AbortSignal): Promise<RecordedWatch[]> => {
  const changes: RecordedChange[] = []
  let position = from
  let last: number | undefined
  while (last === undefined || position < last) {
    await patiently(async () => {
      await store.waitForChange(position, stop)
      const answer = await store.changes(position, 7)
      changes.push(...answer.changes.map(recordedChange))
      position = answer.position
      if (stop.aborted) last ??= await store.revision()
    })
  }
  return [{ from, position, changes, through: 'the store' }]
}
