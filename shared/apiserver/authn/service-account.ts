import { ApiError } from '../../meta/status.ts'
import type { Store } from '../../storage/store.ts'
import { decodeStored } from '../objects/encode.ts'
import type { User } from '../request.ts'
import { type Authenticator, authenticatedGroup } from './authenticator.ts'
import type { ObjectClaim, Tokens, VerifiedToken } from './tokens.ts'

/** Bearer tokens of service accounts; good as long as the account, and what the token is bound to, are there. */
export const createServiceAccountAuthenticator = (options: { tokens: Tokens; store: Store }): Authenticator => ({
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
  { tokens, store, audiences }: { tokens: Tokens; store: Store; audiences?: readonly string[] | undefined },
): Promise<User | undefined> => {
  const verified = await tokens.verify(token, audiences)
  if (!verified) return undefined
  const { namespace, ...account } = verified.serviceAccount
  const alive = await Promise.all([
    isAlive(store, { resource: 'serviceaccounts', namespace, ...account }),
    verified.pod === undefined || isAlive(store, { resource: 'pods', namespace, ...verified.pod }),
    verified.secret === undefined || isAlive(store, { resource: 'secrets', namespace, ...verified.secret }),
  ])
  return alive.every(Boolean) ? userOf(verified) : undefined
}

const isAlive = async (
  store: Store,
  { uid, ...key }: ObjectClaim & { resource: string; namespace: string },
): Promise<boolean> => {
  const entry = await store.get(key)
  return entry !== undefined && decodeStored(entry.value).metadata.uid === uid
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
