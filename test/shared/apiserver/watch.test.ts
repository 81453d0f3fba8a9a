import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../shared/meta/object.ts'
import { startTestServer, type TestServer } from './environment.ts'

let server: TestServer
const configMaps = '/api/v1/namespaces/default/configmaps'
const merge = { headers: { 'content-type': 'application/merge-patch+json' } }

interface Event {
  readonly type: string
  readonly object: KubeObject & { rows?: { cells: unknown[] }[]; columnDefinitions?: unknown[]; code?: number }
}

const watches: AbortController[] = []
/** Reads events of a watch one by one. */
const watch = (url: string, headers?: Record<string, string>, { raw } = server) => {
  const aborted = new AbortController()
  watches.push(aborted)
  const events = (async function* () {
    const { body } = await raw('GET', url, { signal: aborted.signal, ...(headers ? { headers } : {}) })
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      for (const line of Buffer.from(chunk).toString().trimEnd().split('\n')) yield JSON.parse(line) as Event
    }
  })()
  const next = async () => (await events.next()).value as Event
  return { next, take: async (count: number) => Promise.all(Array.from({ length: count }, next)), stop: () => aborted.abort() }
}
const brief = ({ type, object }: Event) => `${type} ${object.metadata.name}`
const create = (name: string, labels: Record<string, string> = {}) =>
  server.call('POST', configMaps, { body: { metadata: { name, labels } } })
const revision = async () => (await server.call('GET', configMaps)).json.metadata.resourceVersion

beforeAll(async () => {
  server = await startTestServer()
  await server.makeNamespace('default')
})
afterAll(async () => {
  for (const one of watches) one.abort()
  await server.stop()
})

describe('watch', () => {
  it('starts with what is there, then follows', async () => {
    await create('old')
    const { next } = watch(`${configMaps}?watch=true`)
    expect(brief(await next())).toBe('ADDED old')
    await create('new')
    expect(brief(await next())).toBe('ADDED new')
    const patched = await server.call('PATCH', `${configMaps}/new`, { ...merge, body: { data: { k: 'v' } } })
    const modified = await next()
    expect(modified).toEqual({ type: 'MODIFIED', object: patched.json })
    await server.call('DELETE', `${configMaps}/new`)
    const deleted = await next()
    expect(brief(deleted)).toBe('DELETED new')
    expect(Number(deleted.object.metadata.resourceVersion)).toBeGreaterThan(Number(patched.json.metadata.resourceVersion))
    expect(deleted.object.data).toEqual({ k: 'v' })
  })

  it('puts a batch together once for all who want the same, and nobody else', async () => {
    const from = await revision()
    for (const name of ['batch-a', 'batch-b']) await create(name, { batch: 'yes' })
    const stop = new AbortController()
    watches.push(stop)
    const chunk = async (query: string) => {
      const { body } = await server.raw('GET', `${configMaps}?watch=true&resourceVersion=${from}${query}`, {
        signal: stop.signal,
      })
      const { value } = await (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]().next()
      return value as Uint8Array
    }
    const [one, other, selected] = await Promise.all([chunk(''), chunk(''), chunk('&labelSelector=batch')])
    expect(one).toBe(other)
    expect(selected).not.toBe(one)
    expect(Buffer.from(selected)).toEqual(Buffer.from(one))
    expect(Buffer.from(one).toString().split('\n')).toHaveLength(3)
    for (const name of ['batch-a', 'batch-b']) await server.call('DELETE', `${configMaps}/${name}`)
  })

  it('goes on from a revision', async () => {
    const from = await revision()
    await create('after-1')
    await create('after-2')
    const { take } = watch(`${configMaps}?watch=1&resourceVersion=${from}`)
    expect((await take(2)).map(brief)).toEqual(['ADDED after-1', 'ADDED after-2'])
  })

  it('shows objects that enter and leave a selection as added and deleted', async () => {
    await create('moving', { in: 'no' })
    const from = await revision()
    const { next } = watch(`${configMaps}?watch=1&resourceVersion=${from}&labelSelector=in%3Dyes`)
    const label = (value: string) =>
      server.call('PATCH', `${configMaps}/moving`, { ...merge, body: { metadata: { labels: { in: value } } } })
    await label('yes')
    expect(brief(await next())).toBe('ADDED moving')
    const left = await label('no')
    const deleted = await next()
    expect(brief(deleted)).toBe('DELETED moving')
    expect(deleted.object.metadata.labels).toEqual({ in: 'yes' })
    expect(deleted.object.metadata.resourceVersion).toBe(left.json.metadata.resourceVersion)
  })

  it('follows one name, in all three forms', async () => {
    const from = await revision()
    const forms = [
      watch(`${configMaps}?watch=1&resourceVersion=${from}&fieldSelector=metadata.name%3Dsingle`),
      watch(`/api/v1/watch/namespaces/default/configmaps/single?resourceVersion=${from}`),
      watch(
        `/api/v1/configmaps?watch=1&resourceVersion=${from}&fieldSelector=metadata.name%3Dsingle,metadata.namespace%3Ddefault`,
      ),
    ]
    const first = Promise.all(forms.map(({ next }) => next()))
    await create('noise')
    await create('single')
    expect((await first).map(brief)).toEqual(Array(3).fill('ADDED single'))
  })

  it('sends the initial events and says where they end', async () => {
    await create('initial')
    const query = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'
    const { next } = watch(`${configMaps}?${query}&fieldSelector=metadata.name%3Dinitial`)
    expect(brief(await next())).toBe('ADDED initial')
    const bookmark = await next()
    expect(bookmark.type).toBe('BOOKMARK')
    expect(bookmark.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' })
    expect(bookmark.object.metadata.resourceVersion).toBe(await revision())
  })

  it('makes Tables, with columns in the first only', async () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'
    const { next } = watch(`${configMaps}?watch=1&resourceVersion=${await revision()}`, { accept })
    const first = next()
    await create('row-1')
    expect((await first).object.columnDefinitions).toHaveLength(3)
    await create('row-2')
    const second = await next()
    expect(second.object.columnDefinitions).toBeNull()
    expect(second.object.rows?.[0]?.cells[0]).toBe('row-2')
  })

  it('tells in the stream that history is gone', async () => {
    const forgetful = await startTestServer({ heldChanges: 1 })
    await forgetful.makeNamespace('default')
    await forgetful.store.compact(await forgetful.store.revision())
    const { next } = watch(`${configMaps}?watch=1&resourceVersion=1`, {}, forgetful)
    const { type, object } = await next()
    expect(type).toBe('ERROR')
    expect(object).toMatchObject({ kind: 'Status', code: 410, reason: 'Expired' })
    await forgetful.stop()
  })

  it('ends when its time is over or the client goes', async () => {
    const { body } = await server.raw('GET', `${configMaps}?watch=1&timeoutSeconds=1&resourceVersion=${await revision()}`)
    for await (const chunk of body as AsyncIterable<Uint8Array>) expect(chunk).toBeUndefined()
    const gone = watch(`${configMaps}?watch=1&resourceVersion=${await revision()}`)
    const pending = gone.next()
    gone.stop()
    expect(await pending).toBeUndefined()
  })

  it.each([
    ['?watch=1&resourceVersionMatch=NotOlderThan', 422],
    ['?watch=1&sendInitialEvents=true', 422],
    ['?watch=1&resourceVersion=abc', 500],
    ['?watch=1&fieldSelector=spec.x%3Dy', 400],
  ])('refuses %s before it begins', async (query, code) => {
    expect((await server.call('GET', `${configMaps}${query}`)).code).toBe(code)
  })
})
