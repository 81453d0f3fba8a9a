import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { createAuthority, issue } from '../../../../../shared/identity/certificates.ts'
import type { HttpAnswer, Review } from '../../facts/webhooks/behaviours.ts'

export interface WebhookServer {
  readonly url: string
  readonly port: number
  /** how many there have been */
  connections(): number
  /** base64 of PEM */
  readonly caBundle: string
  stop(): Promise<void>
}

export interface ReceivedReview extends Review {
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** A real server over TLS. `answer` is given each review with the path it came to. */
export const startWebhookServer = async (
  answer: (review: ReceivedReview) => HttpAnswer | 'hang' | 'break' | Promise<HttpAnswer>,
): Promise<WebhookServer> => {
  const authority = await createAuthority('webhooks')
  const { certificate, key } = await issue(authority, {
    name: 'webhook',
    dnsNames: ['localhost', 'hook.webhooks.svc'],
    addresses: ['127.0.0.1'],
    usage: 'server',
  })
  const server = createServer({ cert: certificate, key })
  let connections = 0
  server.on('secureConnection', () => connections++)
  server.on('request', async (message, response) => {
    const { pathname, search } = new URL(message.url ?? '/', 'https://localhost')
    const review = JSON.parse(await text(message)) as Review
    const answered = await answer({ ...review, path: pathname, query: search, headers: message.headers })
    if (answered === 'hang') return
    if (answered === 'break') return message.socket.destroy()
    const { status = 200, type = 'application/json', headers = {}, body } = answered
    response.writeHead(status, { ...(type && { 'content-type': type }), ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    caBundle: Buffer.from(authority.certificate).toString('base64'),
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
