import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../environment.ts'
import { contentTypeOf, type Heard, heardOf, namespace, type Said } from './conversation.ts'
import { conversations } from './conversations.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ defaultRoles: true })
  await server.call('POST', '/api/v1/namespaces', { body: { metadata: { name: namespace } } })
})
afterAll(() => server.stop())

/** What the role of metrics-server's manifest adds to `view`: its API is served here without it. */
const grantsOfMetrics = /\\n\{APIGroups:\[\\"metrics\.k8s\.io\\"\][^}]*\}/g

const ask = async (said: Said): Promise<Heard> => {
  const { method = 'GET', path, body, accept = 'application/json' } = said
  const { code, headers, text } = await server.call(method, path, {
    body,
    headers: { ...said.headers, accept, 'content-type': contentTypeOf(said) },
  })
  return heardOf(said, code, headers.warning, text.replaceAll(grantsOfMetrics, ''))
}

const recorded = (name: string): Record<string, Heard> =>
  JSON.parse(readFileSync(new URL(`./${name}.json`, import.meta.url), 'utf8')) as Record<string, Heard>

describe.each(Object.entries(conversations))('%s: what a real API server said', (name, conversation) => {
  const facts = recorded(name)
  it.each(conversation.map((said) => [said.what, said] as const))('%s', async (what, said) => {
    expect(await ask(said)).toEqual(facts[what])
  })
})
