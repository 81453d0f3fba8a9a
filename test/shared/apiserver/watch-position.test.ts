import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../shared/meta/object.ts'
import { ManualClock } from '../../fakes/manual-clock.ts'
import { startTestServer, type TestServer } from './environment.ts'

const configMaps = '/api/v1/namespaces/default/configmaps'

interface Event {
  readonly type: string
  readonly object: KubeObject & { readonly code?: number; readonly reason?: string; readonly message?: string }
}

describe('position of a watch', () => {
  let server: TestServer
  let clock: ManualClock
  let stop: AbortController
  beforeEach(async () => {
    stop = new AbortController()
    clock = new ManualClock()
    server = await startTestServer({ clock })
    await server.makeNamespace('default')
  })
  afterEach(async () => {
    stop.abort()
    await server.stop()
  })

  const create = async (name: string, path = configMaps) =>
    Number((await server.call('POST', path, { body: { metadata: { name } } })).json.metadata.resourceVersion)

  const watch = async (query: string, path = configMaps) => {
    const { body } = await server.raw('GET', `${path}?watch=true&${query}`, { signal: stop.signal })
    const chunks = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
    let lines: string[] = []
    return async (): Promise<Event> => {
      if (lines.length === 0)
        lines = Buffer.from((await chunks.next()).value)
          .toString()
          .trimEnd()
          .split('\n')
      return JSON.parse(lines.shift()!) as Event
    }
  }

  it('is told each minute to who asks for it, also when nothing concerned it', async () => {
    const from = await server.store.revision()
    const next = await watch(`resourceVersion=${from}&allowWatchBookmarks=true`)
    const bookmark = next()
    const secrets = '/api/v1/namespaces/default/secrets'
    const ofOthers = await watch(`resourceVersion=${from}`, secrets)
    const latest = await create('a', secrets)
    // Now the tail has read it.
    expect((await ofOthers()).object.metadata.name).toBe('a')
    clock.advance(60_000)
    expect(await bookmark).toMatchObject({ type: 'BOOKMARK', object: { metadata: { resourceVersion: String(latest) } } })
  })

  it('begins with what is there when it is 0', async () => {
    await create('a')
    const next = await watch('resourceVersion=0')
    expect(await next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'a' } } })
    await create('b')
    expect(await next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'b' } } })
  })

  it('may lie ahead: what comes up to it is not told', async () => {
    const ahead = (await server.store.revision()) + 2
    const next = await watch(`resourceVersion=${ahead}`)
    const event = next()
    const revisions = [await create('a'), await create('b'), await create('c')]
    expect(revisions.filter((revision) => revision > ahead)).toHaveLength(1)
    expect((await event).object.metadata).toMatchObject({ name: 'c', resourceVersion: String(revisions[2]) })
  })

  it('is lost to a watcher that does not read, with an error that says so, and to no other', async () => {
    const from = await server.store.revision()
    const slow = await watch(`resourceVersion=${from}`)
    await create('first')
    await slow()
    const bytes = (revision: number) =>
      Buffer.from(JSON.stringify({ metadata: { name: 'x', resourceVersion: String(revision) } }))
    const key = (i: number) => ({ resource: 'configmaps', namespace: 'default', name: `m${i}` })
    const many = 10_200
    await Promise.all(Array.from({ length: many }, (_, i) => server.store.create(key(i), bytes)))
    const quick = await watch(`resourceVersion=${(await server.store.revision()) - 1}`)
    expect((await quick()).type).toBe('ADDED')
    let event = await slow()
    while (event.type === 'ADDED') event = await slow()
    expect(event).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } })
    expect(event.object.message).toMatch(/too slow: \d+ changes were waiting/)
  })
})
