import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../apiserver/environment.ts'
import { replay } from '../replay.ts'

describe('a CertificateSigningRequest, as a real API server has it', () => replay(new URL('./facts.json', import.meta.url)))

const request = `-----BEGIN CERTIFICATE REQUEST-----
MIGMMEACAQAwDTELMAkGA1UEAwwCZWQwKjAFBgMrZXADIQBKtq2gcXvUSNuA3+jk
bf+6iQbg/5LMr2wtYwLHbyeDJKAAMAUGAytlcANBAH301bxPA90THynuojWUBaF0
+dYNSmRDubI9AhVkziMk1XHz0j+ku8YbBbibG4f/PfTd+vxCm1h2KNIpunSSFwM=
-----END CERTIFICATE REQUEST-----
`
const url = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
const body = {
  metadata: { name: 'one' },
  spec: {
    request: Buffer.from(request).toString('base64'),
    signerName: 'example.com/signer',
    usages: ['client auth'],
    username: 'another',
    groups: ['system:masters'],
    extra: { a: ['b'] },
  },
}
const merge = { 'content-type': 'application/merge-patch+json' }

describe('a CertificateSigningRequest', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server.stop())

  it('says who asks, whatever it says itself, and never says another', async () => {
    const user = { name: 'jane', uid: '7', groups: ['dev', 'system:masters'], extra: { scopes: ['x', 'y'] } }
    const spec = {
      username: 'jane',
      uid: '7',
      groups: ['dev', 'system:masters', 'system:authenticated'],
      extra: { scopes: ['x', 'y'] },
    }
    const made = await server.call('POST', url, { user, body })
    expect(made).toMatchObject({ code: 201, json: { spec } })
    const put = await server.call('PUT', `${url}/one`, { body })
    expect(put).toMatchObject({ code: 200, json: { spec } })
  })

  it('gets the times of its conditions where they are left out, and keeps when one came', async () => {
    const now = new Date().toISOString().slice(0, 13)
    const decide = (reason: string) =>
      server.call<{ status: { conditions: { lastTransitionTime: string; lastUpdateTime: string }[] } }>(
        'PATCH',
        `${url}/one/approval`,
        { headers: merge, body: { status: { conditions: [{ type: 'Approved', status: 'True', reason }] } } },
      )
    const [first] = (await decide('a')).json.status.conditions
    expect(first!.lastUpdateTime.slice(0, 13) >= now).toBe(true)
    expect(first!.lastTransitionTime).toBe(first!.lastUpdateTime)
    const [second] = (await decide('b')).json.status.conditions
    expect(second).toMatchObject({ reason: 'b', lastTransitionTime: first!.lastTransitionTime })
  })

  it('takes no approval by a status, and no certificate by an approval', async () => {
    const patch = (path: string, status: object) =>
      server.call('PATCH', `${url}/one/${path}`, { headers: merge, body: { status } })
    expect((await patch('status', { conditions: [] })).json.message).toContain(
      'updates may not remove a condition of type "Approved"',
    )
    expect((await patch('approval', { certificate: 'AAAA' })).json.status).not.toHaveProperty('certificate')
  })
})
