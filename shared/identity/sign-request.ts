import { randomBytes } from 'node:crypto'
import { importKey, type KeyPair, library, pem } from './certificates.ts'

export interface RequestToSign {
  /** PKCS #10 in DER, whose signature was checked when it was stored */
  readonly request: Uint8Array
  /** as in the `spec.usages` of a CertificateSigningRequest */
  readonly usages: readonly string[]
  readonly lifetimeSeconds: number
}

const backdatedMs = 5 * 60_000
/** What lives shorter ends no earlier for having begun before it was asked for. */
const shortSeconds = 8 * 3600

const keyUsages: Readonly<Record<string, number>> = {
  signing: 1,
  'digital signature': 1,
  'content commitment': 2,
  'key encipherment': 4,
  'data encipherment': 8,
  'key agreement': 16,
  'cert sign': 32,
  'crl sign': 64,
  'encipher only': 128,
  'decipher only': 256,
}
const purposes: Readonly<Record<string, string>> = {
  any: '2.5.29.37.0',
  'server auth': '1.3.6.1.5.5.7.3.1',
  'client auth': '1.3.6.1.5.5.7.3.2',
  'code signing': '1.3.6.1.5.5.7.3.3',
  'email protection': '1.3.6.1.5.5.7.3.4',
  's/mime': '1.3.6.1.5.5.7.3.4',
  'ipsec end system': '1.3.6.1.5.5.7.3.5',
  'ipsec tunnel': '1.3.6.1.5.5.7.3.6',
  'ipsec user': '1.3.6.1.5.5.7.3.7',
  timestamping: '1.3.6.1.5.5.7.3.8',
  'ocsp signing': '1.3.6.1.5.5.7.3.9',
  'microsoft sgc': '1.3.6.1.4.1.311.10.3.3',
  'netscape sgc': '2.16.840.1.113730.4.1',
}

/** Signs what somebody asks for: subject, alternative names and key are the request's, all else is said here. Never an authority. */
export const signRequestBy =
  (authority: KeyPair, now: () => number) =>
  async ({ request, usages, lifetimeSeconds }: RequestToSign): Promise<string> => {
    const x509 = await library()
    const issuer = new x509.X509Certificate(authority.certificate)
    const asked = new x509.Pkcs10CertificateRequest(Uint8Array.from(request))
    const names = asked.extensions.find((extension) => extension instanceof x509.SubjectAlternativeNameExtension)
    const flags = usages.reduce((sum, usage) => sum | (keyUsages[usage] ?? 0), 0)
    const extended = [...new Set(usages.flatMap((usage) => purposes[usage] ?? []))]
    const notBefore = now() - backdatedMs
    const endsMs = now() + lifetimeSeconds * 1000 - (lifetimeSeconds < shortSeconds ? 0 : backdatedMs)
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: randomBytes(8).toString('hex'),
      subject: asked.subjectName.toJSON(),
      issuer: issuer.subjectName,
      notBefore: new Date(notBefore),
      notAfter: new Date(Math.min(endsMs, issuer.notAfter.getTime())),
      signingAlgorithm: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
      publicKey: asked.publicKey,
      signingKey: await importKey(authority),
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        ...(flags > 0 ? [new x509.KeyUsagesExtension(flags, true)] : []),
        ...(extended.length > 0 ? [new x509.ExtendedKeyUsageExtension(extended)] : []),
        await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
        ...(names ? [names] : []),
      ],
    })
    return pem(certificate)
  }
