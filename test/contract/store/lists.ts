import { setImmediate } from 'node:timers/promises'
import { expect } from 'vitest'
import { type ListOptions, RevisionInFuture, type Store } from '../../../shared/storage/store.ts'
import type { StoreCases } from './case.ts'
import { brief, createPod, deletePod, names, noted, pod, rejection, text, updatePod } from './objects.ts'

const listNames = async (store: Store, options?: ListOptions) => names((await store.list('pods', options)).entries)

/** All pages, as a client walks them: each behind the last, at the revision of the first. */
const pages = async (store: Store, options: ListOptions & { limit: number }) => {
  const found: string[][] = []
  const remaining: number[] = []
  let at = options.at
  let after = options.after
  for (;;) {
    const page = await store.list('pods', { ...options, at, after })
    found.push(names(page.entries))
    remaining.push(page.remaining)
    const last = page.entries.at(-1)
    if (page.remaining === 0 || !last) return { found, remaining }
    at = page.revision
    after = last.key
  }
}

export const listCases: StoreCases = {
  'lists nothing of an unknown resource, at the latest revision': async ({ store }) => {
    await createPod(store, 'a')
    expect(await store.list('configmaps')).toEqual({ entries: [], revision: await store.revision(), remaining: 0 })
  },

  'lists in byte order of namespace, then name': async ({ store }) => {
    for (const [namespace, name] of [
      ['b', 'a'],
      ['a', 'b'],
      ['a', 'a.b'],
      ['a', 'a'],
      ['a-b', 'a'],
      ['a', 'a-b'],
      ['a', 'B'],
    ] as const) {
      await createPod(store, name, 'new', namespace)
    }
    expect(await listNames(store)).toEqual(['a/B', 'a/a', 'a/a-b', 'a/a.b', 'a/b', 'a-b/a', 'b/a'])
  },

  'lists one namespace, and not those that begin alike': async ({ store }) => {
    for (const namespace of ['a', 'ab', 'a-b', 'b']) await createPod(store, 'x', 'new', namespace)
    expect(await listNames(store, { namespace: 'a' })).toEqual(['a/x'])
    expect(await listNames(store, { namespace: 'c' })).toEqual([])
  },

  'gives the values of a list one by one, as it lists them, at its revision': async ({ store }) => {
    await createPod(store, 'a', 'x'.repeat(20_000))
    await createPod(store, 'a2', 'x'.repeat(1_000_000))
    await createPod(store, 'c', 'new', 'other')
    await updatePod(store, await createPod(store, 'b', 'long before'), 'short')
    await deletePod(store, await createPod(store, 'gone'))
    for (const [resource, namespace] of [
      ['pods', undefined],
      ['pods', 'default'],
      ['pods', 'nobody'],
      ['configmaps', undefined],
    ] as const) {
      const { entries, revision } = await store.list(resource, { namespace })
      const values: string[] = []
      // What is visited may be overwritten afterwards: text is made at once.
      expect(await store.listValues(resource, namespace, (value) => values.push(text(value)!))).toBe(revision)
      expect(values).toEqual(entries.map(({ value }) => text(value)))
    }
  },

  'reads on as ever after a list was broken off in the middle': async ({ store }) => {
    const created = await createPod(store, 'a', 'one')
    await createPod(store, 'b', 'two')
    const broken = store.listValues('pods', undefined, () => {
      throw new Error('broken off')
    })
    expect(await rejection(broken)).toEqual(new Error('broken off'))
    const entry = await store.get(created.key)
    await store.get(pod('b'))
    expect(brief(entry!)).toBe(`default/a@${created.revision}=one`)
  },

  'does not mix resources that begin alike': async ({ store }) => {
    await createPod(store, 'x')
    for (const resource of ['pod', 'podsx', 'pods.example.com']) {
      const key = { resource, namespace: 'default', name: 'y' }
      await store.create(key, noted(key, 'other'))
    }
    expect(await listNames(store)).toEqual(['default/x'])
  },

  'lists cluster-scoped objects under the empty namespace': async ({ store }) => {
    const key = { resource: 'nodes', namespace: '', name: 'n1' }
    await store.create(key, noted(key, 'node'))
    for (const options of [{}, { namespace: '' }]) {
      expect((await store.list('nodes', options)).entries.map((entry) => entry.key)).toEqual([key])
    }
  },

  'gives entries with their own revision and bytes, and the revision of the list': async ({ store }) => {
    const a = await createPod(store, 'a')
    const b = await updatePod(store, await createPod(store, 'b'), 'changed')
    const list = await store.list('pods')
    expect(list.revision).toBe(b.revision)
    expect(list.entries.map(({ revision }) => revision)).toEqual([a.revision, b.revision])
    expect(list.entries.map(brief)).toEqual([`default/a@${a.revision}=new`, `default/b@${b.revision}=changed`])
  },

  'pages in order, with the count of what remains': async ({ store }) => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await createPod(store, name)
    const { found, remaining } = await pages(store, { limit: 2 })
    expect(found).toEqual([['default/a', 'default/b'], ['default/c', 'default/d'], ['default/e']])
    expect(remaining).toEqual([3, 1, 0])
  },

  'says nothing remains when the page ends exactly with the last': async ({ store }) => {
    for (const name of ['a', 'b']) await createPod(store, name)
    expect(await store.list('pods', { limit: 2 })).toMatchObject({ remaining: 0 })
    expect((await store.list('pods', { limit: 2, after: { namespace: 'default', name: 'b' } })).entries).toEqual([])
  },

  'pages one namespace': async ({ store }) => {
    for (const namespace of ['a', 'b', 'c']) for (const name of ['1', '2', '3']) await createPod(store, name, 'new', namespace)
    const { found, remaining } = await pages(store, { namespace: 'b', limit: 2 })
    expect(found).toEqual([['b/1', 'b/2'], ['b/3']])
    expect(remaining).toEqual([1, 0])
    const across = await store.list('pods', { limit: 4, after: { namespace: 'a', name: '3' } })
    expect(names(across.entries)).toEqual(['b/1', 'b/2', 'b/3', 'c/1'])
    expect(across.remaining).toBe(2)
  },

  'continues behind a key that is gone': async ({ store }) => {
    const entries = []
    for (const name of ['a', 'b', 'c']) entries.push(await createPod(store, name))
    await deletePod(store, entries[1]!)
    expect(await listNames(store, { after: { namespace: 'default', name: 'b' } })).toEqual(['default/c'])
  },

  'lists exactly as it was at a revision': async ({ store }) => {
    const a = await createPod(store, 'a', 'a1')
    const b = await createPod(store, 'b', 'b1')
    const c = await createPod(store, 'c', 'c1')
    const then = await store.revision()
    const a2 = await updatePod(store, a, 'a2')
    await deletePod(store, b)
    await createPod(store, 'b', 'b2')
    await createPod(store, 'aa', 'aa1')
    await deletePod(store, c)
    await updatePod(store, a2, 'a3')
    const past = await store.list('pods', { at: then })
    expect(past.entries.map(brief)).toEqual([
      `default/a@${a.revision}=a1`,
      `default/b@${b.revision}=b1`,
      `default/c@${c.revision}=c1`,
    ])
    expect(past.entries.map(({ revision }) => revision)).toEqual([a.revision, b.revision, c.revision])
    expect(past).toMatchObject({ revision: then, remaining: 0 })
    expect((await store.list('pods', { at: a.revision })).entries.map(brief)).toEqual([`default/a@${a.revision}=a1`])
    expect((await store.list('pods')).entries.map((entry) => brief(entry).replace(/@\d+/, ''))).toEqual([
      'default/a=a3',
      'default/aa=aa1',
      'default/b=b2',
    ])
  },

  'is the same at a revision while nothing has changed since': async ({ store }) => {
    await createPod(store, 'a')
    const key = { resource: 'nodes', namespace: '', name: 'n' }
    await store.create(key, noted(key, 'other resource'))
    expect(await store.list('pods', { at: await store.revision() })).toEqual(await store.list('pods'))
  },

  'pages at the revision of the first page, whatever is written meanwhile': async ({ store }) => {
    const entries = []
    for (const name of ['a', 'b', 'c', 'd', 'e']) entries.push(await createPod(store, name))
    const first = await store.list('pods', { limit: 2 })
    await deletePod(store, entries[2]!)
    await createPod(store, 'cc')
    await createPod(store, 'z')
    await updatePod(store, entries[3]!, 'changed')
    const second = await store.list('pods', { limit: 2, after: first.entries[1]!.key, at: first.revision })
    expect(second.entries.map(brief)).toEqual([`default/c@${entries[2]!.revision}=new`, `default/d@${entries[3]!.revision}=new`])
    expect(second.remaining).toBe(1)
    const third = await store.list('pods', { limit: 2, after: second.entries[1]!.key, at: first.revision })
    expect(names(third.entries)).toEqual(['default/e'])
    expect(third.remaining).toBe(0)
  },

  'lists one namespace at a revision': async ({ store }) => {
    const a = await createPod(store, 'x', 'new', 'a')
    const b = await createPod(store, 'x', 'new', 'b')
    const then = await store.revision()
    await deletePod(store, a)
    await updatePod(store, b, 'changed')
    const past = await store.list('pods', { at: then, namespace: 'b' })
    expect(past.entries.map(brief)).toEqual([`b/x@${b.revision}=new`])
  },

  'refuses a revision that is ahead of the log': async ({ store }) => {
    const revision = await store.revision()
    const error = await rejection(store.list('pods', { at: revision + 1 }))
    expect(error).toBeInstanceOf(RevisionInFuture)
    expect((error as RevisionInFuture).current).toBe(revision)
  },

  'is never torn by writes that go on': async ({ store }) => {
    let left = await createPod(store, 'left', '0')
    let right = await createPod(store, 'right', '0')
    let writing = true
    const writer = (async () => {
      for (let i = 1; i <= 40; i++) {
        left = await updatePod(store, left, String(i))
        right = await updatePod(store, right, String(i))
      }
      writing = false
    })()
    while (writing) {
      const { entries, revision } = await store.list('pods')
      const [l = -1, r = -1] = entries.map((entry) => Number(brief(entry).split('=')[1]))
      expect(l - r === 0 || l - r === 1).toBe(true)
      expect(Math.max(...entries.map((entry) => entry.revision))).toBeLessThanOrEqual(revision)
      await setImmediate()
    }
    await writer
  },
}
