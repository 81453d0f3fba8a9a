import { afterEach, beforeEach, expect, it } from 'vitest'
import type { LmdbStore } from '../../../shared/storage/lmdb/open.ts'
import type { LogTail } from '../../../shared/storage/log-tail.ts'
import { openLogTail } from '../../../shared/storage/tail/open.ts'
import { createPod } from '../../contract/store/objects.ts'
import { type Directory, newDirectory } from './lmdb/directory.ts'

let directory: Directory
let store: LmdbStore
let tail: LogTail
let waiting: number
beforeEach(async () => {
  directory = await newDirectory()
  store = await directory.open()
  waiting = 0
  const counted = {
    ...store,
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
