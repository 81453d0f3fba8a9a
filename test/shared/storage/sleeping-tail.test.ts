import { afterEach, beforeEach, expect, it } from 'vitest'
import type { LmdbStore } from '../../../shared/storage/lmdb/open.ts'
import type { LogTail } from '../../../shared/storage/log-tail.ts'
import { RevisionInFuture } from '../../../shared/storage/store.ts'
import { openLogTail } from '../../../shared/storage/tail/open.ts'
import { createPod } from '../../contract/store/objects.ts'
import { type Directory, newDirectory } from './lmdb/directory.ts'

let directory: Directory
let store: LmdbStore
let tail: LogTail
let waiting: number
let reads: number
/** what a read does once it has its answer */
let answered: () => Promise<void>
beforeEach(async () => {
  directory = await newDirectory()
  store = await directory.open()
  waiting = 0
  reads = 0
  answered = async () => undefined
  const counted = {
    ...store,
    changes: async (...asked: Parameters<LmdbStore['changes']>) => {
      reads++
      const found = await store.changes(...asked)
      await answered()
      return found
    },
    waitForChange: async (after: number, signal: AbortSignal) => {
      waiting++
      await store.waitForChange(after, signal)
      waiting--
    },
  }
  tail = await openLogTail({ store: counted, follow: 'subscribed' })
})
afterEach(async () => {
  await tail.close()
  await directory.remove()
})

it('asks the store for nothing while nobody watches, and still catches up when told to', async () => {
  const { revision } = await createPod(store, 'a')
  expect(waiting).toBe(0)
  expect(tail.position).toBeLessThan(revision)
  expect(await tail.catchUp()).toBe(revision)
})

it('follows the log for those who watch, from wherever they start, and stops with the last of them', async () => {
  const first = await createPod(store, 'a')
  for (const name of ['b', 'c']) {
    const subscription = tail.subscribe({ after: first.revision })
    const { revision } = await createPod(store, name)
    const seen: number[] = []
    for await (const batch of subscription) {
      seen.push(...batch.map((change) => change.revision))
      if (seen.includes(revision)) break
    }
    expect(seen.at(-1)).toBe(revision)
    await expect.poll(() => waiting).toBe(0)
  }
})

it('reads once for all who catch up at a time', async () => {
  const { revision } = await createPod(store, 'a')
  expect(await Promise.all(Array.from({ length: 10 }, () => tail.catchUp()))).toEqual(Array(10).fill(revision))
  expect(reads).toBe(1)
})

it('reads again for who comes while a read is under way that has seen less', async () => {
  const first = await createPod(store, 'a')
  const { promise: held, resolve: release } = Promise.withResolvers<void>()
  const { promise: reading, resolve: begun } = Promise.withResolvers<void>()
  answered = () => {
    begun()
    return held
  }
  const early = tail.catchUp()
  await reading
  const second = await createPod(store, 'b')
  const late = [tail.catchUp(), tail.catchUp()]
  release()
  expect(await early).toBe(first.revision)
  expect(await Promise.all(late)).toEqual([second.revision, second.revision])
  expect(reads).toBe(2)
})

it('stays where it is when the store was set back to an earlier moment', async () => {
  const { position } = tail
  answered = async () => {
    throw new RevisionInFuture(position, position - 1)
  }
  expect(await tail.catchUp()).toBe(position)
})
