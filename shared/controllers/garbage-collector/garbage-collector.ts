import type { Client, Resource } from '../../client/client.ts'
import type { KubeObject } from '../../meta/object.ts'
import { isReason } from '../../meta/status.ts'
import { events } from '../../resources/resource.ts'
import { type Controller, watch } from '../controller.ts'
import { concerned, foregroundFinalizer, judge, orphanFinalizer } from './collect.ts'
import { createOwnerGraph, type Item } from './owner-graph.ts'

/** Deletes what has no owner left, and carries foreground and orphaning deletions out. Keys: `resource namespace/name`. */
export const createGarbageCollector = ({ resources }: { resources: readonly Resource[] }): Controller => {
  const graph = createOwnerGraph(
    resources.filter(({ resource, group }) => !(group === events.group && resource === events.resource)),
  )
  return {
    name: 'generic-garbage-collector',
    watches: graph.resources.map((resource) =>
      watch(resource, (object, previous, cache) =>
        concerned({ item: object && { resource, object }, previous: previous && { resource, object: previous } }, graph, cache),
      ),
    ),
    reconcile: async (key, { cache, client }) => {
      const item = graph.find(key, cache)
      if (!item) return
      const verdict = judge(item, graph, cache)
      if (verdict.act === 'orphan') {
        for (const dependent of verdict.dependents) await dropReference(client, dependent, item.object)
        await removeFinalizer(client, item, orphanFinalizer)
      } else if (verdict.act === 'wait') {
        if (verdict.blocking.length === 0) await removeFinalizer(client, item, foregroundFinalizer)
        for (const dependent of verdict.blocking) await deleteDependent(client, dependent, judge(dependent, graph, cache))
      } else if (verdict.act === 'drop references') {
        await patchMetadata(client, item, { ownerReferences: verdict.keep })
      } else if (verdict.act === 'delete') await deleteDependent(client, item, verdict)
    },
  }
}

const deleteDependent = async (client: Client, { resource, object }: Item, verdict: ReturnType<typeof judge>): Promise<void> => {
  if (verdict.act !== 'delete') return
  const { namespace = '', name, uid = '', resourceVersion = '' } = object.metadata
  const { propagationPolicy } = verdict
  try {
    await client.delete(resource, namespace, name, { propagationPolicy, preconditions: { uid, resourceVersion } })
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error
  }
}

const dropReference = (client: Client, dependent: Item, owner: KubeObject): Promise<void> =>
  patchMetadata(client, dependent, {
    ownerReferences: dependent.object.metadata.ownerReferences?.filter(({ uid }) => uid !== owner.metadata.uid),
  })

const removeFinalizer = (client: Client, item: Item, finalizer: string): Promise<void> =>
  patchMetadata(client, item, { finalizers: item.object.metadata.finalizers?.filter((each) => each !== finalizer) })

const patchMetadata = async (client: Client, { resource, object }: Item, change: Record<string, unknown>): Promise<void> => {
  const { namespace = '', name, uid, resourceVersion } = object.metadata
  try {
    await client.patch(resource, namespace, name, { type: 'merge', body: { metadata: { uid, resourceVersion, ...change } } })
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error
  }
}
