import { X509Certificate } from 'node:crypto'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openPki } from '../../local/pki.ts'

it('issues certificates that its authority vouches for, once, and anew when the request changes', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'pki-'))
  const pki = await openPki(directory)
  const request = { name: 'kubernetes-admin', groups: ['system:masters'], usage: 'client' } as const
  const pair = await pki.certificate('admin', request)
  const certificate = new X509Certificate(pair.certificate)
  expect(certificate.subject).toBe('O=system:masters\nCN=kubernetes-admin')
  expect(certificate.verify(new X509Certificate(pki.authority.certificate).publicKey)).toBe(true)

  const again = await openPki(directory)
  expect((await again.certificate('admin', request)).certificate).toBe(pair.certificate)
  const server = await again.certificate('server', {
    name: 'api',
    usage: 'server',
    dnsNames: ['localhost'],
    addresses: ['127.0.0.1'],
  })
  expect(new X509Certificate(server.certificate).subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1')
  const wider = await again.certificate('server', { name: 'api', usage: 'server', addresses: ['127.0.0.1', '10.96.0.1'] })
  expect(new X509Certificate(wider.certificate).subjectAltName).toBe('IP Address:127.0.0.1, IP Address:10.96.0.1')
})
