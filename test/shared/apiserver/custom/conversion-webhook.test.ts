import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../environment.ts'
import facts from '../facts/conversion-webhook.json' with { type: 'json' }
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

/** What is not as a real kube-apiserver has it, and why. */
const departures: Readonly<Record<string, string>> = {
  redirect: 'no redirect is followed',
  redirect307: 'no redirect is followed',
  yaml: 'an answer is JSON',
  nokind: 'the text shows the object as it is sent, whose fields stand in another order',
}

interface Shown {
  readonly kind?: string
  readonly items?: Shown[]
  readonly apiVersion: string
  readonly metadata: { name: string; generation?: number; labels?: object; annotations?: object }
  readonly spec?: object
}

const shown = (object: Shown): unknown => {
  if (object.kind === 'Status' || object.kind === 'Table') return object.kind
  const { apiVersion, metadata, spec = null } = object
  const { name, generation = null, labels = null, annotations = null } = metadata
  return { apiVersion, name, generation, labels, annotations, spec }
}

const noted = (text: string) =>
  text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UID')
    .replaceAll(`127.0.0.1:${hook.port}`, 'HOOK')

/** The same requests that the real one was sent. */
const talk = async (mode: string): Promise<Record<string, unknown>> => {
  const group = `${mode}.conv.example.com`
  const path = mode === 'beta' || mode === 'badca' ? 'ok' : mode
  const url = mode === 'refused' ? 'https://127.0.0.1:1/x' : `https://127.0.0.1:${hook.port}/${path}`
  const clientConfig = { url, ...(mode === 'badca' ? {} : { caBundle: hook.caBundle }) }
  await define(
    server,
    crdOf(group, { clientConfig, conversionReviewVersions: mode === 'beta' ? ['v1beta1'] : ['v1', 'v1beta1'] }),
  )
  const [one, two] = [at(group, 'v1'), at(group, 'v2')]
  const merge = { 'content-type': 'application/merge-patch+json' }
  const seen: Record<string, unknown> = {}
  const ask = async (
    what: string,
    method: string,
    target: string,
    options: { body?: unknown; headers?: Record<string, string> } = {},
  ) => {
    const { code, json } = await server.call<Shown & { message: string; reason?: string }>(method, target, options)
    if (code >= 300) seen[what] = { code, message: noted(json.message), ...(json.reason && { reason: json.reason }) }
    else seen[what] = { code, object: json.items ? json.items.map(shown) : shown(json) }
  }
  const created = await server.call('POST', one, { body: endpoint(group, 'v1', { name: 'a', hostPort: 'h:1' }) })
  expect(created.code).toBe(201)
  await ask('get v1', 'GET', `${one}/a`)
  await ask('get v2', 'GET', `${two}/a`)
  await ask('list v2', 'GET', two)
  await ask('create v2', 'POST', two, { body: endpoint(group, 'v2', { name: 'b', host: 'h', port: '2' }) })
  await ask('create v2 dry', 'POST', `${two}?dryRun=All`, { body: endpoint(group, 'v2', { name: 'c', host: 'h', port: '2' }) })
  await ask('patch v2', 'PATCH', `${two}/a`, { body: { spec: { port: '3' } }, headers: merge })
  await ask('status v2', 'PATCH', `${two}/a/status`, { body: { metadata: { labels: { l: 'm' } } }, headers: merge })
  await ask('apply v2', 'PATCH', `${two}/a?fieldManager=x&force=true`, {
    body: endpoint(group, 'v2', { name: 'a', host: 'x', port: '9' }),
    headers: { 'content-type': 'application/apply-patch+yaml' },
  })
  await ask('patch v1', 'PATCH', `${one}/a`, { body: { spec: { hostPort: 'z:7' } }, headers: merge })
  await ask('table v2', 'GET', `${two}/a`, { headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' } })
  await ask('delete v2', 'DELETE', `${two}/a`)
  await ask('get v1 after', 'GET', one)
  return seen
}

describe('a webhook that converts is asked, and what it answers is held against what it was asked, as a real one does', () => {
  it.each(Object.keys(facts).filter((mode) => !(mode in departures)))('%s', async (mode) => {
    const seen = await talk(mode)
    const known = facts[mode as keyof typeof facts] as Record<string, unknown>
    expect(Object.fromEntries(Object.keys(known).map((what) => [what, seen[what]]))).toEqual(known)
  })

  it('follows no redirect', async () => {
    for (const mode of ['redirect', 'redirect307']) {
      const seen = await talk(mode)
      expect(seen['get v2']).toMatchObject({
        code: 500,
        message: expect.stringContaining(`${mode}.conv.example.com/v1, Kind=Endpoint failed`),
      })
    }
  })
})
