import { ApiError } from '../../meta/status.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Store } from '../../storage/store.ts'
import { decodeStored } from '../objects/encode.ts'
import type { User } from '../request.ts'
import { type Authenticator, authenticatedGroup } from './authenticator.ts'
import type { ObjectClaim, Tokens, VerifiedToken } from './tokens.ts'

/** What is being deleted is good for so long yet, as upstream allows for clocks that differ. */
const leewayMs = 60_000

/** Bearer tokens of service accounts; good as long as the account, and what the token is bound to, are there. */
export const createServiceAccountAuthenticator = (options: { tokens: Tokens; store: Store; clock: Clock }): Authenticator => ({
  authenticate: async (request) => {
    const token = /^Bearer +(\S+)$/i.exec(request.header('authorization') ?? '')?.[1]
    if (token === undefined) return undefined
    const user = await userOfToken(token, options)
    if (!user) throw new ApiError('Unauthorized', 'Unauthorized')
    return user
  },
})

/** undefined: the token is not good (any more). */
export const userOfToken = async (
  token: string,
  { tokens, store, clock, audiences }: { tokens: Tokens; store: Store; clock: Clock; audiences?: readonly string[] | undefined },
): Promise<User | undefined> => {
  const verified = await tokens.verify(token, audiences)
  if (!verified) return undefined
  const { serviceAccount, pod, secret, node } = verified
  const { namespace, ...account } = serviceAccount
  const isAlive = async (resource: string, { uid, name }: ObjectClaim, space = namespace): Promise<boolean> => {
    const entry = await store.get({ resource, namespace: space, name })
    if (!entry) return false
    const { metadata } = decodeStored(entry.value)
    return metadata.uid === uid && !(Date.parse(metadata.deletionTimestamp ?? '') < clock.now() - leewayMs)
  }
  const alive = await Promise.all([
    isAlive('serviceaccounts', account),
    !pod || isAlive('pods', pod),
    !secret || isAlive('secrets', secret),
    // For a pod's token the node only says where it runs.
    !node || pod !== undefined || isAlive('nodes', node, ''),
  ])
  return alive.every(Boolean) ? userOf(verified) : undefined
}

const userOf = ({ id, serviceAccount, pod, node }: VerifiedToken): User => {
  const { namespace, name, uid } = serviceAccount
  const prefix = 'authentication.kubernetes.io'
  return {
    name: `system:serviceaccount:${namespace}:${name}`,
    uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, authenticatedGroup],
    extra: {
      ...(id && { [`${prefix}/credential-id`]: [`JTI=${id}`] }),
      ...(pod && { [`${prefix}/pod-name`]: [pod.name], [`${prefix}/pod-uid`]: [pod.uid] }),
      ...(node && { [`${prefix}/node-name`]: [node.name], [`${prefix}/node-uid`]: [node.uid] }),
    },
  }
}
