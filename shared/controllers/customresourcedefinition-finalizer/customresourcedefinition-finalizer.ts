import type { Client, Resource } from '../../client/client.ts'
import { resourceName } from '../../meta/object.ts'
import { isReason } from '../../meta/status.ts'
import { type Clock, timestamp } from '../../platform/clock.ts'
import { cleanupFinalizer } from '../../resources/apiextensions/customresourcedefinition.ts'
import { type CrdCondition, type CustomResourceDefinition, conditionOf, isTrue } from '../../resources/apiextensions/resource.ts'
import { setCondition } from '../../resources/apiextensions/set-condition.ts'
import { customResourceDefinitions } from '../../resources/resource.ts'
import { type Controller, watch } from '../controller.ts'
import { customResourceNamed } from '../custom-resources.ts'

const isEnding = ({ metadata }: CustomResourceDefinition) =>
  metadata.deletionTimestamp !== undefined && (metadata.finalizers?.includes(cleanupFinalizer) ?? false)

/** deletions under way at once */
const width = 32
const pageSize = 500

type Terminating = Pick<CrdCondition, 'status' | 'reason' | 'message'>

/** Deletes the objects of a kind whose definition is being deleted, and then lets that go. `resources`: built-in ones, which nobody defines away. */
export const createCustomResourceDefinitionFinalizer = ({ resources }: { resources: readonly Resource[] }): Controller => {
  const builtIn = new Set(resources.map(({ group, resource }) => resourceName(group, resource)))
  return {
    name: 'customresourcedefinition-finalizer',
    watches: [watch(customResourceDefinitions, (object) => (object && isEnding(object) ? [object.metadata.name] : []))],
    reconcile: async (name, { cache, client, clock }) => {
      const crd = cache.get(customResourceDefinitions, '', name)
      if (!crd || !isEnding(crd)) return undefined
      const resource = customResourceNamed(cache, name)
      if (builtIn.has(name)) return release({ crd, client, clock }, overlapping)
      if (!isTrue(crd, 'Established') || !resource) return release({ crd, client, clock }, neverEstablished)
      if (!begun.includes(conditionOf(crd, 'Terminating')?.reason ?? '')) return note({ crd, client, clock }, inProgress)
      try {
        await deleteAll(client, resource)
      } catch (error) {
        const message = `could not issue all deletes: ${(error as Error).message}`
        await note({ crd, client, clock }, { status: 'True', reason: failed, message })
        throw error
      }
      const { items } = await client.list(resource, { limit: 1 })
      // What is left is held by finalizers. It is not waited for in vain for ever, nor looked at without end.
      if (items.length > 0) return { requeueAfter: patience(crd, clock) }
      return release({ crd, client, clock }, completed)
    },
  }
}

const failed = 'InstanceDeletionFailed'
const begun = ['InstanceDeletionInProgress', failed]

const inProgress: Terminating = {
  status: 'True',
  reason: 'InstanceDeletionInProgress',
  message: 'CustomResource deletion is in progress',
}
const completed: Terminating = { status: 'False', reason: 'InstanceDeletionCompleted', message: 'removed all instances' }
const neverEstablished: Terminating = { status: 'False', reason: 'NeverEstablished', message: 'resource was never established' }
const overlapping: Terminating = {
  status: 'False',
  reason: 'OverlappingBuiltInResource',
  message: 'instances overlap with built-in resources in storage',
}

/** A tenth of the time that it took so far, between one second and one minute. */
const patience = ({ metadata }: CustomResourceDefinition, clock: Clock): number =>
  Math.min(60_000, Math.max(1000, (clock.now() - Date.parse(metadata.deletionTimestamp!)) / 10))

const deleteAll = async (client: Client, resource: Resource): Promise<void> => {
  for (let token: string | undefined; ; ) {
    const { items, metadata } = await client.list(resource, { limit: pageSize, continue: token })
    const doomed = items.filter((object) => !object.metadata.deletionTimestamp)
    for (let start = 0; start < doomed.length; start += width) {
      const batch = doomed.slice(start, start + width)
      await Promise.all(batch.map((object) => deleteOne(client, resource, object.metadata)))
    }
    token = metadata.continue
    if (!token) return
  }
}

const deleteOne = async (
  client: Client,
  resource: Resource,
  { namespace = '', name }: { namespace?: string | undefined; name: string },
) => {
  try {
    await client.delete(resource, namespace, name, { propagationPolicy: 'Background' })
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error
  }
}

interface Parts {
  readonly crd: CustomResourceDefinition
  readonly client: Client
  readonly clock: Clock
}

const note = async (
  { crd, client, clock }: Parts,
  condition: Terminating,
  finalizers = crd.metadata.finalizers,
): Promise<undefined> => {
  const next = { ...crd, metadata: { ...crd.metadata, finalizers } }
  setCondition(next, timestamp(clock.now()), { type: 'Terminating', ...condition })
  try {
    await client.update(customResourceDefinitions, next, { subresource: 'status' })
  } catch (error) {
    // It was changed meanwhile, or is gone: that brings it here again.
    if (!isReason(error, 'Conflict', 'NotFound')) throw error
  }
  return undefined
}

const release = (parts: Parts, condition: Terminating): Promise<undefined> =>
  note(
    parts,
    condition,
    parts.crd.metadata.finalizers?.filter((one) => one !== cleanupFinalizer),
  )
