import { afterEach, beforeAll, expect, it } from 'vitest'
import { type HttpServer, serve } from '../../../local/http-server.ts'
import { createHttpTransport } from '../../../shared/client/http-transport.ts'
import { createAuthority, issue, type KeyPair } from '../../../shared/identity/certificates.ts'
import { createLogger } from '../../../shared/platform/log.ts'

let authority: KeyPair
let certificate: KeyPair
let server: HttpServer | undefined
beforeAll(async () => {
  authority = await createAuthority('test')
  certificate = await issue(authority, { name: 'api', addresses: ['127.0.0.1'], usage: 'server' })
})
afterEach(() => server?.close())

it('hears every answer, when the server did not read the body too', async () => {
  const answer = Buffer.from('x'.repeat(180))
  server = await serve({
    handle: async () => ({ status: 404, headers: {}, body: answer }),
    port: 0,
    hosts: ['127.0.0.1'],
    tls: { cert: certificate.certificate, key: certificate.key, ca: authority.certificate },
    log: createLogger({ write: () => undefined }),
  })
  const transport = createHttpTransport({
    server: `https://127.0.0.1:${server.port}`,
    certificateAuthority: authority.certificate,
    userAgent: 'test',
  })
  const body = Buffer.alloc(20_000, 'y')
  const one = async () => {
    const response = await transport({ method: 'POST', url: '/', body })
    const chunks: Uint8Array[] = []
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) chunks.push(chunk)
    return Buffer.concat(chunks).equals(answer)
  }
  for (let round = 0; round < 5; round++) {
    expect((await Promise.all(Array.from({ length: 200 }, one))).every(Boolean)).toBe(true)
  }
  transport.close()
})
