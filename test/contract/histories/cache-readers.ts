import { setTimeout as delay } from 'node:timers/promises'
import type { Index } from '../../../shared/client/cache.ts'
import { configMaps, type Pod, pods } from '../../../shared/resources/resource.ts'
import type { LogTail } from '../../../shared/storage/log-tail.ts'
import { type Store, StoreUnavailable } from '../../../shared/storage/store.ts'
import { createStoreCache, type StoreCache } from '../../../shared/storage/store-cache.ts'
import type { Random } from '../random.ts'
import type { History, RecordedList } from './history.ts'
import { patiently } from './patiently.ts'
import { nameOf } from './scope.ts'

export interface CacheReaderOptions {
  readonly store: Store
  readonly tail: LogTail
  readonly random: Random
  readonly stop: AbortSignal
  /** at most, between reads */
  readonly pauseMs: number
  readonly through: string
}

const now = () => Number(process.hrtime.bigint())

const bySide: Index<Pod> = { name: 'side', resource: pods, valuesOf: ({ metadata }) => [metadata.labels?.side ?? ''] }

/** A cache is what its process has read up to the tail's position: a list at that revision. One is kept, others are made anew now and then. */
export const readThroughCache = async (options: CacheReaderOptions): Promise<History> => {
  const { store, tail, random, stop, through } = options
  const lists: RecordedList[] = []
  const found: string[] = []
  const open = () => patiently(() => createStoreCache({ store, tail, resources: [pods] }))
  const kept = await open()
  let young = await open()
  for (let last = false; !last; ) {
    last = stop.aborted
    for (const cache of [kept, young]) {
      const start = now()
      try {
        await whenAllLoaded(cache)
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error
        continue
      }
      const revision = tail.position
      for (const resource of [pods, configMaps]) {
        const entries = cache.list(resource).map(({ metadata, ...rest }) => {
          const name = nameOf({ resource: resource.resource, namespace: metadata.namespace ?? '', name: metadata.name })
          return [name, Number(metadata.resourceVersion), (rest as unknown as { note: string }).note] as const
        })
        entries.sort(([a], [b]) => (a < b ? -1 : 1))
        lists.push({ revision, entries, start, end: now(), through, scope: { resource: resource.resource } })
      }
      found.push(...contradictions(cache, through))
    }
    if (random.next() < 0.3) {
      young.close()
      young = await open()
    }
    await delay(random.below(options.pauseMs))
  }
  kept.close()
  young.close()
  return { writes: [], reads: [], lists, watches: [], found }
}

/** A resource is first asked for here, and there after the next sync. */
const whenAllLoaded = async (cache: StoreCache): Promise<void> => {
  await cache.load([configMaps])
  await cache.sync()
}

/** What one look into a cache says and another denies. */
const contradictions = (cache: StoreCache, through: string): string[] => {
  const all = cache.list(pods)
  const indexed = ['left', 'right'].flatMap((side) => cache.byIndex(bySide, side))
  const strays = [...all.filter((pod) => !indexed.includes(pod)), ...indexed.filter((pod) => !all.includes(pod))]
  const hidden = all.filter((pod) => cache.get(pods, pod.metadata.namespace ?? '', pod.metadata.name) !== pod)
  const whole = cache.all(pods)
  const apart = [...all.filter((pod) => !whole.includes(pod)), ...whole.filter((pod) => !all.includes(pod))]
  return [
    ...apart.map(
      ({ metadata }) => `${through} gives all and a list that differ about ${metadata.name} at ${metadata.resourceVersion}`,
    ),
    ...strays.map(
      ({ metadata }) => `the index of ${through} and its list differ about ${metadata.name} at ${metadata.resourceVersion}`,
    ),
    ...hidden.map(({ metadata }) => `${through} lists ${metadata.name} at ${metadata.resourceVersion} and gives another`),
  ]
}
