import { expect } from 'vitest'
import { type Change, RevisionInFuture, type Store } from '../../../shared/storage/store.ts'
import type { StoreCases } from './case.ts'
import { brief, createPod, deletePod, noted, rejection, text, updatePod } from './objects.ts'

/** Everything after a position, page by page. */
export const readAll = async (store: Store, after: number, limit?: number): Promise<Change[]> => {
  const found: Change[] = []
  let position = after
  for (;;) {
    const answer = await store.changes(position, limit)
    found.push(...answer.changes)
    if (answer.changes.length === 0 && answer.position === position) return found
    position = answer.position
  }
}

/** Follows the log as a watcher does until `until` says it has seen enough. */
const follow = async (store: Store, after: number, until: (seen: readonly Change[]) => boolean): Promise<Change[]> => {
  const seen: Change[] = []
  const signal = AbortSignal.timeout(50_000)
  let position = after
  while (!until(seen)) {
    await store.waitForChange(position, signal)
    if (signal.aborted) throw new Error(`only ${seen.length} changes came`)
    const answer = await store.changes(position)
    seen.push(...answer.changes)
    position = answer.position
  }
  return seen
}

export const changeCases: StoreCases = {
  'tells creation, update and deletion with the state after and before': async ({ store }) => {
    const start = await store.revision()
    const created = await createPod(store, 'a', 'one')
    const updated = await updatePod(store, created, 'two')
    const deleted = await deletePod(store, updated, 'three')
    const changes = await readAll(store, start)
    expect(changes.map(({ type, revision }) => [type, revision])).toEqual([
      ['created', created.revision],
      ['updated', updated.revision],
      ['deleted', deleted.revision],
    ])
    expect(changes.map(brief)).toEqual([
      `default/a@${created.revision}=one`,
      `default/a@${updated.revision}=two`,
      `default/a@${deleted.revision}=three`,
    ])
    expect(changes.map(({ previous }) => text(previous))).toEqual([undefined, text(created.value), text(updated.value)])
  },

  'starts behind any position': async ({ store }) => {
    const entries = []
    for (const name of ['a', 'b', 'c']) entries.push(await createPod(store, name))
    expect((await readAll(store, entries[0]!.revision)).map(({ key }) => key.name)).toEqual(['b', 'c'])
    expect(await readAll(store, entries[2]!.revision)).toEqual([])
  },

  'answers in portions that join without gap or repeat': async ({ store }) => {
    const start = await store.revision()
    for (let i = 0; i < 25; i++) await createPod(store, `p${i}`)
    const whole = await readAll(store, start)
    const portions = await readAll(store, start, 4)
    expect(portions.map(({ revision }) => revision)).toEqual(whole.map(({ revision }) => revision))
    const full = await store.changes(start, 4)
    expect([full.changes.length, full.more]).toEqual([4, true])
    expect((await store.changes(start)).more).toBe(false)
  },

  'advances the position to the end of the log': async ({ store }) => {
    const start = await store.revision()
    expect(await store.changes(start)).toEqual({ changes: [], position: start, more: false })
    const { revision } = await createPod(store, 'a')
    expect((await store.changes(start)).position).toBe(revision)
  },

  'refuses a position that is ahead of the log': async ({ store }) => {
    const revision = await store.revision()
    const error = await rejection(store.changes(revision + 1))
    expect(error).toBeInstanceOf(RevisionInFuture)
    expect((error as RevisionInFuture).current).toBe(revision)
  },

  'holds changes of all resources in one order': async ({ store }) => {
    const start = await store.revision()
    for (const resource of ['pods', 'nodes', 'pods']) {
      const key = { resource, namespace: '', name: `x${await store.revision()}` }
      await store.create(key, noted(key, 'new'))
    }
    expect((await readAll(store, start)).map(({ key }) => key.resource)).toEqual(['pods', 'nodes', 'pods'])
  },

  'has no trace of writes that failed': async ({ store }) => {
    const created = await createPod(store, 'a')
    await rejection(createPod(store, 'a'))
    await rejection(store.update(created.key, created.revision + 99, noted(created.key, 'x')))
    expect(await readAll(store, created.revision)).toEqual([])
  },

  'shows a write to who reads after it was acknowledged': async ({ store }) => {
    for (let i = 0; i < 30; i++) {
      const before = await store.revision()
      const { revision } = await createPod(store, `p${i}`)
      const { changes, position } = await store.changes(before)
      expect(changes.at(-1)?.revision).toBe(revision)
      expect(position).toBe(revision)
    }
  },

  'wakes those who wait when something is written': async ({ store }) => {
    const start = await store.revision()
    const waiting = follow(store, start, (seen) => seen.length === 1)
    const created = await createPod(store, 'a')
    expect((await waiting).map(({ revision }) => revision)).toEqual([created.revision])
  },

  'does not wait when the log is further already': async ({ store }) => {
    const start = await store.revision()
    await createPod(store, 'a')
    await store.waitForChange(start, AbortSignal.timeout(50_000))
  },

  'stops waiting without an error when told to': async ({ store }) => {
    const abort = new AbortController()
    const waiting = store.waitForChange(await store.revision(), abort.signal)
    abort.abort()
    await waiting
    await store.waitForChange(await store.revision(), AbortSignal.abort())
  },

  'shows every follower the same order, each change once, while many write': async ({ store }) => {
    const start = await store.revision()
    const total = 120
    const followers = [1, 2, 3].map(() => follow(store, start, (seen) => seen.length >= total))
    await Promise.all(
      Array.from({ length: 8 }, async (_, writer) => {
        for (let i = 0; i < total / 8 / 3; i++) {
          const created = await createPod(store, `w${writer}-${i}`)
          await deletePod(store, await updatePod(store, created, 'changed'))
        }
      }),
    )
    const orders = (await Promise.all(followers)).map((seen) => seen.map(({ revision }) => revision))
    expect(orders[0]).toEqual([...new Set(orders[0])].sort((a, b) => a - b))
    expect(orders[0]).toHaveLength(total)
    expect(orders[1]).toEqual(orders[0])
    expect(orders[2]).toEqual(orders[0])
  },

  'joins a list and what came after it without gap or repeat': async ({ store }) => {
    const writer = (async () => {
      for (let i = 0; i < 40; i++) await createPod(store, `p${i}`)
    })()
    await createPod(store, 'first')
    const { entries, revision } = await store.list('pods')
    await writer
    const later = await readAll(store, revision)
    const all = [...entries.map(({ key }) => key.name), ...later.map(({ key }) => key.name)]
    expect(all).toHaveLength(41)
    expect(new Set(all).size).toBe(41)
  },
}
