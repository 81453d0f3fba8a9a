import { createHash } from 'node:crypto'
import { type AccessEntry, type Caller, mapCaller } from '../../identity/access-entry.ts'
import { ApiError } from '../../meta/status.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Logger } from '../../platform/log.ts'
import type { User } from '../request.ts'
import { type Authenticator, authenticatedGroup } from './authenticator.ts'
import { bearerToken } from './bearer-token.ts'
import { audienceHeader, parseStsToken, type StsToken, stsTokenPrefix } from './sts-token.ts'

export interface StsAuthenticatorOptions {
  /** the cluster's id */
  readonly audience: string
  /** STS, and nobody else */
  readonly hosts: readonly string[]
  readonly entries: () => Promise<readonly AccessEntry[]>
  /** undefined: STS does not take the token. Throws when STS can't be asked. */
  readonly askSts: (token: StsToken, headers: Readonly<Record<string, string>>) => Promise<Caller | undefined>
  readonly clock: Clock
  readonly log: Logger
}

const remembered = 500

/** IAM principals, by tokens that they have signed and STS verifies. A token is asked for once a process. */
export const createStsAuthenticator = (options: StsAuthenticatorOptions): Authenticator => {
  const { audience, hosts, entries, askSts, clock, log } = options
  const known = new Map<string, { readonly caller: Caller; readonly expiresAtMs: number }>()

  const callerOf = async (text: string): Promise<Caller | undefined> => {
    const id = createHash('sha256').update(text).digest('base64')
    const before = known.get(id)
    if (before && before.expiresAtMs > clock.now()) return before.caller
    const token = read(text)
    if (!token) return undefined
    const caller = await askSts(token, { [audienceHeader]: audience, accept: 'application/json' })
    if (caller) {
      if (known.size >= remembered) known.clear()
      known.set(id, { caller, expiresAtMs: token.expiresAtMs })
    }
    return caller
  }
  const read = (text: string): StsToken | undefined => {
    try {
      return parseStsToken(text, { hosts, clock })
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
      log.info('refused a token', { reason: error.message })
      return undefined
    }
  }

  return {
    authenticate: async (request) => {
      const token = bearerToken(request)
      if (!token?.startsWith(stsTokenPrefix)) return undefined
      const caller = await callerOf(token)
      const mapped = caller && mapCaller(caller, await entries())
      if (!caller || !mapped) {
        if (caller) log.info('an IAM principal has no access entry', { arn: caller.arn })
        throw new ApiError('Unauthorized', 'Unauthorized')
      }
      return userOf(caller, mapped)
    },
  }
}

const userOf = ({ arn, account, userId }: Caller, { name, groups }: { name: string; groups: readonly string[] }): User => ({
  name,
  uid: `aws-iam:${account}:${userId.split(':')[0]}`,
  groups: [...new Set([...groups, authenticatedGroup])],
  extra: { 'windlass.dev/arn': [arn], ...(userId.includes(':') && { 'windlass.dev/session': [userId.split(':')[1] ?? ''] }) },
})
