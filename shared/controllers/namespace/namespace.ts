import type { Cache } from '../../client/cache.ts'
import type { Client, Resource } from '../../client/client.ts'
import type { KubeObject } from '../../meta/object.ts'
import { isReason } from '../../meta/status.ts'
import { timestamp } from '../../platform/clock.ts'
import { type Namespace, namespaces, pods } from '../../resources/resource.ts'
import { type Controller, type ReconcileContext, watch } from '../controller.ts'
import { customResources } from '../custom-resources.ts'
import { ownKey } from '../key.ts'
import { semanticallyEqual } from '../semantic-equality.ts'
import { deletionConditions, type RemainingContent } from './conditions.ts'

const ownFinalizer = 'kubernetes'
/** deletions under way at once */
const width = 32

/** Empties namespaces that are being deleted, pods first, and then lets them go. `resources`: every namespaced one that can be deleted. */
export const createNamespaceController = ({ resources }: { resources: readonly Resource[] }): Controller => {
  const content = resources.filter(({ namespaced }) => namespaced)
  return {
    name: 'namespace',
    watches: [
      watch(namespaces, ownKey),
      ...content.map((resource) =>
        watch(resource, (object, previous, cache) => terminatingNamespace(object ? undefined : previous, cache)),
      ),
    ],
    watchesCustom: (_resource, { object, previous }, cache) => terminatingNamespace(object ? undefined : previous, cache),
    reconcile: async (name, context) => {
      const namespace = context.cache.get(namespaces, '', name)
      if (!namespace?.metadata.deletionTimestamp || !namespace.spec?.finalizers?.includes(ownFinalizer)) return
      const errors: string[] = []
      let remaining = await empty(name, [pods], { context, errors })
      if (!remaining.length) {
        const custom = customResources(context.cache).filter(({ namespaced }) => namespaced)
        remaining = await empty(name, [...content, ...custom], { context, errors })
      }
      if (!remaining.length && !errors.length) return finalize(namespace, context.client)
      await noteRemaining(namespace, { remaining, errors }, context)
      if (errors.length) throw new Error(errors[0])
      // Whatever goes wakes us; this is for what a lost event would leave behind.
      return { requeueAfter: 15_000 }
    },
  }
}

/** Deletes what stands there; answers what is left because it ends gracefully or is held by finalizers. */
const empty = async (
  namespace: string,
  resources: readonly Resource[],
  { context, errors }: { context: ReconcileContext; errors: string[] },
): Promise<RemainingContent[]> => {
  const { cache, client } = context
  for (const resource of resources) {
    const doomed = cache.list(resource, namespace).filter(({ metadata }) => !metadata.deletionTimestamp)
    for (let start = 0; start < doomed.length; start += width) {
      const batch = doomed.slice(start, start + width)
      const results = await Promise.allSettled(batch.map((object) => remove(client, resource, object)))
      for (const result of results)
        if (result.status === 'rejected')
          errors.push(result.reason instanceof Error ? result.reason.message : String(result.reason))
    }
  }
  await cache.sync()
  return resources
    .map((resource) => ({ resource, objects: cache.list(resource, namespace) }))
    .filter(({ objects }) => objects.length)
}

const remove = async (client: Client, resource: Resource, { metadata }: KubeObject): Promise<void> => {
  try {
    await client.delete(resource, metadata.namespace ?? '', metadata.name, { propagationPolicy: 'Background' })
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error
  }
}

const finalize = async (namespace: Namespace, client: Client): Promise<void> => {
  const finalizers = namespace.spec?.finalizers?.filter((finalizer) => finalizer !== ownFinalizer)
  try {
    await client.update(namespaces, { ...namespace, spec: { ...namespace.spec, finalizers } }, { subresource: 'finalize' })
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error
  }
}

const noteRemaining = async (
  namespace: Namespace,
  { remaining, errors }: { remaining: readonly RemainingContent[]; errors: readonly string[] },
  { client, clock }: ReconcileContext,
): Promise<void> => {
  const before = namespace.status?.conditions ?? []
  const conditions = deletionConditions({ before, remaining, errors, now: timestamp(clock.now()) })
  if (semanticallyEqual(before, conditions)) return
  await client.update(namespaces, { ...namespace, status: { ...namespace.status, conditions } }, { subresource: 'status' })
}

const terminatingNamespace = (gone: KubeObject | undefined, cache: Cache): string[] => {
  const name = gone?.metadata.namespace
  return name && cache.get(namespaces, '', name)?.metadata.deletionTimestamp ? [name] : []
}
