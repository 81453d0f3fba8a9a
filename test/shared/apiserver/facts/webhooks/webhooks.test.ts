import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createStreams } from '../../../../../shared/apiserver/streams/create-streams.ts'
import type { NodeConnector } from '../../../../../shared/apiserver/streams/node-connector.ts'
import { type ReceivedReview, startWebhookServer, type WebhookServer } from '../../admission/webhooks/webhook-server.ts'
import { startTestServer, type TestServer } from '../../environment.ts'
import {
  answerOf,
  behaving,
  configurations,
  type Heard,
  heardOf,
  namespace,
  type Said,
  watched,
  watchedRequests,
} from './conversation.ts'

let server: TestServer
let hooks: WebhookServer
const reviews: ReceivedReview[] = []
beforeAll(async () => {
  hooks = await startWebhookServer((review) => {
    reviews.push(review)
    return answerOf(review)
  })
  // Nobody comes so far as to need one.
  const connector: NodeConnector = { request: () => Promise.reject(new Error()), connect: () => Promise.reject(new Error()) }
  server = await startTestServer({ defaultRoles: true, subresources: createStreams({ connector }) })
  await server.call('POST', '/api/v1/namespaces', { body: { metadata: { name: namespace } } })
  await server.call('POST', '/api/v1/namespaces', { body: { metadata: { name: watched, labels: { watched: 'yes' } } } })
  for (const [plural, webhooks] of Object.entries(configurations(hooks))) {
    const path = `/apis/admissionregistration.k8s.io/v1/${plural}`
    const { code, text } = await server.call('POST', path, { body: { metadata: { name: 'facts' }, webhooks } })
    expect(code, text).toBe(201)
  }
})
afterAll(async () => {
  await server.stop()
  await hooks.stop()
})

const recorded = (name: string) =>
  JSON.parse(readFileSync(new URL(`./${name}.json`, import.meta.url), 'utf8')) as Record<string, Heard>

const ask = async ({ method, path, body, type = 'application/json' }: Said, withReviews: boolean): Promise<Heard> => {
  reviews.length = 0
  const headers = { accept: 'application/json', 'content-type': type }
  const { code, headers: answered, text } = await server.call(method, path, { body, headers })
  return heardOf({ code, warning: answered.warning, text }, withReviews ? [...reviews] : undefined)
}

describe.each([
  { name: 'behaviours', conversation: behaving, withReviews: false },
  { name: 'reviews', conversation: watchedRequests, withReviews: true },
])('$name of webhooks: what a real API server said', ({ name, conversation, withReviews }) => {
  const facts = recorded(name)
  it.each(conversation.map((said) => [said.what, said] as const))('%s', async (what, said) => {
    expect(await ask(said, withReviews)).toEqual(facts[what])
  })
})
