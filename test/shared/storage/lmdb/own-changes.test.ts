import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openLmdbStore } from '../../../../shared/storage/lmdb/open.ts'
import { OwnChanges } from '../../../../shared/storage/lmdb/own-changes.ts'
import type { Change, ChangesResult, Entry, Store } from '../../../../shared/storage/store.ts'
import { seededRandom } from '../../../contract/random.ts'

const change = (revision: number): Change => ({
  type: 'created',
  key: { resource: 'pods', namespace: 'a', name: String(revision) },
  revision,
  value: Buffer.from(String(revision)),
  previous: undefined,
})
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => change(first + index))
const revisions = (changes: readonly Change[] | undefined) => changes?.map(({ revision }) => revision)

it('answers what it holds to the end of the log, and nothing where it may lack something', () => {
  const own = new OwnChanges({ maxChanges: 4, maxBytes: 8 })
  expect(own.between(0, 0)).toEqual([])
  own.push(range(5, 6), 4)
  own.push(range(7, 8), 6)
  expect(revisions(own.between(4, 8))).toEqual([5, 6, 7, 8])
  expect(revisions(own.between(7, 8))).toEqual([8])
  expect(own.between(3, 8), 'what is before it').toBeUndefined()
  expect(own.between(4, 9), 'what others wrote behind it').toBeUndefined()
  own.push(range(9, 9), 8)
  expect(own.between(7, 9), 'more than it is to hold').toBeUndefined()
  own.push(range(12, 13), 11)
  expect(own.between(8, 13), 'what others wrote within it').toBeUndefined()
  expect(revisions(own.between(11, 13))).toEqual([12, 13])
  own.push(range(10_000, 10_001), 9999)
  own.push(range(10_002, 10_002), 10_001)
  expect(own.between(10_000, 10_002), 'of groups whose bytes are too many together').toBeUndefined()
  expect(revisions(own.between(10_001, 10_002))).toEqual([10_002])
  own.push(range(10_003, 10_008), 10_002)
  expect(own.between(10_003, 10_008), 'of one that is too large by itself').toBeUndefined()
  expect(own.between(10_008, 10_008)).toEqual([])
})

/** Buffers of other memory are equal too. */
const shown = ({ changes, position, more }: ChangesResult) => ({
  changes: changes.map(({ value, previous, ...rest }) => ({
    ...rest,
    value: Buffer.from(value).toString(),
    previous: previous && Buffer.from(previous).toString(),
  })),
  position,
  more,
})

it('tells whoever writes the same of the log as whoever only reads it', async () => {
  const path = mkdtempSync(join(tmpdir(), 'windlass-own-'))
  const stores = [
    await openLmdbStore({ path: join(path, 'store') }),
    await openLmdbStore({ path: join(path, 'store'), role: 'worker' }),
    await openLmdbStore({ path: join(path, 'store'), role: 'worker' }),
  ] as const
  const [one, other, reader] = stores
  const encode = (text: string) => (revision: number) => Buffer.from(`${revision} ${text}`)
  try {
    for (const seed of [1, 2, 3]) {
      const random = seededRandom(seed)
      const held = new Map<string, Entry>()
      const change = async (store: Store, name: string) => {
        const key = { resource: 'pods', namespace: 'a', name }
        const current = held.get(name)
        if (!current) held.set(name, await store.create(key, encode('made')))
        else if (random.below(3) > 0) held.set(name, await store.update(key, current.revision, encode('changed')))
        else {
          held.delete(name)
          await store.delete(key, current.revision, encode('gone'))
        }
      }
      const start = await one.revision()
      for (let step = 0; step < 60; step++) {
        const store = random.below(10) === 0 ? other : one
        await Promise.all(Array.from({ length: 1 + random.below(5) }, (_, index) => change(store, `pod-${seed}-${index}`)))
        const latest = await one.revision()
        const after = random.pick([start, latest, latest - random.below(latest - start + 1)])
        const limit = random.pick([1, 5, 1000])
        expect(shown(await one.changes(after, limit)), `seed ${seed}, step ${step}`).toEqual(
          shown(await reader.changes(after, limit)),
        )
      }
    }
  } finally {
    for (const store of [reader, other, one]) await store.close()
    rmSync(path, { recursive: true })
  }
})
