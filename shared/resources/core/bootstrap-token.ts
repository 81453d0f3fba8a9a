import type { Secret } from '../resource.ts'

/** https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/ */
export const bootstrapTokenType = 'bootstrap.kubernetes.io/token'
const defaultGroup = 'system:bootstrappers'
const groupPattern = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/
const timePattern = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/

export type BootstrapTokenKey =
  | 'token-id'
  | 'token-secret'
  | 'expiration'
  | 'auth-extra-groups'
  | 'usage-bootstrap-authentication'

/** '' where it is not there */
export const bootstrapText = ({ data }: Secret, key: BootstrapTokenKey): string =>
  Buffer.from(data?.[key] ?? '', 'base64').toString()

/** In milliseconds since 1970; undefined: never. A time that can't be read is long past. */
export const bootstrapExpiryMs = (secret: Secret): number | undefined => {
  const text = bootstrapText(secret, 'expiration')
  if (text === '') return undefined
  const ms = timePattern.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(ms) ? 0 : ms
}

/** In order; undefined: one of them is not a name that a token may give. */
export const bootstrapGroups = (secret: Secret): string[] | undefined => {
  const text = bootstrapText(secret, 'auth-extra-groups')
  const extra = text === '' ? [] : text.split(',')
  return extra.every((group) => groupPattern.test(group)) ? [...new Set([defaultGroup, ...extra])].sort() : undefined
}
