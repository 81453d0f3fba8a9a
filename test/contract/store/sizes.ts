import { expect } from 'vitest'
import type { StoreCases } from './case.ts'
import { readAll } from './changes.ts'
import { createPod, names, noted, pod, text, updatePod } from './objects.ts'

/** As large as the API lets an object be (etcd's limit). */
const large = 'x'.repeat(1.5 * 1024 * 1024)

export const sizeCases: StoreCases = {
  'keeps objects of 1.5 MB, in gets, lists and changes': async ({ store }) => {
    const start = await store.revision()
    const created = await store.create(pod('large'), noted(pod('large'), large))
    const updated = await updatePod(store, created, `${large}!`)
    expect(text((await store.get(pod('large')))?.value)).toBe(text(updated.value))
    expect(text((await store.list('pods')).entries[0]?.value)).toBe(text(updated.value))
    const changes = await readAll(store, start)
    expect(changes.map(({ value }) => text(value))).toEqual([text(created.value), text(updated.value)])
    expect(text(changes[1]?.previous)).toBe(text(created.value))
    expect(text((await store.list('pods', { at: created.revision })).entries[0]?.value)).toBe(text(created.value))
  },

  'reads a history of large changes without gap': async ({ store }) => {
    let entry = await store.create(pod('large'), noted(pod('large'), large))
    const start = entry.revision
    for (let i = 0; i < 8; i++) entry = await updatePod(store, entry, `${i}${large}`)
    const changes = await readAll(store, start)
    expect(changes.map(({ value }) => text(value)?.match(/"note":"(\d)/)?.[1])).toEqual([...'01234567'])
  },

  'keeps empty values': async ({ store }) => {
    const created = await store.create(pod('empty'), () => new Uint8Array())
    await store.update(created.key, created.revision, () => new Uint8Array())
    expect((await store.get(pod('empty')))?.value).toHaveLength(0)
    const [, updated] = await readAll(store, created.revision - 1)
    expect(updated?.previous).toHaveLength(0)
  },

  'keeps bytes that are not text': async ({ store }) => {
    const bytes = Uint8Array.from({ length: 512 }, (_, i) => i % 256)
    await store.create(pod('binary'), () => bytes)
    expect(Buffer.from((await store.get(pod('binary')))!.value).equals(bytes)).toBe(true)
  },

  'takes the longest names the API allows': async ({ store }) => {
    const key = { resource: `${'r'.repeat(63)}.${'g'.repeat(253)}`, namespace: 'n'.repeat(63), name: 'o'.repeat(253) }
    await store.create(key, noted(key, 'long'))
    expect((await store.get(key))?.key).toEqual(key)
    expect((await store.list(key.resource, { namespace: key.namespace })).entries.map((entry) => entry.key)).toEqual([key])
    expect((await readAll(store, (await store.revision()) - 1)).map((change) => change.key)).toEqual([key])
  },

  'lists a great many objects, whole and in pages': async ({ store, many }) => {
    const wanted = Array.from({ length: many }, (_, i) => `p${String(i).padStart(5, '0')}`)
    for (let i = 0; i < wanted.length; i += 50) {
      await Promise.all(wanted.slice(i, i + 50).map((name) => createPod(store, name)))
    }
    const expected = wanted.map((name) => `default/${name}`)
    expect(names((await store.list('pods')).entries)).toEqual(expected)
    const paged: string[] = []
    let page = await store.list('pods', { limit: many / 6 })
    paged.push(...names(page.entries))
    while (page.remaining > 0) {
      page = await store.list('pods', { limit: many / 6, after: page.entries.at(-1)!.key, at: page.revision })
      paged.push(...names(page.entries))
    }
    expect(paged).toEqual(expected)
  },
}
