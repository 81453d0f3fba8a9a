import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../environment.ts'
import { bodies } from './body.ts'
import { negotiations } from './negotiation.ts'
import { queries } from './query.ts'
import { type Fact, type FactRequest, factOf, setUp } from './requests.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
  for (const each of setUp) await ask(each)
})
afterAll(() => server.stop())

const ask = async ({ method, url, accept, contentType, body }: FactRequest): Promise<Fact> => {
  const leaving = new AbortController()
  const headers = { ...(accept && { accept }), ...(contentType && { 'content-type': contentType }) }
  const response = await server.raw(method, url, { body, headers, signal: leaving.signal })
  let text = ''
  if (response.body instanceof Uint8Array) text = Buffer.from(response.body).toString()
  else {
    for await (const chunk of response.body) {
      text += Buffer.from(chunk).toString()
      if (/[?&]watch=/.test(url)) break
    }
  }
  leaving.abort()
  return factOf(response.status, response.headers['content-type'] ?? '', text)
}

const recorded = (name: string): Record<string, Fact> =>
  JSON.parse(readFileSync(new URL(`./${name}.json`, import.meta.url), 'utf8')) as Record<string, Fact>

/** Where we answer something else on purpose, and why. */
const departures: readonly { readonly why: string; readonly is: (title: string, fact: Fact) => boolean }[] = [
  { why: 'answers in protobuf are not there yet', is: (_, { type }) => type === 'application/vnd.kubernetes.protobuf' },
  {
    why: 'a revision of a query is no precondition of each deletion',
    is: (title, { code }) => title.startsWith('deletecollection resourceVersion') && (code === 409 || code === 504),
  },
  { why: 'our positions stay below 2^53', is: (title) => title.includes('resourceVersion=18446744073709551615') },
  {
    why: 'many where one is asked for is refused before the one is looked for',
    is: (title) => /^(get what is not there|watch|delete): .*as=PartialObjectMetadataList/.test(title),
  },
  {
    why: 'a patch is converted as any other body is',
    is: (title, { code }) => title.includes('patch strategic {"metadata":{"labels":{"x":1}}}') && code === 422,
  },
  { why: 'no name has a comma', is: (title) => title.includes('metadata.name%3Da%5C%2Cb') },
]

/** What is said of types of Go, of media types that are not there, and where a reason is missing, is ours. */
const ours = (fact: Fact): Fact => {
  const unreadable = /, application\/(json|vnd\.kubernetes\.protobuf)(;stream=watch)?(?=,|$)/g
  const message = fact.message?.replace(/ \(\*[\w.]+\)$/, '').replaceAll(fact.code === 415 ? /$^/g : unreadable, '')
  return { ...fact, ...(message && { message }), ...(fact.code === 500 && { reason: 'InternalError' }) }
}

describe.each([
  ['negotiation', negotiations],
  ['query', queries],
  ['body', bodies],
])('%s: what a real API server said', (name, requests) => {
  const facts = recorded(name)
  const same = [...requests.keys()].filter((title) => !departures.some(({ is }) => is(title, facts[title]!)))
  it.each(same)('%s', async (title) => {
    expect(await ask(requests.get(title)!)).toEqual(ours(facts[title]!))
  })
})
