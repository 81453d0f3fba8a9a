import type { Cache, Index } from '../client/cache.ts'
import type { Client, Resource } from '../client/client.ts'
import type { LabelSelectorMatcher } from '../meta/label-selector.ts'
import type { KubeObject } from '../meta/object.ts'
import { isReason } from '../meta/status.ts'
import { controllerReference, orphansOf } from './owner.ts'

export interface ClaimOptions<T extends KubeObject> {
  readonly client: Client
  readonly cache: Cache
  readonly owner: KubeObject
  readonly ownerResource: Resource
  /** made by `byController` */
  readonly index: Index<T>
  readonly selector: LabelSelectorMatcher
  /** further condition on what is worth adopting or letting go; default: all that is not being deleted */
  readonly counts?: (object: T) => boolean
  /** what is beside the selector a condition of being managed */
  readonly isMember?: (object: T) => boolean
  /** false: its own that no longer match are only left out */
  readonly releases?: boolean
  /** what its owner holds an object by: it comes and goes with the reference */
  readonly finalizer?: string | undefined
}

/**
 * The objects an owner manages by its selector: its own that match, orphans that match (adopted), without its own that
 * no longer match (released).
 */
export const claim = async <T extends KubeObject>(options: ClaimOptions<T>): Promise<T[]> => {
  const { client, cache, owner, ownerResource, index, selector, releases = true, finalizer } = options
  const { counts = () => true, isMember = () => true } = options
  const { resource } = index
  const namespace = owner.metadata.namespace ?? ''
  const matches = (object: T) => selector.matches(object.metadata.labels) && isMember(object)
  const claimed: T[] = []
  for (const object of cache.byIndex(index, owner.metadata.uid ?? '')) {
    if (matches(object)) claimed.push(object)
    else if (releases && !owner.metadata.deletionTimestamp && counts(object))
      await release({ client, resource, object, owner, finalizer })
  }
  if (owner.metadata.deletionTimestamp) return claimed
  const orphans = cache
    .byIndex(index, orphansOf(namespace))
    .filter((object) => !object.metadata.deletionTimestamp && matches(object) && counts(object))
  if (orphans.length > 0 && !(await mayAdopt(client, ownerResource, owner))) return claimed
  for (const object of orphans) {
    const adopted = await adopt({ client, resource, object, owner, ownerResource, finalizer })
    if (adopted) claimed.push(adopted)
  }
  return claimed
}

/**
 * Whether the owner is still there and to stay: its orphans may be those that its deletion has just made, and would go with it if they
 * were its own again.
 */
const mayAdopt = async (client: Client, resource: Resource, { metadata }: KubeObject): Promise<boolean> => {
  try {
    const now = await client.get(resource, metadata.namespace ?? '', metadata.name)
    return now.metadata.uid === metadata.uid && !now.metadata.deletionTimestamp
  } catch (error) {
    if (isReason(error, 'NotFound')) return false
    throw error
  }
}

interface Claim<T extends KubeObject> {
  readonly client: Client
  readonly resource: Resource<T>
  readonly object: T
  readonly owner: KubeObject
  readonly finalizer: string | undefined
}

const adopt = async <T extends KubeObject>(options: Claim<T> & { ownerResource: Resource }): Promise<T | undefined> => {
  const { client, resource, object, owner, ownerResource, finalizer } = options
  const { namespace = '', name, uid, resourceVersion } = object.metadata
  const ownerReferences = [...(object.metadata.ownerReferences ?? []), controllerReference(ownerResource, owner)]
  const finalizers = finalizer && { finalizers: [...without(object, finalizer), finalizer] }
  const body = { metadata: { uid, resourceVersion, ownerReferences, ...finalizers } }
  try {
    return await client.patch(resource, namespace, name, { type: 'merge', body })
  } catch (error) {
    if (isReason(error, 'NotFound')) return undefined
    throw error
  }
}

const release = async <T extends KubeObject>({ client, resource, object, owner, finalizer }: Claim<T>) => {
  const { namespace = '', name, uid, resourceVersion } = object.metadata
  const ownerReferences = object.metadata.ownerReferences?.filter((reference) => reference.uid !== owner.metadata.uid)
  const finalizers = finalizer && { finalizers: without(object, finalizer) }
  try {
    await client.patch(resource, namespace, name, {
      type: 'merge',
      body: { metadata: { uid, resourceVersion, ownerReferences, ...finalizers } },
    })
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error
  }
}

const without = ({ metadata }: KubeObject, finalizer: string) => (metadata.finalizers ?? []).filter((one) => one !== finalizer)
