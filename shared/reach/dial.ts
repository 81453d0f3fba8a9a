import { isIP, connect as netConnect, type Socket } from 'node:net'
import { type TLSSocket, connect as tlsConnect } from 'node:tls'
import { dialError } from '../platform/dial-error.ts'
import { reasonOf } from './abort-reason.ts'
import type { ReachTls } from './reach.ts'
import { certificateError } from './server-certificate.ts'

export interface Address {
  readonly host: string
  readonly port: number
}

/** both as upstream's transport */
const dialTimeoutMs = 30_000
const handshakeTimeoutMs = 10_000

export const shown = ({ host, port }: Address): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)

/** An open connection, over TLS with a certificate that has been looked at. Throws in the words of Go's net package. */
export const dial = (address: Address, tls: ReachTls | undefined, signal: AbortSignal): Promise<Socket> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(reasonOf(signal))
    const socket = tls ? openTls(address, tls) : netConnect(address)
    const end = (error?: Error) => {
      clearTimeout(late)
      signal.removeEventListener('abort', abort)
      if (error) socket.destroy()
      if (error) reject(error)
      else resolve(socket)
    }
    const abort = () => end(reasonOf(signal))
    let late = setTimeout(() => end(new Error(`dial tcp ${shown(address)}: i/o timeout`)), dialTimeoutMs)
    signal.addEventListener('abort', abort)
    // It stays: whoever has the connection listens too, but not before it has it.
    socket.on('error', (error) => end(new Error(wordsOf(error, address), { cause: error })))
    socket.on('close', () => end(new Error('EOF')))
    socket.once('connect', () => {
      if (!tls) return end()
      clearTimeout(late)
      late = setTimeout(() => end(new Error('net/http: TLS handshake timeout')), handshakeTimeoutMs)
    })
    socket.once('secureConnect', () => {
      const wrong = tls?.insecure ? undefined : certificateError(socket as TLSSocket, tls!, Date.now())
      end(wrong === undefined ? undefined : new Error(`tls: failed to verify certificate: ${wrong}`))
    })
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 30_000)
  })

/** Nothing is sent before the certificate has been looked at: by us, who tell what is wrong with it as upstream does. */
const openTls = (address: Address, { serverName, authorities, client }: ReachTls): TLSSocket =>
  tlsConnect({
    ...address,
    // what has no name of its own names none
    servername: isIP(serverName) === 0 ? serverName : '',
    ca: authorities,
    cert: client?.certificate,
    key: client?.key,
    ALPNProtocols: ['http/1.1'],
    // whoever is trusted need not be a root
    allowPartialTrustChain: true,
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  })

/** What went wrong with a connection, in the words of Go's net package. */
export const wordsOf = (error: Error, address: Address): string => {
  const { code = '', hostname } = error as NodeJS.ErrnoException & { hostname?: string }
  if (code === 'ENOTFOUND') return `dial tcp: lookup ${hostname ?? address.host}: no such host`
  if (code === 'EAI_AGAIN') return `dial tcp: lookup ${hostname ?? address.host}: i/o timeout`
  if (code === 'ETIMEDOUT') return `dial tcp ${shown(address)}: i/o timeout`
  const alert = /SSL alert number (\d+)/.exec(error.message)?.[1]
  if (alert !== undefined) return `remote error: tls: ${alerts[alert] ?? `alert(${alert})`}`
  return dialError(error, shown(address))
}

/** of RFC 8446, as Go says them */
const alerts: Readonly<Record<string, string>> = {
  '40': 'handshake failure',
  '42': 'bad certificate',
  '43': 'unsupported certificate',
  '44': 'revoked certificate',
  '45': 'expired certificate',
  '46': 'unknown certificate',
  '48': 'unknown certificate authority',
  '70': 'protocol version not supported',
  '80': 'internal error',
  '112': 'unrecognized name',
  '116': 'certificate required',
}
