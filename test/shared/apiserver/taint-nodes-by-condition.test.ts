import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from './environment.ts'

const notReady = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }

describe('a new node', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server.stop())

  const create = async (name: string, spec?: object) =>
    (await server.call('POST', '/api/v1/nodes', { body: { metadata: { name }, ...(spec && { spec }) } })).json.spec

  it('takes no pods before it was seen Ready', async () => {
    expect(await create('plain')).toEqual({ taints: [notReady] })
    const own = { key: 'dedicated', value: 'database', effect: 'NoExecute' }
    expect(await create('tainted', { taints: [own] })).toMatchObject({ taints: [own, notReady] })
    expect(await create('told', { taints: [notReady] })).toMatchObject({ taints: [notReady] })
  })

  it('keeps what it is told later', async () => {
    const body = { spec: { taints: null } }
    const headers = { 'content-type': 'application/merge-patch+json' }
    const { json } = await server.call('PATCH', '/api/v1/nodes/plain', { headers, body })
    expect(json.spec).not.toHaveProperty('taints')
  })
})
