import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { timestamp } from '../platform/clock.ts'
import type { ReachTls } from './reach.ts'

/** What is wrong with the certificate that a server showed, in the words and the order of Go's; undefined: nothing. */
export const certificateError = (socket: TLSSocket, { serverName, authorities }: ReachTls, nowMs: number): string | undefined => {
  const certificate = socket.getPeerX509Certificate()
  if (!certificate) return 'x509: no certificate was shown'
  return timeError(certificate, nowMs) ?? nameError(certificate, serverName) ?? chainError(socket, certificate, authorities)
}

const timeError = ({ validFromDate, validToDate }: X509Certificate, nowMs: number): string | undefined => {
  const [from, to] = [validFromDate.getTime(), validToDate.getTime()]
  const when = nowMs < from ? `before ${timestamp(from)}` : nowMs > to ? `after ${timestamp(to)}` : undefined
  return when && `x509: certificate has expired or is not yet valid: current time ${timestamp(nowMs)} is ${when}`
}

const mostNames = 100

const nameError = (certificate: X509Certificate, serverName: string): string | undefined => {
  const { subjectAltName, subject } = certificate
  const isAddress = isIP(serverName) !== 0
  // The subject's common name says nothing.
  if (isAddress ? certificate.checkIP(serverName) : certificate.checkHost(serverName, { subject: 'never' })) return undefined
  if (subjectAltName === undefined && isAddress === false && commonName(subject) === serverName)
    return 'x509: certificate relies on legacy Common Name field, use SANs instead'
  const names = alternatives(subjectAltName ?? '', isAddress ? 'IP Address' : 'DNS')
  if (isAddress && names.length === 0)
    return `x509: cannot validate certificate for ${serverName} because it doesn't contain any IP SANs`
  if (names.length >= mostNames)
    return `x509: certificate is valid for ${names.length} ${isAddress ? 'IP SANs' : 'names'}, but none matched ${serverName}`
  if (names.length === 0) return `x509: certificate is not valid for any names, but wanted to match ${serverName}`
  return `x509: certificate is valid for ${names.join(', ')}, not ${serverName}`
}

const commonName = (subject: string | undefined) => /^CN=(.*)$/m.exec(subject ?? '')?.[1]

/** `DNS:a, IP Address:10.0.0.1, DNS:b`; names with commas are quoted, and are shown to nobody */
const alternatives = (text: string, type: string): string[] =>
  text
    .split(', ')
    .filter((one) => one.startsWith(`${type}:`))
    .map((one) => one.slice(type.length + 1))

/** OpenSSL takes what has its authority's name for its own; scripts that make both call them the same. */
const isSignedByNamesake = (certificate: X509Certificate, authorities: string): boolean =>
  (authorities.match(pem) ?? []).some((text) => {
    const authority = certificateOf(text)
    return authority?.ca && certificate.checkIssued(authority) && certificate.verify(authority.publicKey)
  })

/** Nobody has looked into an APIService's bundle: what is none is passed over, as OpenSSL and Go do. */
const certificateOf = (text: string): X509Certificate | undefined => {
  try {
    return new X509Certificate(text)
  } catch {
    return undefined
  }
}
const pem = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g

const chainErrors: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'x509: certificate has expired or is not yet valid',
  CERT_NOT_YET_VALID: 'x509: certificate has expired or is not yet valid',
  INVALID_PURPOSE: 'x509: certificate specifies an incompatible key usage',
  PATH_LENGTH_EXCEEDED: 'x509: too many intermediates for path length constraint',
}

const chainError = (socket: TLSSocket, certificate: X509Certificate, authorities = ''): string | undefined => {
  if (socket.authorized) return undefined
  const reason = String(socket.authorizationError)
  if (reason === 'DEPTH_ZERO_SELF_SIGNED_CERT' && isSignedByNamesake(certificate, authorities)) return undefined
  return chainErrors[reason] ?? 'x509: certificate signed by unknown authority'
}
