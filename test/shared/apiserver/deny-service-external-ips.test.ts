import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { denyServiceExternalIPs } from '../../../shared/apiserver/admission/deny-service-external-ips.ts'
import { startTestServer, type TestServer } from './environment.ts'

const services = '/api/v1/namespaces/default/services'
const headers = { 'content-type': 'application/merge-patch+json' }
const withIPs = (name: string, externalIPs?: string[]) => ({
  metadata: { name },
  spec: { ports: [{ port: 80 }], ...(externalIPs && { externalIPs }) },
})

describe('externalIPs', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
    await server.makeNamespace('default')
  })
  afterAll(() => server.stop())

  it('are denied to a new Service and to one that has none, as upstream does it', async () => {
    const refused = { code: 403, message: 'services "a" is forbidden: Use of external IPs is denied by admission control' }
    expect((await server.call('POST', services, { body: withIPs('a', ['203.0.113.9']) })).json).toMatchObject(refused)
    expect((await server.call('POST', services, { body: withIPs('a') })).code).toBe(201)
    const body = { spec: { externalIPs: ['203.0.113.9'] } }
    expect((await server.call('PATCH', `${services}/a`, { headers, body })).json).toMatchObject(refused)
  })
})

it.each([
  [['1.2.3.4'], ['1.2.3.4', '5.6.7.8'], true],
  [[], ['1.2.3.4'], true],
  [['1.2.3.4', '9.9.9.9'], ['1.2.3.4'], false],
])('externalIPs %j of a Service that had %j: admitted %s', async (wanted, had, admitted) => {
  const attributes = {
    operation: 'UPDATE',
    subresource: '',
    definition: { group: '', plural: 'services' },
    object: withIPs('a', wanted),
    oldObject: withIPs('a', had),
  } as unknown as Parameters<NonNullable<typeof denyServiceExternalIPs.validate>>[0]
  const validate = async () => denyServiceExternalIPs.validate?.(attributes, {} as never)
  if (admitted) await validate()
  else await expect(validate()).rejects.toThrow('denied by admission control')
})
