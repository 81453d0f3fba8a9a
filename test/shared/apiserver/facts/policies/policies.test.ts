import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AdmissionPlugin } from '../../../../../shared/apiserver/admission/admission.ts'
import { createDefaultAdmission } from '../../../../../shared/apiserver/admission/default-plugins.ts'
import { createStreams } from '../../../../../shared/apiserver/streams/create-streams.ts'
import type { NodeConnector } from '../../../../../shared/apiserver/streams/node-connector.ts'
import { judgeStatus } from '../../../../../shared/controllers/customresourcedefinition/status.ts'
import type { CustomResourceDefinition } from '../../../../../shared/resources/apiextensions/resource.ts'
import { startTestServer, type TestServer } from '../../environment.ts'
import { contentTypeOf, namespaceOf, type Outcome, outcomeOf, preparations, type Request } from './case.ts'
import { shared } from './cases/limits.ts'
import { cases, prefix } from './cases.ts'

const facts = JSON.parse(readFileSync(new URL('./facts.json', import.meta.url), 'utf8')) as Record<string, Outcome[]>

let server: TestServer
let annotations: Record<string, string> = {}
/** What is set later stands in the same object. */
const lookOn = (attributes: { auditAnnotations: Record<string, string> }) => {
  annotations = attributes.auditAnnotations
}
const onlooker: AdmissionPlugin = { name: 'Onlooker', connects: true, mutate: lookOn, validate: lookOn }

const ask = async (said: Request, index: number): Promise<Outcome> => {
  const there = (text: string) => text.replaceAll('NS', namespaceOf(prefix, index))
  const { method, path, body, headers = {} } = said
  annotations = {}
  const answer = await server.call(method, there(path), {
    body: body === undefined ? undefined : there(JSON.stringify(body)),
    headers: { ...(JSON.parse(there(JSON.stringify(headers))) as Record<string, string>), 'content-type': contentTypeOf(said) },
  })
  return outcomeOf(answer.code, answer.text, { warning: answer.headers.warning, annotations })
}

beforeAll(async () => {
  // Nobody comes so far as to need one.
  const connector: NodeConnector = { request: () => Promise.reject(new Error()), connect: () => Promise.reject(new Error()) }
  const admission = [onlooker, ...createDefaultAdmission()]
  server = await startTestServer({ defaultRoles: true, admission, subresources: createStreams({ connector }) })
  for (const { method, path, body } of shared) {
    const made = await server.call<CustomResourceDefinition>(method, path, { body })
    const established = judgeStatus(made.json, [], '2026-01-01T00:00:00Z')
    await server.call('PUT', `${path}/${made.json.metadata.name}/status`, { body: established })
  }
  for (const [index, one] of cases.entries())
    for (const said of preparations(one)) expect(await ask(said, index), JSON.stringify(said)).toEqual({ code: 201 })
}, 60_000)
afterAll(() => server.stop())

describe('validating admission policies: what a real API server said', () => {
  it.each(cases.map((one, index) => [one.what, one, index] as const))('%s', async (what, one, index) => {
    const outcomes: Outcome[] = []
    for (const said of one.requests) outcomes.push(await ask(said, index))
    expect(outcomes).toEqual(facts[what])
  })
})
