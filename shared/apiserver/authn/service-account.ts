import { ApiError } from '../../meta/status.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Secret } from '../../resources/resource.ts'
import { type Entry, RevisionConflict, type Store } from '../../storage/store.ts'
import { decodeStored, encoder } from '../objects/encode.ts'
import type { User } from '../request.ts'
import { type Authenticator, authenticatedGroup } from './authenticator.ts'
import { bearerToken } from './bearer-token.ts'
import { sameText } from './same-text.ts'
import type { ObjectClaim, Tokens, VerifiedToken } from './tokens.ts'

/** What is being deleted is good for so long yet, as upstream allows for clocks that differ. */
const leewayMs = 60_000

/** Bearer tokens of service accounts; good as long as the account, and what the token is bound to, are there. */
export const createServiceAccountAuthenticator = (options: { tokens: Tokens; store: Store; clock: Clock }): Authenticator => ({
  authenticate: async (request) => {
    const token = bearerToken(request)
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
  if (!verified) return userOfLegacyToken(token, { tokens, store, clock, audiences })
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

/** Upstream's checks of a token that a Secret holds. Without an audience it is for the API server's own. */
const userOfLegacyToken = async (
  token: string,
  { tokens, store, clock, audiences = tokens.audiences }: Parameters<typeof userOfToken>[1],
): Promise<User | undefined> => {
  const claims = await tokens.verifyLegacy(token)
  if (!claims || !audiences.some((audience) => tokens.audiences.includes(audience))) return undefined
  const { namespace, name, uid } = claims.serviceAccount
  const key = { resource: 'secrets', namespace, name: claims.secret }
  const [held, account] = await Promise.all([store.get(key), store.get({ resource: 'serviceaccounts', namespace, name })])
  if (!held || !account) return undefined
  const secret = decodeStored(held.value) as Secret
  const { metadata } = decodeStored(account.value)
  if (secret.metadata.deletionTimestamp || !sameText(secret.data?.token ?? '', Buffer.from(token).toString('base64')))
    return undefined
  if (metadata.deletionTimestamp || metadata.uid !== uid) return undefined
  await noteUse({ store, clock }, held, secret)
  if (secret.metadata.labels?.[invalidSince]) return undefined
  return accountUser(claims.serviceAccount)
}

/** The day, so that one that nobody uses can be found. */
const noteUse = async ({ store, clock }: { store: Store; clock: Clock }, held: Entry, secret: Secret): Promise<void> => {
  const dayAt = (ms: number) => new Date(ms).toISOString().slice(0, 10)
  const today = dayAt(clock.now())
  const known = secret.metadata.labels?.[lastUsed]
  if (known === today || known === dayAt(clock.now() + 86_400_000)) return
  const labels = { ...secret.metadata.labels, [lastUsed]: today }
  try {
    await store.update(held.key, held.revision, encoder(definition, { ...secret, metadata: { ...secret.metadata, labels } }))
  } catch (error) {
    // Who was faster notes it, or the next use does.
    if (!(error instanceof RevisionConflict)) throw error
  }
}

const definition = { group: '', version: 'v1', kind: 'Secret' }
const lastUsed = 'kubernetes.io/legacy-token-last-used'
const invalidSince = 'kubernetes.io/legacy-token-invalid-since'

const accountUser = ({ namespace, name, uid }: ObjectClaim & { namespace: string }): User => ({
  name: `system:serviceaccount:${namespace}:${name}`,
  uid,
  groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, authenticatedGroup],
})

const userOf = ({ id, serviceAccount, pod, node }: VerifiedToken): User => {
  const prefix = 'authentication.kubernetes.io'
  return {
    ...accountUser(serviceAccount),
    extra: {
      ...(id && { [`${prefix}/credential-id`]: [`JTI=${id}`] }),
      ...(pod && { [`${prefix}/pod-name`]: [pod.name], [`${prefix}/pod-uid`]: [pod.uid] }),
      ...(node && { [`${prefix}/node-name`]: [node.name], [`${prefix}/node-uid`]: [node.uid] }),
    },
  }
}
