import type { Clock } from '../../platform/clock.ts'

/** A token as `aws eks get-token` makes them: a request to STS that the caller has signed and whoever holds it may send. */
export interface StsToken {
  /** to be sent as it is, with the header `x-k8s-aws-id` */
  readonly url: URL
  readonly expiresAtMs: number
}

export const stsTokenPrefix = 'k8s-aws-v1.'
/** The signature covers this header, whose value is the cluster's id: a token for one cluster is worth nothing to another. */
export const audienceHeader = 'x-k8s-aws-id'

const longest = 16_384
const lifetimeMs = 15 * 60_000
/** a caller's clock may be ahead so far */
const skewMs = 5 * 60_000

const allowedParameters = new Set([
  'action',
  'version',
  'x-amz-algorithm',
  'x-amz-credential',
  'x-amz-date',
  'x-amz-expires',
  'x-amz-security-token',
  'x-amz-signature',
  'x-amz-signedheaders',
  'x-amz-user-agent',
])

/**
 * Reads a token without calling anybody. Throws TypeError, with what is wrong, unless it is a request for GetCallerIdentity and nothing
 * else, to one of `hosts` (STS itself): the URL comes from whoever wants in.
 */
export const parseStsToken = (token: string, { hosts, clock }: { hosts: readonly string[]; clock: Clock }): StsToken => {
  if (token.length > longest) throw new TypeError('the token is too long')
  const url = parseUrl(Buffer.from(token.slice(stsTokenPrefix.length), 'base64url').toString())
  if (url.protocol !== 'https:' || url.port !== '' || url.username !== '' || url.password !== '' || url.hash !== '') {
    throw new TypeError('the token is not a plain https URL')
  }
  if (!hosts.includes(url.hostname)) throw new TypeError(`the token is for "${url.hostname}", which is not STS`)
  if (url.pathname !== '/') throw new TypeError('the token has a path')
  const parameters = parametersOf(url)
  const expect = (name: string, wanted: string) => {
    if (parameters.get(name) !== wanted) throw new TypeError(`the token's ${name} is not ${wanted}`)
  }
  expect('action', 'GetCallerIdentity')
  expect('version', '2011-06-15')
  expect('x-amz-algorithm', 'AWS4-HMAC-SHA256')
  const signed = parameters.get('x-amz-signedheaders')?.toLowerCase().split(';') ?? []
  if (!signed.includes(audienceHeader) || !signed.includes('host'))
    throw new TypeError(`the token's signature does not cover ${audienceHeader}`)
  return { url, expiresAtMs: expiry(parameters, clock.now()) }
}

const parseUrl = (text: string): URL => {
  const url = URL.parse(text)
  if (!url) throw new TypeError('the token is no URL')
  return url
}

/** By lower-case name. A name that comes twice could mean one thing to us and another to STS. */
const parametersOf = (url: URL): Map<string, string> => {
  const found = new Map<string, string>()
  for (const [name, value] of url.searchParams) {
    const key = name.toLowerCase()
    if (!allowedParameters.has(key)) throw new TypeError(`the token has the parameter ${JSON.stringify(name)}`)
    if (found.has(key)) throw new TypeError(`the token has the parameter ${JSON.stringify(name)} twice`)
    found.set(key, value)
  }
  return found
}

const expiry = (parameters: ReadonlyMap<string, string>, nowMs: number): number => {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(parameters.get('x-amz-date') ?? '') ?? []
  if (second === undefined) throw new TypeError('the token has no X-Amz-Date')
  const signedMs = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
  const expires = Number(parameters.get('x-amz-expires'))
  if (!Number.isInteger(expires) || expires < 0 || expires > 900)
    throw new TypeError("the token's X-Amz-Expires is not from 0 to 900")
  if (signedMs > nowMs + skewMs) throw new TypeError('the token is signed in the future')
  // What a token's own X-Amz-Expires says is how long STS takes it; EKS tools put 60 there and use it for 15 minutes.
  const expiresAtMs = signedMs + lifetimeMs
  if (expiresAtMs <= nowMs) throw new TypeError('the token has expired')
  return expiresAtMs
}
