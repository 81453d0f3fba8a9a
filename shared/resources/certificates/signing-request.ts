import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { pemBlocks } from '../validation/pem.ts'
import { type DerValue, derValue, derValues } from './der.ts'

const sequence = 0x30
const bitString = 0x03

/** PKCS #10, as far as it matters for whether who asks has the key. */
interface SigningRequest {
  /** what is signed */
  readonly signed: Buffer
  readonly publicKey: Buffer
  readonly algorithm: DerValue[]
  readonly signature: Buffer
}

const mismatch = () => new Error("asn1: structure error: tags don't match")

const inside = (value: DerValue | undefined, tag: number): Buffer => {
  if (!value) throw new Error('asn1: syntax error: sequence truncated')
  if (value.tag !== tag) throw mismatch()
  return value.content
}

const parse = (bytes: Buffer): SigningRequest => {
  if (bytes[0] !== sequence) throw mismatch()
  const request = derValue(bytes, 0)
  if (bytes.length > request.whole.length) throw new Error('asn1: syntax error: trailing data')
  const [info, algorithm, signature] = derValues(request.content)
  const [, , publicKey] = derValues(inside(info, sequence))
  inside(publicKey, sequence)
  return {
    signed: info!.whole,
    publicKey: publicKey!.whole,
    algorithm: derValues(inside(algorithm, sequence)),
    // the first byte counts unused bits
    signature: inside(signature, bitString).subarray(1),
  }
}

type Verification = (key: KeyObject, data: Buffer, signature: Buffer) => boolean

const rsaFailure = 'crypto/rsa: verification error'
const rsa = (hash: string) => ({
  keyType: 'rsa',
  failure: rsaFailure,
  verifies: ((key, data, signature) => verify(hash, data, key, signature)) satisfies Verification,
})
const ecdsa = (hash: string) => ({
  keyType: 'ec',
  failure: 'x509: ECDSA verification failure',
  verifies: ((key, data, signature) => verify(hash, data, key, signature)) satisfies Verification,
})
const pss = (hash: string, saltLength: number) => ({
  keyType: 'rsa',
  failure: rsaFailure,
  verifies: ((key, data, signature) =>
    verify(hash, data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }, signature)) satisfies Verification,
})

/** By the hexadecimal form of the object identifier. Go takes SHA-1 here, since nothing trusts a request. */
const algorithms: Readonly<Record<string, ReturnType<typeof rsa>>> = {
  '2a864886f70d010105': rsa('sha1'),
  '2a864886f70d01010b': rsa('sha256'),
  '2a864886f70d01010c': rsa('sha384'),
  '2a864886f70d01010d': rsa('sha512'),
  '2a8648ce3d0401': ecdsa('sha1'),
  '2a8648ce3d040302': ecdsa('sha256'),
  '2a8648ce3d040303': ecdsa('sha384'),
  '2a8648ce3d040304': ecdsa('sha512'),
  '2b6570': {
    keyType: 'ed25519',
    failure: 'x509: Ed25519 verification failure',
    verifies: (key, data, signature) => verify(null, data, key, signature),
  },
}
const pssIdentifier = '2a864886f70d01010a'
const pssHashes: Readonly<Record<string, ReturnType<typeof rsa>>> = {
  '608648016503040201': pss('sha256', 32),
  '608648016503040202': pss('sha384', 48),
  '608648016503040203': pss('sha512', 64),
}

const algorithmOf = ([identifier, parameters]: DerValue[]): ReturnType<typeof rsa> | undefined => {
  const name = identifier?.content.toString('hex') ?? ''
  if (name !== pssIdentifier) return Object.hasOwn(algorithms, name) ? algorithms[name] : undefined
  const [hash] = parameters ? derValues(parameters.content) : []
  const [digest] = hash?.tag === 0xa0 ? derValues(derValues(hash.content)[0]?.content ?? Buffer.alloc(0)) : []
  return pssHashes[digest?.content.toString('hex') ?? '']
}

const curves = new Set(['secp224r1', 'prime256v1', 'secp384r1', 'secp521r1'])

const keyOf = (publicKey: Buffer): KeyObject => {
  let key: KeyObject
  try {
    key = createPublicKey({ key: publicKey, format: 'der', type: 'spki' })
  } catch (error) {
    throw new Error('x509: invalid public key', { cause: error })
  }
  const { namedCurve } = key.asymmetricKeyDetails ?? {}
  if (namedCurve !== undefined && !curves.has(namedCurve)) throw new Error('x509: unsupported elliptic curve')
  return key
}

/** Throws Error, in Go's words, unless a PEM text holds a certificate signing request with a right signature. */
export const checkSigningRequest = (text: string): void => {
  const [block] = pemBlocks(text)
  if (block?.type !== 'CERTIFICATE REQUEST') throw new Error('PEM block type must be CERTIFICATE REQUEST')
  if (block.bytes.length === 0) throw new Error('asn1: syntax error: sequence truncated')
  const { signed, publicKey, algorithm, signature } = parse(block.bytes)
  const key = keyOf(publicKey)
  const known = algorithmOf(algorithm)
  if (!known) throw new Error('x509: cannot verify signature: algorithm unimplemented')
  if (key.asymmetricKeyType !== known.keyType)
    throw new Error(`x509: signature algorithm specifies another public key than one of type "${key.asymmetricKeyType}"`)
  if (!known.verifies(key, signed, signature)) throw new Error(known.failure)
}
