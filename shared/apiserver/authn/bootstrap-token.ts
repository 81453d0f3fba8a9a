import type { Clock } from '../../platform/clock.ts'
import { bootstrapExpiryMs, bootstrapGroups, bootstrapText, bootstrapTokenType } from '../../resources/core/bootstrap-token.ts'
import type { Secret } from '../../resources/resource.ts'
import type { Store } from '../../storage/store.ts'
import { decodeStored } from '../objects/encode.ts'
import type { User } from '../request.ts'
import { type Authenticator, authenticatedGroup } from './authenticator.ts'
import { bearerToken } from './bearer-token.ts'
import { sameText } from './same-text.ts'

const pattern = /^([a-z0-9]{6})\.([a-z0-9]{16})$/

/** Tokens by which a machine that has no certificate yet asks for one. One that is not good is nobody's: others may know it. */
export const createBootstrapTokenAuthenticator = (options: { store: Store; clock: Clock }): Authenticator => ({
  authenticate: async (request) => {
    const [, id, secret] = pattern.exec(bearerToken(request) ?? '') ?? []
    return id !== undefined && secret !== undefined ? userOf({ id, secret }, options) : undefined
  },
})

const userOf = async (
  { id, secret: text }: { id: string; secret: string },
  { store, clock }: { store: Store; clock: Clock },
): Promise<User | undefined> => {
  const entry = await store.get({ resource: 'secrets', namespace: 'kube-system', name: `bootstrap-token-${id}` })
  if (!entry) return undefined
  const secret = decodeStored(entry.value) as Secret
  const isOne = secret.type === bootstrapTokenType && !secret.metadata.deletionTimestamp
  if (!isOne || !sameText(bootstrapText(secret, 'token-secret'), text) || bootstrapText(secret, 'token-id') !== id)
    return undefined
  if ((bootstrapExpiryMs(secret) ?? Number.POSITIVE_INFINITY) <= clock.now()) return undefined
  if (bootstrapText(secret, 'usage-bootstrap-authentication') !== 'true') return undefined
  const groups = bootstrapGroups(secret)
  return groups && { name: `system:bootstrap:${id}`, groups: [...groups, authenticatedGroup] }
}
