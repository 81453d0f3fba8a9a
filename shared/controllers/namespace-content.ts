import type { Client, Resource } from '../client/client.ts'
import type { KubeObject } from '../meta/object.ts'
import { isReason } from '../meta/status.ts'
import { namespaces } from '../resources/resource.ts'
import { type Controller, type ReconcileContext, watch } from './controller.ts'
import { isNamespaceTerminating } from './namespace-terminating.ts'

/** A controller that keeps one object of a fixed name in each active namespace. The key is the namespace. */
export const createNamespaceContentController = <T extends KubeObject>(options: {
  readonly name: string
  readonly resource: Resource<T>
  readonly objectName: string
  readonly build: (namespace: string) => T
  /** what to write over an object that has drifted; undefined: it is as it should be */
  readonly correct?: (existing: T) => T | undefined
}): Controller => {
  const { name, resource, objectName, build, correct = () => undefined } = options
  return {
    name,
    watches: [
      watch(namespaces, (object) => (object ? [object.metadata.name] : [])),
      watch(resource, (object, previous) => {
        const { metadata } = (object ?? previous)!
        return metadata.name === objectName ? [metadata.namespace ?? ''] : []
      }),
    ],
    reconcile: async (namespace, { cache, client }: ReconcileContext) => {
      const owner = cache.get(namespaces, '', namespace)
      if (!owner || owner.metadata.deletionTimestamp) return
      const existing = cache.get(resource, namespace, objectName)
      const corrected = existing && correct(existing)
      if (corrected) await client.update(resource, corrected)
      else if (!existing) await createMissing(client, resource, build(namespace))
    },
  }
}

export const createMissing = async <T extends KubeObject>(client: Client, resource: Resource<T>, object: T): Promise<void> => {
  try {
    await client.create(resource, object)
  } catch (error) {
    if (!isReason(error, 'AlreadyExists') && !isNamespaceTerminating(error)) throw error
  }
}
