import type { Client, Resource } from '../../client/client.ts'
import type { KubeObject } from '../../meta/object.ts'
import { isReason } from '../../meta/status.ts'
import type { Controller, ReconcileContext, Watch } from '../controller.ts'
import { ownKey, splitKey } from '../key.ts'

export interface ProtectionOptions<T extends KubeObject> {
  readonly name: string
  readonly resource: Resource<T>
  readonly finalizer: string
  /** what else may set an object free, besides its own changes */
  readonly watches: readonly Watch[]
  readonly isUsed: (object: T, context: ReconcileContext) => boolean
}

/** Objects are held by a finalizer until nothing uses them any more; those from before there was one get it. */
export const createProtectionController = <T extends KubeObject>(options: ProtectionOptions<T>): Controller => {
  const { name, resource, finalizer, watches, isUsed } = options
  return {
    name,
    watches: [
      { resource: resource as unknown as Resource, keys: (object, previous) => (object ? ownKey(object, previous) : []) },
      ...watches,
    ],
    reconcile: async (key, context) => {
      const { namespace, name: objectName } = splitKey(key)
      const object = context.cache.get(resource, namespace, objectName)
      if (!object) return
      const { deletionTimestamp, finalizers = [] } = object.metadata
      const isHeld = finalizers.includes(finalizer)
      if (!deletionTimestamp && !isHeld) await setFinalizers(context.client, { resource, object }, [...finalizers, finalizer])
      if (!deletionTimestamp || !isHeld || isUsed(object, context)) return
      const others = finalizers.filter((one) => one !== finalizer)
      await setFinalizers(context.client, { resource, object }, others)
    },
  }
}

const setFinalizers = async <T extends KubeObject>(
  client: Client,
  { resource, object }: { resource: Resource<T>; object: T },
  finalizers: readonly string[],
): Promise<void> => {
  const { namespace = '', name, uid, resourceVersion } = object.metadata
  try {
    await client.patch(resource, namespace, name, { type: 'merge', body: { metadata: { uid, resourceVersion, finalizers } } })
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error
  }
}
