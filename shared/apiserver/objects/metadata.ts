import type { KubeObject } from '../../meta/object.ts'
import type { ObjectMeta } from '../../meta/object-meta.ts'
import { badRequest } from '../../meta/status.ts'
import type { KindDefinition } from '../../resources/definition.ts'

/** Takes away what only the server sets; upstream forgets a deletion that a creation by PUT or apply brings. */
export const wipeSystemFields = (metadata: ObjectMeta, byUpdate: boolean): void => {
  delete metadata.uid
  delete metadata.creationTimestamp
  delete metadata.selfLink
  delete metadata.resourceVersion
  if (byUpdate) return
  delete metadata.deletionTimestamp
  delete metadata.deletionGracePeriodSeconds
}

/** Sets the request's namespace where the object names none; one that a cluster-scoped object names means nothing. */
export const matchNamespace = (definition: KindDefinition, metadata: ObjectMeta, requestNamespace: string): void => {
  if (!definition.namespaced) {
    delete metadata.namespace
    return
  }
  if (!metadata.namespace) metadata.namespace = requestNamespace
  else if (metadata.namespace !== requestNamespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
}

/** Empty lists and maps are none, as Go's omitempty leaves them out. */
export const dropEmpty = ({ metadata }: KubeObject): void => {
  for (const field of ['labels', 'annotations'] as const) {
    const value = metadata[field]
    if (value && Object.keys(value).length === 0) delete metadata[field]
  }
  for (const field of ['finalizers', 'ownerReferences', 'managedFields'] as const) {
    if (metadata[field]?.length === 0) delete metadata[field]
  }
}

/** The same owner twice is kept once; answers the UIDs that were repeated. */
export const dropRepeatedOwners = (metadata: ObjectMeta): string[] => {
  const seen = new Set<string>()
  const repeated: string[] = []
  const kept = metadata.ownerReferences?.filter((owner) => {
    const text = JSON.stringify(owner)
    if (!seen.has(text)) return seen.add(text)
    repeated.push(owner.uid)
    return false
  })
  if (repeated.length > 0) metadata.ownerReferences = kept
  return repeated
}

/** Sets fields to what they are in `source`. */
export const keep = <T extends object>(target: T, source: T, fields: readonly (keyof T)[]) => {
  for (const field of fields) {
    if (source[field] === undefined) delete target[field]
    else target[field] = source[field]
  }
}
