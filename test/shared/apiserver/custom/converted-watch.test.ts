import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../environment.ts'
import { type ConversionHook, startConversionHook } from './conversion-hook.ts'
import { at, crdOf, define, endpoint } from './converted-kind.ts'

let server: TestServer
let hook: ConversionHook
beforeAll(async () => {
  server = await startTestServer()
  await server.makeNamespace('default')
  hook = await startConversionHook()
})
afterAll(async () => {
  hook.close()
  await server.stop()
})

interface Event {
  readonly type: string
  readonly object: { apiVersion: string; message: string; code: number; spec: object; metadata: { name: string; labels: object } }
}

const open: AbortController[] = []
afterEach(() => {
  for (const one of open.splice(0)) one.abort()
})

const watch = async (url: string, headers: Record<string, string> = {}) => {
  const gone = new AbortController()
  open.push(gone)
  const { status, body } = await server.raw('GET', url, { signal: gone.signal, headers })
  expect(status).toBe(200)
  const lines = (async function* () {
    for await (const chunk of body as AsyncIterable<Uint8Array>)
      for (const line of Buffer.from(chunk).toString().trim().split('\n')) yield JSON.parse(line) as Event
  })()
  return async () => (await lines.next()).value as Event | undefined
}

const kindOf = async (name: string) => {
  const group = `${name}.watched.example.com`
  hook.answer(name, 'ok')
  await define(server, crdOf(group, { clientConfig: { url: `https://127.0.0.1:${hook.port}/${name}`, caBundle: hook.caBundle } }))
  return { group, one: at(group, 'v1'), two: at(group, 'v2'), asked: () => hook.asked.filter(({ path }) => path === name).length }
}

describe('a watch of a version that a webhook makes', () => {
  it('shows what is there and what changes, and each change is converted once for all who watch', async () => {
    const { group, one, two, asked } = await kindOf('many')
    await server.call('POST', one, { body: endpoint(group, 'v1', { name: 'a', hostPort: 'h:1' }) })
    const watchers = await Promise.all(Array.from({ length: 5 }, () => watch(`${two}?watch=1`)))
    for (const next of watchers)
      expect(await next()).toMatchObject({ type: 'ADDED', object: { apiVersion: `${group}/v2`, spec: { host: 'h', port: '1' } } })
    const before = asked()
    const events = watchers.map((next) => next())
    await server.call('POST', one, { body: endpoint(group, 'v1', { name: 'b', hostPort: 'h:2' }) })
    for (const event of await Promise.all(events))
      expect(event).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'b' }, spec: { host: 'h', port: '2' } } })
    expect(asked() - before).toBe(1)
    const last = watchers.map((next) => next())
    await server.call('DELETE', `${one}/b`)
    for (const event of await Promise.all(last))
      expect(event).toMatchObject({ type: 'DELETED', object: { apiVersion: `${group}/v2`, spec: { port: '2' } } })
  })

  it('selects by what objects are in that version', async () => {
    const { group, one, two } = await kindOf('meta')
    hook.answer('meta', 'meta')
    const next = await watch(`${two}?watch=1&labelSelector=hooked%3Dyes,k%3Dv`)
    await server.call('POST', one, { body: endpoint(group, 'v1', { name: 'a', hostPort: 'h:1' }) })
    expect(await next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'a', labels: { hooked: 'yes' } } } })
    await server.call('PATCH', `${one}/a`, {
      body: { metadata: { labels: { k: 'w' } }, spec: { hostPort: 'h:2' } },
      headers: { 'content-type': 'application/merge-patch+json' },
    })
    // It left the selection, and is shown as it was.
    expect(await next()).toMatchObject({ type: 'DELETED', object: { metadata: { labels: { k: 'v' } }, spec: { port: '1' } } })
  })

  it('as a table', async () => {
    const { group, one, two } = await kindOf('table')
    await server.call('POST', one, { body: endpoint(group, 'v1', { name: 'a', hostPort: 'h:1' }) })
    const next = await watch(`${two}?watch=1&includeObject=Object`, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' })
    expect(await next()).toMatchObject({
      type: 'ADDED',
      object: { kind: 'Table', rows: [{ cells: ['a', expect.any(String)], object: { spec: { host: 'h' } } }] },
    })
  })

  it('ends with what the webhook failed at, and can be taken up when it is well again', async () => {
    const { group, one, two } = await kindOf('failing')
    const next = await watch(`${two}?watch=1`)
    const { json } = await server.call('GET', one)
    hook.answer('failing', 'failed')
    await server.call('POST', one, { body: endpoint(group, 'v1', { name: 'a', hostPort: 'h:1' }) })
    expect(await next()).toMatchObject({
      type: 'ERROR',
      object: { code: 500, message: `conversion webhook for ${group}/v1, Kind=Endpoint failed: no can do` },
    })
    expect(await next()).toBeUndefined()
    hook.answer('failing', 'ok')
    const again = await watch(`${two}?watch=1&resourceVersion=${json.metadata.resourceVersion}`)
    expect(await again()).toMatchObject({ type: 'ADDED', object: { spec: { host: 'h', port: '1' } } })
  })
})
