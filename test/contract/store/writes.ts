import { expect } from 'vitest'
import { KeyExists, RevisionConflict } from '../../../shared/storage/store.ts'
import type { StoreCases } from './case.ts'
import { brief, createPod, deletePod, noted, pod, rejection, text, updatePod } from './objects.ts'

export const writeCases: StoreCases = {
  'answers undefined for what is not there': async ({ store }) => {
    expect(await store.get(pod('a'))).toBeUndefined()
  },

  'creates with the revision that it encodes, and gives back the same bytes': async ({ store }) => {
    const before = await store.revision()
    const created = await createPod(store, 'a')
    expect(created.revision).toBeGreaterThan(before)
    expect(await store.revision()).toBe(created.revision)
    const found = await store.get(pod('a'))
    expect(found).toMatchObject({ key: pod('a'), revision: created.revision })
    expect(text(found?.value)).toBe(text(created.value))
    expect(brief(created)).toBe(`default/a@${created.revision}=new`)
  },

  'starts above revision 0, which clients use for "any"': async ({ store }) => {
    expect(await store.revision()).toBeGreaterThan(0)
  },

  'refuses to create what exists, with the current entry': async ({ store }) => {
    const first = await createPod(store, 'a', 'first')
    const error = await rejection(createPod(store, 'a', 'second'))
    expect(error).toBeInstanceOf(KeyExists)
    expect((error as KeyExists).current.revision).toBe(first.revision)
    expect(brief((error as KeyExists).current)).toContain('=first')
  },

  'updates what stands at the expected revision': async ({ store }) => {
    const created = await createPod(store, 'a')
    const updated = await updatePod(store, created, 'changed')
    expect(updated.revision).toBeGreaterThan(created.revision)
    expect(brief((await store.get(pod('a')))!)).toBe(`default/a@${updated.revision}=changed`)
  },

  'refuses an update at another revision, with the current entry': async ({ store }) => {
    const created = await createPod(store, 'a')
    const updated = await updatePod(store, created, 'won')
    const error = await rejection(updatePod(store, created, 'lost'))
    expect(error).toBeInstanceOf(RevisionConflict)
    expect((error as RevisionConflict).current?.revision).toBe(updated.revision)
    expect(brief((error as RevisionConflict).current!)).toContain('=won')
  },

  'refuses to update or delete what is gone': async ({ store }) => {
    const created = await createPod(store, 'a')
    await deletePod(store, created)
    for (const attempt of [() => updatePod(store, created, 'x'), () => deletePod(store, created)]) {
      const error = await rejection(attempt())
      expect(error).toBeInstanceOf(RevisionConflict)
      expect((error as RevisionConflict).current).toBeUndefined()
    }
  },

  'deletes what stands at the expected revision, with its last state': async ({ store }) => {
    const created = await createPod(store, 'a')
    const deleted = await deletePod(store, created, 'last words')
    expect(deleted.revision).toBeGreaterThan(created.revision)
    expect(brief(deleted)).toBe(`default/a@${deleted.revision}=last words`)
    expect(await store.get(pod('a'))).toBeUndefined()
    expect(await store.revision()).toBe(deleted.revision)
  },

  'refuses a deletion at another revision, with the current entry': async ({ store }) => {
    const created = await createPod(store, 'a')
    const updated = await updatePod(store, created, 'newer')
    const error = await rejection(deletePod(store, created))
    expect((error as RevisionConflict).current?.revision).toBe(updated.revision)
    expect(await store.get(pod('a'))).toBeDefined()
  },

  'creates again what was deleted': async ({ store }) => {
    await deletePod(store, await createPod(store, 'a', 'first'))
    const again = await createPod(store, 'a', 'second')
    expect(brief((await store.get(pod('a')))!)).toBe(`default/a@${again.revision}=second`)
  },

  'keeps same names apart by resource and namespace': async ({ store }) => {
    await createPod(store, 'a', 'one', 'x')
    await createPod(store, 'a', 'two', 'y')
    const key = { resource: 'pods.example.com', namespace: 'x', name: 'a' }
    await store.create(key, noted(key, 'three'))
    expect(brief((await store.get(pod('a', 'x')))!)).toContain('=one')
    expect(brief((await store.get(pod('a', 'y')))!)).toContain('=two')
    expect(brief((await store.get(key))!)).toContain('=three')
  },

  'lets one of many conditional updates win': async ({ store }) => {
    const created = await createPod(store, 'a')
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => updatePod(store, created, `writer ${i}`)))
    const won = outcomes.filter((outcome) => outcome.status === 'fulfilled')
    expect(won).toHaveLength(1)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(RevisionConflict)
    }
    expect((await store.get(pod('a')))?.revision).toBe(won[0]?.value.revision)
  },

  'lets one of many creations win': async ({ store }) => {
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => createPod(store, 'a', `writer ${i}`)))
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1)
  },

  'gives every concurrent write a revision of its own': async ({ store }) => {
    const created = await Promise.all(Array.from({ length: 50 }, (_, i) => createPod(store, `p${i}`)))
    expect(new Set(created.map(({ revision }) => revision)).size).toBe(50)
    for (const entry of created) expect(brief(entry)).toContain(`@${entry.revision}=`)
  },

  'passes on what an encoder throws, and lets the writes beside it stand': async ({ store }) => {
    const failing = store.create(pod('bad'), () => {
      throw new TypeError('no such thing')
    })
    const [, bad] = await Promise.all([createPod(store, 'a'), rejection(failing), createPod(store, 'b')])
    expect(bad).toBeInstanceOf(TypeError)
    expect(await store.get(pod('bad'))).toBeUndefined()
    expect(await store.get(pod('a'))).toBeDefined()
    expect(await store.get(pod('b'))).toBeDefined()
  },
}
