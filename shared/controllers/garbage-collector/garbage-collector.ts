import type { Cache } from '../../client/cache.ts'
import type { Client, Resource } from '../../client/client.ts'
import type { KubeObject } from '../../meta/object.ts'
import { isReason } from '../../meta/status.ts'
import { events } from '../../resources/resource.ts'
import { type Controller, type CustomWatch, type EventRecorder, watch } from '../controller.ts'
import { concerned, judge, orphanFinalizer, type Verdict } from './collect.ts'
import { foregroundFinalizer } from './foreground.ts'
import { createOwnerGraph, type Item, type OwnerGraph } from './owner-graph.ts'

/** Deletes what has no owner left, and carries foreground and orphaning deletions out. Keys: `resource namespace/name`. */
export const createGarbageCollector = ({ resources }: { resources: readonly Resource[] }): Controller => {
  const graph = createOwnerGraph(
    resources.filter(({ resource, group }) => !(group === events.group && resource === events.resource)),
  )
  const concernedBy: CustomWatch = (resource, { object, previous }, cache) =>
    concerned({ item: object && { resource, object }, previous: previous && { resource, object: previous } }, graph, cache)
  return {
    name: 'generic-garbage-collector',
    eventComponent: 'garbage-collector-controller',
    watches: graph.resources.map((resource) =>
      watch(resource, (object, previous, cache) => concernedBy(resource, { object, previous }, cache)),
    ),
    watchesCustom: concernedBy,
    reconcile: async (key, { cache, client, events: recorder }) => {
      const item = graph.find(key, cache)
      if (!item) return
      await reportForeignOwners(item, { graph, cache, recorder })
      const verdict = judge(item, graph, cache)
      if (verdict.act === 'orphan') {
        for (const dependent of verdict.dependents) await dropReference(client, dependent, item.object)
        await removeFinalizer(client, item, orphanFinalizer)
      } else if (verdict.act === 'wait') {
        if (verdict.blocking.length === 0) await removeFinalizer(client, item, foregroundFinalizer)
        for (const dependent of verdict.blocking) await collect(client, dependent, judge(dependent, graph, cache))
      } else await collect(client, item, verdict)
    },
  }
}

/** Who is owned across namespaces goes like one whose owner is gone, and would not know why. */
const reportForeignOwners = async (
  item: Item,
  { graph, cache, recorder }: { graph: OwnerGraph; cache: Cache; recorder: EventRecorder },
): Promise<void> => {
  const { apiVersion, kind, metadata } = item.object
  const { namespace = '', name, uid } = metadata
  for (const reference of metadata.ownerReferences ?? []) {
    if (typeof graph.ownerOf(item, reference, cache) === 'object' || !graph.isInOtherNamespace(item, reference, cache)) continue
    const identity = `[${reference.apiVersion}/${reference.kind}, namespace: ${namespace}, name: ${reference.name}, uid: ${reference.uid}]`
    const regarding = { apiVersion, kind, metadata: { namespace, name, uid } }
    const message = `ownerRef ${identity} does not exist in namespace "${namespace}"`
    await recorder.record(regarding, 'Warning', 'OwnerRefInvalidNamespace', message)
  }
}

/** Lets an object go or its owners, where the verdict is one of these. */
const collect = async (client: Client, item: Item, verdict: Verdict): Promise<void> => {
  if (verdict.act === 'drop references') await patchMetadata(client, item, { ownerReferences: verdict.keep })
  else if (verdict.act === 'delete') {
    const current = verdict.unblock ? await unblockOwners(client, item) : item.object
    if (current) await deleteItem(client, { ...item, object: current }, verdict.propagationPolicy)
  }
}

const unblockOwners = (client: Client, item: Item): Promise<KubeObject | undefined> =>
  patchMetadata(client, item, {
    ownerReferences: item.object.metadata.ownerReferences?.map((reference) => ({ ...reference, blockOwnerDeletion: false })),
  })

const deleteItem = async (
  client: Client,
  { resource, object }: Item,
  propagationPolicy: 'Background' | 'Foreground' | 'Orphan',
): Promise<void> => {
  const { namespace = '', name, uid = '', resourceVersion = '' } = object.metadata
  try {
    await client.delete(resource, namespace, name, { propagationPolicy, preconditions: { uid, resourceVersion } })
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error
  }
}

const dropReference = async (client: Client, dependent: Item, owner: KubeObject): Promise<void> => {
  await patchMetadata(client, dependent, {
    ownerReferences: dependent.object.metadata.ownerReferences?.filter(({ uid }) => uid !== owner.metadata.uid),
  })
}

const removeFinalizer = async (client: Client, item: Item, finalizer: string): Promise<void> => {
  await patchMetadata(client, item, { finalizers: item.object.metadata.finalizers?.filter((each) => each !== finalizer) })
}

/** undefined: it is gone */
const patchMetadata = async (
  client: Client,
  { resource, object }: Item,
  change: Record<string, unknown>,
): Promise<KubeObject | undefined> => {
  const { namespace = '', name, uid, resourceVersion } = object.metadata
  try {
    return await client.patch(resource, namespace, name, {
      type: 'merge',
      body: { metadata: { uid, resourceVersion, ...change } },
    })
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error
    return undefined
  }
}
