import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from './environment.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

it('creates', async () => {
  const made = await server.call('POST', '/api/v1/namespaces', { body: { metadata: { name: 'default' } } })
  expect(made.json).toMatchObject({ kind: 'Namespace', apiVersion: 'v1' })
  const configMap = await server.call('POST', '/api/v1/namespaces/default/configmaps', {
    body: { metadata: { name: 'a' }, data: { k: 'v' } },
  })
  expect(configMap.json).toMatchObject({})
  console.log(configMap.text)
  console.log((await server.call('GET', '/api/v1/namespaces/default/configmaps')).text)
  console.log(
    (await server.call('GET', '/api/v1/configmaps', { headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' } }))
      .text,
  )
  console.log((await server.call('DELETE', '/api/v1/namespaces/default/configmaps/a')).text)
  console.log((await server.call('GET', '/apis')).text)
  console.log((await server.call('GET', '/api/v1/namespaces/default/configmaps/a')).text)
  console.log(server.logs)
})
