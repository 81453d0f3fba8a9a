import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { calculateJwkThumbprint, errors, exportJWK, type JWK, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { KubeObject } from '../../meta/object.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Random } from '../../platform/random.ts'

/** Makes and reads the JWTs of service accounts. */
export interface Tokens {
  readonly issuer: string
  /** used when a request names none */
  readonly audiences: readonly string[]
  issue(claims: TokenClaims): Promise<string>
  /** undefined: not one of ours, or not valid now for any of the audiences */
  verify(token: string, audiences?: readonly string[]): Promise<VerifiedToken | undefined>
  /** One without end, kept in a Secret: good as long as that holds it. */
  issueLegacy(claims: LegacyClaims): Promise<string>
  /** undefined: not one of those; whether its Secret still holds it is to be looked at */
  verifyLegacy(token: string): Promise<LegacyClaims | undefined>
  /** public keys, for OIDC discovery */
  keys(): Promise<JWK[]>
}

export interface TokenClaims {
  readonly serviceAccount: ObjectClaim & { readonly namespace: string }
  readonly audiences: readonly string[]
  readonly expiresAtMs: number
  readonly pod?: ObjectClaim | undefined
  readonly secret?: ObjectClaim | undefined
  readonly node?: ObjectClaim | undefined
}

export interface LegacyClaims {
  readonly serviceAccount: ObjectClaim & { readonly namespace: string }
  /** name of the Secret, beside the account */
  readonly secret: string
}

export interface ObjectClaim {
  readonly name: string
  readonly uid: string
}

export interface VerifiedToken extends TokenClaims {
  readonly id: string
}

export interface TokensOptions {
  /** PKCS 8, EC P-256 or RSA */
  readonly privateKeyPem: string
  /** a function: it is known when the first token is made or read, at the latest */
  readonly issuer: string | (() => string)
  readonly audiences?: readonly string[] | undefined
  readonly clock: Clock
  readonly random: Random
}

interface PrivateClaims {
  readonly namespace: string
  readonly serviceaccount: ObjectClaim
  readonly pod?: ObjectClaim
  readonly secret?: ObjectClaim
  readonly node?: ObjectClaim
}

const claimsField = 'kubernetes.io'
const legacyIssuer = 'kubernetes/serviceaccount'
const legacyField = (name: string) => `kubernetes.io/serviceaccount/${name}`

export const createTokens = (options: TokensOptions): Tokens => {
  const { clock, random } = options
  const issuer = () => (typeof options.issuer === 'string' ? options.issuer : options.issuer())
  const audiences = () => options.audiences ?? [issuer()]
  const privateKey = createPrivateKey(options.privateKeyPem)
  const publicKey = createPublicKey(privateKey)
  const algorithm = privateKey.asymmetricKeyType === 'rsa' ? 'RS256' : 'ES256'
  const keyId = keyIdOf(publicKey)
  return {
    get issuer() {
      return issuer()
    },
    get audiences() {
      return audiences()
    },
    issue: async ({ serviceAccount, audiences: wanted, expiresAtMs, pod, secret, node }) => {
      const { namespace, name, uid } = serviceAccount
      const claims: PrivateClaims = {
        namespace,
        serviceaccount: { name, uid },
        ...(pod && { pod }),
        ...(secret && { secret }),
        ...(node && { node }),
      }
      const now = Math.floor(clock.now() / 1000)
      return new SignJWT({ [claimsField]: claims })
        .setProtectedHeader({ alg: algorithm, kid: await keyId })
        .setIssuer(issuer())
        .setSubject(`system:serviceaccount:${namespace}:${name}`)
        .setAudience([...wanted])
        .setIssuedAt(now)
        .setNotBefore(now)
        .setExpirationTime(Math.floor(expiresAtMs / 1000))
        .setJti(random.uuid())
        .sign(privateKey)
    },
    verify: async (token, wanted = audiences()) => {
      try {
        const currentDate = new Date(clock.now())
        const { payload } = await jwtVerify(token, publicKey, { issuer: issuer(), audience: [...wanted], currentDate })
        return verifiedOf(payload)
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined
        throw error
      }
    },
    issueLegacy: async ({ serviceAccount: { namespace, name, uid }, secret }) =>
      new SignJWT({
        [legacyField('namespace')]: namespace,
        [legacyField('secret.name')]: secret,
        [legacyField('service-account.name')]: name,
        [legacyField('service-account.uid')]: uid,
      })
        .setProtectedHeader({ alg: algorithm, kid: await keyId })
        .setIssuer(legacyIssuer)
        .setSubject(`system:serviceaccount:${namespace}:${name}`)
        .sign(privateKey),
    verifyLegacy: async (token) => {
      try {
        const { payload } = await jwtVerify(token, publicKey, { issuer: legacyIssuer, currentDate: new Date(clock.now()) })
        return legacyOf(payload)
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined
        throw error
      }
    },
    keys: async () => [{ ...(await exportJWK(publicKey)), use: 'sig', kid: await keyId, alg: algorithm }],
  }
}

/** For who fills Secrets with tokens, and knows nothing of how they are made. */
export const issueTokenBy =
  (tokens: Tokens) =>
  ({ metadata }: KubeObject, secret: string): Promise<string> => {
    const { namespace = '', name, uid = '' } = metadata
    return tokens.issueLegacy({ serviceAccount: { namespace, name, uid }, secret })
  }

const keyIdOf = async (key: KeyObject) => calculateJwkThumbprint(await exportJWK(key))

const verifiedOf = ({ aud, exp, jti, [claimsField]: claims }: JWTPayload): VerifiedToken | undefined => {
  const { namespace, serviceaccount, pod, secret, node } = (claims ?? {}) as Partial<PrivateClaims>
  if (!namespace || !serviceaccount?.name || !serviceaccount.uid || exp === undefined) return undefined
  return {
    id: jti ?? '',
    serviceAccount: { namespace, ...serviceaccount },
    audiences: aud === undefined ? [] : [aud].flat(),
    expiresAtMs: exp * 1000,
    pod,
    secret,
    node,
  }
}

const legacyOf = (payload: JWTPayload): LegacyClaims | undefined => {
  const textOf = (name: string) => {
    const value = payload[legacyField(name)]
    return typeof value === 'string' ? value : ''
  }
  const [namespace, secret] = [textOf('namespace'), textOf('secret.name')]
  const [name, uid] = [textOf('service-account.name'), textOf('service-account.uid')]
  const whole = namespace !== '' && secret !== '' && name !== '' && uid !== ''
  return whole && payload.sub === `system:serviceaccount:${namespace}:${name}`
    ? { serviceAccount: { namespace, name, uid }, secret }
    : undefined
}
