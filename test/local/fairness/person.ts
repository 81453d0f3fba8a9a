import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2'
import type { KeyPair } from '../../../shared/identity/certificates.ts'

export interface Access {
  readonly port: number
  readonly ca: string
  readonly identity: KeyPair
}

export interface Answered {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** Somebody with one connection. */
export const connectPerson = ({ port, ca, identity }: Access) => {
  const session: ClientHttp2Session = connect(`https://127.0.0.1:${port}`, { ca, cert: identity.certificate, key: identity.key })
  session.on('error', () => undefined)
  const call = (method: string, path: string, body?: string): Promise<Answered> =>
    new Promise((resolve, reject) => {
      const stream = session.request({ ':method': method, ':path': path, 'content-type': 'application/json' })
      let headers: IncomingHttpHeaders = {}
      let text = ''
      stream.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      stream.on('response', (received) => {
        headers = received
      })
      stream.on('error', reject)
      stream.on('close', () => resolve({ status: Number(headers[':status'] ?? 0), headers, text }))
      stream.end(body)
    })
  return { call, session, close: () => session.destroy() }
}
