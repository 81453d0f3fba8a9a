import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

export interface NewRequest {
  /** PEM in base64, as `spec.request` has it */
  readonly request: string
  /** PEM, PKCS 8 */
  readonly key: string
}

interface Wanted {
  readonly name?: string | readonly string[]
  readonly groups?: readonly string[]
  readonly algorithm?: keyof typeof algorithms
  readonly alternatives?: readonly { readonly type: 'dns' | 'ip' | 'email' | 'url'; readonly value: string }[]
}

const algorithms = {
  ecdsa: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  rsa: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: Uint8Array.of(1, 0, 1), modulusLength: 2048 },
  ed25519: { name: 'Ed25519' },
} as const

export const newSigningRequest = async ({ name, groups = [], alternatives = [], ...wanted }: Wanted): Promise<NewRequest> => {
  const algorithm = algorithms[wanted.algorithm ?? 'ecdsa']
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: [...groups.map((group) => ({ O: [group] })), ...[name ?? []].flat().map((one) => ({ CN: [one] }))],
    keys,
    signingAlgorithm: algorithm,
    ...(alternatives.length > 0 && { extensions: [new x509.SubjectAlternativeNameExtension([...alternatives])] }),
  })
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  return {
    request: Buffer.from(`${request.toString('pem')}\n`).toString('base64'),
    key: `-----BEGIN PRIVATE KEY-----\n${key.replace(/.{1,64}/g, '$&\n')}-----END PRIVATE KEY-----\n`,
  }
}
