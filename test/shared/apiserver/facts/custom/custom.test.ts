import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { judgeStatus } from '../../../../../shared/controllers/customresourcedefinition/status.ts'
import type { CustomResourceDefinition } from '../../../../../shared/resources/apiextensions/resource.ts'
import { startTestServer, type TestServer } from '../../environment.ts'
import { type CustomFact, factOf } from './fact.ts'
import { type CustomRequest, customRequests, definedFirst } from './requests.ts'

const facts = JSON.parse(readFileSync(new URL('./facts.json', import.meta.url), 'utf8')) as Record<string, CustomFact>

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
  await server.makeNamespace('default')
  for (const { method, path, body } of definedFirst) {
    const made = await server.call<CustomResourceDefinition>(method, path, { body })
    const established = judgeStatus(made.json, [], '2026-01-01T00:00:00Z')
    await server.call('PUT', `${path}/${made.json.metadata.name}/status`, { body: established })
  }
})
afterAll(() => server.stop())

const ask = async (each: CustomRequest): Promise<CustomFact> => {
  const { method, path, type, body } = each
  const answer = await server.call(method, path, { body, ...(type ? { headers: { 'content-type': type } } : {}) })
  return factOf(each, answer.code, answer.headers.warning, answer.text)
}

/** Where this server says less, or says it otherwise; the part that is alike is compared. */
const departures: Readonly<Record<string, string>> = {
  'definition: status and a root with anyOf': 'upstream shows the schema as Go has it in memory',
  'a list as body': "upstream shows a type of Go's",
  'another version': 'upstream warns of spec as of an unknown field, as no schema goes with the version',
  'patch unknown fields': 'upstream shows the patched object with managedFields, in another order',
}

const alike = (fact: CustomFact | undefined, what: string) =>
  what in departures ? { code: fact?.code, reason: fact?.reason } : fact

describe('custom resources: what a real API server said', () => {
  // One after the other: what one does the next one finds.
  it.each(customRequests)('$what', async (each) => {
    expect(alike(await ask(each), each.what)).toEqual(alike(facts[each.what], each.what))
  })
})
