import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseRequest } from '../../../shared/apiserver/router.ts'
import { startTestServer, type TestServer } from './environment.ts'

let server: TestServer
let nowMs = Date.now()
beforeAll(async () => {
  server = await startTestServer({ clock: { now: () => nowMs, sleep: async () => undefined } })
})
afterAll(() => server.stop())

it('whoever asks for health often costs the store one look in seconds', async () => {
  let looks = 0
  const revision = server.store.revision.bind(server.store)
  server.store.revision = () => {
    looks++
    return revision()
  }
  const ask = () => server.call('GET', '/readyz', { user: null })
  for (let call = 0; call < 20; call++) expect((await ask()).text).toBe('ok')
  expect(looks).toBe(1)
  nowMs += 3001
  await ask()
  expect(looks).toBe(2)
})

it.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
  'the old paths of watches are for reading: %s names a resource of that name',
  (method) => {
    const query = new URLSearchParams()
    expect(parseRequest({ method, path: '/api/v1/watch/pods', query })).toMatchObject({ resource: 'watch', name: 'pods' })
    expect(parseRequest({ method: 'GET', path: '/api/v1/watch/pods', query })).toMatchObject({ verb: 'watch', resource: 'pods' })
  },
)
