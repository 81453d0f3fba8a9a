import { createHash, createHmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'
import { dnsSuffix } from '../../shared/identity/dns-suffix.ts'
import type { Clock } from '../../shared/platform/clock.ts'

export interface TokenSourceOptions {
  /** the cluster's id: nobody else takes the token */
  readonly audience: string
  readonly region: string
  /** the SDK's; it renews them itself */
  readonly credentials: () => Promise<Credentials>
  readonly clock: Clock
}

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** The API takes a token for 15 minutes. */
const renewAfterMs = 10 * 60_000

/**
 * Who this instance is, for the API: a request to STS that the instance's role has signed, in the form of `aws eks get-token`.
 * Signed anew in good time; nothing is sent to STS from here.
 */
export const createStsTokens = ({ audience, region, credentials, clock }: TokenSourceOptions): (() => Promise<string>) => {
  let known: { readonly token: string; readonly atMs: number } | undefined
  const host = `sts.${region}.${dnsSuffix(region)}`
  const signer = new SignatureV4({ service: 'sts', region, credentials, sha256: Sha256 })

  const sign = async (atMs: number): Promise<string> => {
    const request = {
      method: 'GET',
      protocol: 'https:',
      hostname: host,
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      headers: { host, 'x-k8s-aws-id': audience },
    }
    const { query = {} } = await signer.presign(request, { expiresIn: 900, signingDate: new Date(atMs) })
    const url = new URL(`https://${host}/`)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value))
    return `k8s-aws-v1.${Buffer.from(url.href).toString('base64url')}`
  }

  return async () => {
    const now = clock.now()
    if (!known || now - known.atMs >= renewAfterMs) known = { token: await sign(now), atMs: now }
    return known.token
  }
}

type Data = string | ArrayBuffer | ArrayBufferView
const bytesOf = (data: Data) =>
  typeof data === 'string'
    ? data
    : ArrayBuffer.isView(data)
      ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data)

/** The hash in the form that the signer wants it. */
class Sha256 {
  #hash
  readonly #secret: Data | undefined

  constructor(secret?: Data) {
    this.#secret = secret
    this.#hash = this.#begin()
  }

  update(data: Data) {
    this.#hash.update(bytesOf(data))
  }

  async digest() {
    return new Uint8Array(this.#hash.digest())
  }

  reset() {
    this.#hash = this.#begin()
  }

  #begin() {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(this.#secret))
  }
}
