import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../apiserver/environment.ts'
import { replay } from '../replay.ts'

describe('flowcontrol, as a real API server has it', () => replay(new URL('./facts.json', import.meta.url)))

const flowSchemas = '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas'
const levels = '/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations'
const merge = { 'content-type': 'application/merge-patch+json' }

describe('flowcontrol', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server.stop())

  it('lists FlowSchemas in the order in which they are tried', async () => {
    for (const [name, matchingPrecedence] of [
      ['a', 900],
      ['b', 5],
      ['c', 900],
    ] as const) {
      await server.call('POST', flowSchemas, {
        body: { metadata: { name }, spec: { priorityLevelConfiguration: { name: 'x' }, matchingPrecedence } },
      })
    }
    const headers = { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' }
    const { json } = await server.call<{ rows: { cells: unknown[] }[] }>('GET', flowSchemas, { headers })
    expect(json.rows.map(({ cells }) => cells.slice(0, 5))).toEqual([
      ['b', 'x', 5, '<none>', expect.any(String)],
      ['a', 'x', 900, '<none>', expect.any(String)],
      ['c', 'x', 900, '<none>', expect.any(String)],
    ])
  })

  it('counts generations of spec only', async () => {
    const patch = (body: object) => server.call('PATCH', `${flowSchemas}/a`, { headers: merge, body })
    expect((await patch({ metadata: { labels: { a: 'b' } } })).json.metadata.generation).toBe(1)
    expect((await patch({ status: { conditions: [{ type: 'X' }] } })).json.status).toEqual({})
    expect((await patch({ spec: { matchingPrecedence: 7 } })).json.metadata.generation).toBe(2)
  })

  it('has objects that may only be what they are', async () => {
    const wrong = await server.call('POST', flowSchemas, {
      body: { metadata: { name: 'catch-all' }, spec: { priorityLevelConfiguration: { name: 'catch-all' } } },
    })
    expect(wrong.json.message).toContain("spec of 'catch-all' must equal the fixed value")
    const level = (name: string, spec: object) => server.call('POST', levels, { body: { metadata: { name }, spec } })
    expect((await level('exempt', { type: 'Exempt', exempt: { nominalConcurrencyShares: 3 } })).code).toBe(201)
    const limited = { limitResponse: { type: 'Reject' } }
    expect((await level('catch-all', { type: 'Limited', limited })).json.message).toContain('must equal the fixed value')
    const five = { ...limited, nominalConcurrencyShares: 5 }
    expect((await level('catch-all', { type: 'Limited', limited: five })).code).toBe(201)
  })
})
