import { setTimeout as delay } from 'node:timers/promises'
import { pods } from '../../../shared/resources/resource.ts'
import type { LogTail } from '../../../shared/storage/log-tail.ts'
import { type Store, StoreUnavailable } from '../../../shared/storage/store.ts'
import { createStoreCache } from '../../../shared/storage/store-cache.ts'
import type { Random } from '../random.ts'
import type { RecordedList } from './history.ts'
import { patiently } from './patiently.ts'

export interface CacheReaderOptions {
  readonly store: Store
  readonly tail: LogTail
  readonly random: Random
  readonly stop: AbortSignal
}

const now = () => Number(process.hrtime.bigint())

/** A cache is what its process has read up to the tail's position: a list at that revision. One is kept, others are made anew now and then. */
export const readThroughCache = async ({ store, tail, random, stop }: CacheReaderOptions): Promise<RecordedList[]> => {
  const lists: RecordedList[] = []
  const open = () => patiently(() => createStoreCache({ store, tail, resources: [pods] }))
  const kept = await open()
  let young = await open()
  for (let last = false; !last; ) {
    last = stop.aborted
    for (const cache of [kept, young]) {
      const start = now()
      try {
        await cache.sync()
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error
        continue
      }
      const entries = cache.list(pods).map((pod) => {
        const { note } = pod as unknown as { note: string }
        return [pod.metadata.name, Number(pod.metadata.resourceVersion), note] as const
      })
      lists.push({ revision: tail.position, entries, start, end: now(), through: 'a cache' })
    }
    if (random.next() < 0.3) {
      young.close()
      young = await open()
    }
    await delay(random.below(8))
  }
  kept.close()
  young.close()
  return lists
}
