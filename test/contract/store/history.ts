import { expect } from 'vitest'
import { RevisionExpired, RevisionInFuture } from '../../../shared/storage/store.ts'
import type { StoreCases, StoreUnderTest } from './case.ts'
import { readAll } from './changes.ts'
import { brief, createPod, deletePod, names, noted, pod, rejection, updatePod } from './objects.ts'

const createEvent = ({ store }: StoreUnderTest, name: string, ttlSeconds: number) =>
  store.create(pod(name), noted(pod(name), 'event'), { ttlSeconds })

export const historyCases: StoreCases = {
  'drops history up to a revision and keeps the objects': async ({ store }) => {
    const a = await createPod(store, 'a')
    const b = await createPod(store, 'b')
    const c = await createPod(store, 'c')
    await store.compact(b.revision)
    expect(names((await store.list('pods')).entries)).toEqual(['default/a', 'default/b', 'default/c'])
    expect((await readAll(store, b.revision)).map(({ revision }) => revision)).toEqual([c.revision])
    const error = await rejection(store.changes(a.revision))
    expect(error).toBeInstanceOf(RevisionExpired)
    expect((error as RevisionExpired).oldest).toBe(b.revision)
  },

  'still lists at the oldest position, and not before it': async ({ store }) => {
    const a = await createPod(store, 'a', 'one')
    const b = await createPod(store, 'b')
    await updatePod(store, a, 'two')
    await store.compact(b.revision)
    const past = await store.list('pods', { at: b.revision })
    expect(past.entries.map(brief)).toEqual([`default/a@${a.revision}=one`, `default/b@${b.revision}=new`])
    expect(await rejection(store.list('pods', { at: a.revision }))).toBeInstanceOf(RevisionExpired)
  },

  'ends a paged list whose revision was dropped, and can go on at the latest': async ({ store }) => {
    for (const name of ['a', 'b', 'c']) await createPod(store, name)
    const first = await store.list('pods', { limit: 1 })
    await createPod(store, 'd')
    await store.compact(await store.revision())
    const after = first.entries[0]!.key
    expect(await rejection(store.list('pods', { limit: 1, after, at: first.revision }))).toBeInstanceOf(RevisionExpired)
    expect(names((await store.list('pods', { after })).entries)).toEqual(['default/b', 'default/c', 'default/d'])
  },

  'compacts to where it was compacted already': async ({ store }) => {
    const a = await createPod(store, 'a')
    const b = await createPod(store, 'b')
    await store.compact(b.revision)
    await store.compact(a.revision)
    expect(await readAll(store, b.revision)).toEqual([])
    expect(((await rejection(store.changes(a.revision))) as RevisionExpired).oldest).toBe(b.revision)
  },

  'refuses to compact what has not happened': async ({ store }) => {
    expect(await rejection(store.compact((await store.revision()) + 1))).toBeInstanceOf(RevisionInFuture)
  },

  'goes on writing after everything was dropped': async ({ store }) => {
    const a = await createPod(store, 'a')
    await store.compact(a.revision)
    const updated = await updatePod(store, a, 'changed')
    expect(updated.revision).toBeGreaterThan(a.revision)
    expect((await readAll(store, a.revision)).map(brief)).toEqual([`default/a@${updated.revision}=changed`])
  },

  'keeps history for more than five minutes and drops it before ten are over': async ({ store, clock, sweep }) => {
    const a = await createPod(store, 'a')
    clock.advance(305_000)
    await sweep()
    const b = await createPod(store, 'b')
    expect(await readAll(store, a.revision)).toHaveLength(1)
    clock.advance(275_000)
    await sweep()
    expect(await rejection(store.changes(a.revision - 1))).toBeInstanceOf(RevisionExpired)
    expect((await readAll(store, a.revision)).map(({ revision }) => revision)).toEqual([b.revision])
  },

  'expires an object after its time, as a deletion with its last state': async (subject) => {
    const { store, clock, sweep } = subject
    const event = await createEvent(subject, 'e', 60)
    clock.advance(59_000)
    await sweep()
    expect(await store.get(pod('e'))).toBeDefined()
    clock.advance(2000)
    await sweep()
    expect(await store.get(pod('e'))).toBeUndefined()
    const [change] = await readAll(store, event.revision)
    expect(change).toMatchObject({ type: 'deleted', key: pod('e') })
    expect(brief(change!)).toBe(`default/e@${change!.revision}=event`)
    expect(change!.revision).toBeGreaterThan(event.revision)
  },

  'counts the time to live from the last write': async (subject) => {
    const { store, clock, sweep } = subject
    const event = await createEvent(subject, 'e', 60)
    clock.advance(50_000)
    await store.update(event.key, event.revision, noted(event.key, 'again'), { ttlSeconds: 60 })
    clock.advance(20_000)
    await sweep()
    expect(await store.get(pod('e'))).toBeDefined()
    clock.advance(41_000)
    await sweep()
    expect(await store.get(pod('e'))).toBeUndefined()
  },

  'keeps what was written without a time to live since, or created anew': async (subject) => {
    const { store, clock, sweep } = subject
    const kept = await createEvent(subject, 'kept', 60)
    await store.update(kept.key, kept.revision, noted(kept.key, 'for good'))
    await deletePod(store, await createEvent(subject, 'anew', 60))
    await createPod(store, 'anew')
    clock.advance(120_000)
    await sweep()
    expect(names((await store.list('pods')).entries)).toEqual(['default/anew', 'default/kept'])
  },

  'expires many at once': async (subject) => {
    const { store, clock, sweep, many } = subject
    await Promise.all(Array.from({ length: many / 12 }, (_, i) => createEvent(subject, `e${i}`, 10)))
    const before = await store.revision()
    clock.advance(11_000)
    await sweep()
    expect((await store.list('pods')).entries).toEqual([])
    expect(await readAll(store, before)).toHaveLength(many / 12)
  },
}
