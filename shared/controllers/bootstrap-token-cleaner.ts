import { isReason } from '../meta/status.ts'
import { bootstrapExpiryMs, bootstrapTokenType } from '../resources/core/bootstrap-token.ts'
import { secrets } from '../resources/resource.ts'
import { type Controller, watch } from './controller.ts'
import { ownKey, splitKey } from './key.ts'

const namespace = 'kube-system'

/** Removes bootstrap tokens whose time is over. */
export const bootstrapTokenCleaner: Controller = {
  name: 'token-cleaner',
  eventComponent: 'token-cleaner',
  watches: [
    watch(secrets, (object) =>
      object?.type === bootstrapTokenType && object.metadata.namespace === namespace ? ownKey(object, undefined) : [],
    ),
  ],
  reconcile: async (key, { cache, client, clock }) => {
    const { name } = splitKey(key)
    const secret = cache.get(secrets, namespace, name)
    const expiresAtMs = secret?.type === bootstrapTokenType ? bootstrapExpiryMs(secret) : undefined
    if (!secret || expiresAtMs === undefined) return undefined
    const leftMs = expiresAtMs - clock.now()
    if (leftMs > 0) return { requeueAfter: leftMs }
    try {
      await client.delete(secrets, namespace, name, { preconditions: { uid: secret.metadata.uid ?? '' } })
    } catch (error) {
      if (!isReason(error, 'NotFound') && !isReason(error, 'Conflict')) throw error
    }
    return undefined
  },
}
