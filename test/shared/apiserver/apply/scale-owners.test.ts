import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../environment.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
  await server.makeNamespace('default')
})
afterAll(() => server.stop())

const deployments = '/apis/apps/v1/namespaces/default/deployments'
const body = {
  metadata: { name: 'one', labels: { a: 'b' } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { a: 'b' } },
    template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
  },
}

it.each([
  ['says nothing new', { metadata: { labels: { c: 'd' } } }],
  ['scales', { spec: { replicas: 3 } }],
  ['says the same', { spec: { replicas: 2 } }],
])('a Scale by who owns the object leaves him all else that is his, when it %s', async (_what, patch) => {
  await server.call('POST', deployments, { body })
  await server.call('PATCH', `${deployments}/one/scale`, {
    body: patch,
    headers: { 'content-type': 'application/merge-patch+json' },
  })
  const { json } = await server.call('GET', `${deployments}/one`)
  const owned = json.metadata.managedFields!.map(({ fieldsV1 }) => fieldsV1 as Record<string, Record<string, unknown>>)
  expect(owned.some((fields) => fields['f:spec']?.['f:replicas'])).toBe(true)
  expect(owned.some((fields) => fields['f:metadata']?.['f:labels'] && fields['f:spec']?.['f:template'])).toBe(true)
  await server.call('DELETE', `${deployments}/one`)
})
