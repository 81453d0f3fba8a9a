import { randomBytes, webcrypto } from 'node:crypto'
import type { X509Certificate } from '@peculiar/x509'

/** PEM texts. */
export interface KeyPair {
  readonly certificate: string
  readonly key: string
}

export interface CertificateRequest {
  /** common name: a user's or a server's name */
  readonly name: string
  /** organizations: a user's groups */
  readonly groups?: readonly string[]
  readonly dnsNames?: readonly string[]
  readonly addresses?: readonly string[]
  readonly usage: 'client' | 'server'
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const years = (count: number) => new Date(Date.now() + count * 365 * 86_400_000)

// Loaded only when something is issued: a start of an existing cluster reads its certificates from files.
export const library = async () => {
  await import('reflect-metadata') // the library's dependency injection wants it there first
  return import('@peculiar/x509')
}

export const createAuthority = async (name: string): Promise<KeyPair> => {
  const x509 = await library()
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomBytes(8).toString('hex'),
    name: `CN=${name}`,
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: years(10),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign | x509.KeyUsageFlags.digitalSignature,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificate: pem(certificate), key: await exportKey(keys.privateKey) }
}

export const issue = async (
  authority: KeyPair,
  request: CertificateRequest,
  { lastsMs = 3650 * 86_400_000 }: { readonly lastsMs?: number } = {},
): Promise<KeyPair> => {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await sign(authority, { ...request, keys: keys.publicKey, lastsMs })
  return { certificate, key: await exportKey(keys.privateKey) }
}

/** For a key that is somebody else's, and stays there: PEM (SPKI), of the curve P-256. */
export const certify = async (
  authority: KeyPair,
  { publicKey, days, ...request }: CertificateRequest & { readonly publicKey: string; readonly days: number },
): Promise<string> => {
  const x509 = await library()
  const keys = await webcrypto.subtle.importKey('spki', x509.PemConverter.decodeFirst(publicKey), algorithm, true, ['verify'])
  return sign(authority, { ...request, keys, lastsMs: days * 86_400_000 })
}

/** The authority's own, to sign with. */
export const importKey = async ({ key }: Pick<KeyPair, 'key'>): Promise<webcrypto.CryptoKey> => {
  const x509 = await library()
  return webcrypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(key), algorithm, false, ['sign'])
}

const sign = async (
  authority: KeyPair,
  { keys, lastsMs, ...request }: CertificateRequest & { readonly keys: webcrypto.CryptoKey; readonly lastsMs: number },
): Promise<string> => {
  const x509 = await library()
  const issuer = new x509.X509Certificate(authority.certificate)
  const signingKey = await importKey(authority)
  const names = [
    ...(request.dnsNames ?? []).map((value) => ({ type: 'dns' as const, value })),
    ...(request.addresses ?? []).map((value) => ({ type: 'ip' as const, value })),
  ]
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: randomBytes(8).toString('hex'),
    subject: [...(request.groups ?? []).map((group) => ({ O: [group] })), { CN: [request.name] }],
    issuer: issuer.subjectName,
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + lastsMs),
    signingAlgorithm: algorithm,
    publicKey: keys,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage[request.usage === 'client' ? 'clientAuth' : 'serverAuth']]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...(names.length ? [new x509.SubjectAlternativeNameExtension(names)] : []),
    ],
  })
  return pem(certificate)
}

/** A key pair that signs service account tokens; PEM, without a certificate. */
export const createSigningKey = async (): Promise<{ publicKey: string; privateKey: string }> => {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  return {
    publicKey: toPem('PUBLIC KEY', await webcrypto.subtle.exportKey('spki', keys.publicKey)),
    privateKey: await exportKey(keys.privateKey),
  }
}

const exportKey = async (key: webcrypto.CryptoKey) => toPem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', key))

const toPem = (label: string, bytes: ArrayBuffer) =>
  `-----BEGIN ${label}-----\n${Buffer.from(bytes)
    .toString('base64')
    .replace(/.{1,64}/g, '$&\n')}-----END ${label}-----\n`

export const pem = (certificate: X509Certificate) => `${certificate.toString('pem').trim()}\n`
