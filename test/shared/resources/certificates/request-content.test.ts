import { expect, it } from 'vitest'
import { requestContent } from '../../../../shared/resources/certificates/request-content.ts'
import { newSigningRequest } from '../../apiserver/new-signing-request.ts'

const contentOf = async (wanted: Parameters<typeof newSigningRequest>[0]) => {
  const { request } = await newSigningRequest(wanted)
  const { whole: _whole, publicKey, ...content } = requestContent(Buffer.from(request, 'base64').toString())
  expect(publicKey.length).toBeGreaterThan(80)
  return content
}
const none = { commonName: '', organizations: [], dnsNames: [], emailAddresses: [], uris: [], ipAddresses: [] }

it('reads what a request asks to be named', async () => {
  expect(await contentOf({ name: 'jane', groups: ['dev', 'ops é'] })).toEqual({
    ...none,
    commonName: 'jane',
    organizations: ['dev', 'ops é'],
  })
  expect(
    await contentOf({
      name: 'system:node:n1',
      groups: ['system:nodes'],
      alternatives: [
        { type: 'dns', value: 'n1.example' },
        { type: 'ip', value: '10.0.0.1' },
        { type: 'email', value: 'a@b.c' },
        { type: 'url', value: 'spiffe://x/y' },
      ],
    }),
  ).toEqual({
    commonName: 'system:node:n1',
    organizations: ['system:nodes'],
    dnsNames: ['n1.example'],
    ipAddresses: ['0a000001'],
    emailAddresses: ['a@b.c'],
    uris: ['spiffe://x/y'],
  })
  expect(await contentOf({})).toEqual(none)
})

it.each([
  '',
  'x',
  '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
  '-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n',
])('refuses %j', (text) => expect(() => requestContent(text)).toThrow())
