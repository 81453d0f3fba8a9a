import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { Secret } from '../resource.ts'

/** A pair of certificate and key that would not serve, in the words of Go's crypto/tls. */
export const secretWarnings = ({ type, data }: Secret): string[] => {
  if (type !== 'kubernetes.io/tls') return []
  const text = (key: string) => Buffer.from(data?.[key] ?? '', 'base64').toString('latin1')
  const [certificate, key] = [text('tls.crt'), text('tls.key')]
  const missing = missingCertificate(blocksOf(certificate)) ?? missingKey(blocksOf(key))
  if (missing) return [`tls: ${missing}`]
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))
      ? []
      : ['tls: private key does not match public key']
  } catch (error) {
    return [`tls: failed to parse certificate or private key: ${error instanceof Error ? error.message : String(error)}`]
  }
}

const blocksOf = (pem: string) =>
  [...pem.matchAll(/-----BEGIN ([^-]+)-----\r?\n[A-Za-z0-9+/=\s]+-----END \1-----/g)].map(([, kind]) => kind!)

const isKey = (kind: string | undefined) => kind === 'PRIVATE KEY' || kind?.endsWith(' PRIVATE KEY') === true

const missingCertificate = (blocks: readonly string[]): string | undefined => {
  if (blocks.includes('CERTIFICATE')) return undefined
  if (blocks.length === 0) return 'failed to find any PEM data in certificate input'
  return blocks.length === 1 && isKey(blocks[0])
    ? 'failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched'
    : `failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [${blocks.join(' ')}]`
}

const missingKey = (blocks: readonly string[]): string | undefined => {
  if (blocks.some(isKey)) return undefined
  if (blocks.length === 0) return 'failed to find any PEM data in key input'
  return blocks.length === 1 && blocks[0] === 'CERTIFICATE'
    ? 'found a certificate rather than a key in the PEM for the private key'
    : `failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: [${blocks.join(' ')}]`
}
