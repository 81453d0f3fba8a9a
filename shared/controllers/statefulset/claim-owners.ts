import type { Resource } from '../../client/client.ts'
import { apiVersionOf, type KubeObject } from '../../meta/object.ts'
import type { OwnerReference } from '../../meta/object-meta.ts'
import { type PersistentVolumeClaim, type Pod, pods, type StatefulSet, statefulSets } from '../../resources/resource.ts'
import { controllerReference } from '../owner.ts'
import { isInRange, ordinalOf } from './ordinal.ts'

/**
 * Who owns a claim says when it goes: with `whenDeleted: Delete` the set owns it, with `whenScaled: Delete` the pod that is scaled away
 * does, and garbage collection does the rest.
 */
export interface ClaimOwners {
  readonly set: boolean
  readonly pod: boolean
}

export const wantedOwners = (set: StatefulSet, pod: Pod): ClaimOwners => {
  const { whenDeleted, whenScaled } = retention(set)
  const condemned = !isInRange(set, ordinalOf(pod) ?? -1)
  return { set: whenDeleted && !(whenScaled && condemned), pod: whenScaled && condemned }
}

/** The references that a claim is to have; undefined: those that it has. */
export const correctedOwners = (claim: PersistentVolumeClaim, set: StatefulSet, pod: Pod): OwnerReference[] | undefined => {
  const references = claim.metadata.ownerReferences ?? []
  // Of an earlier set or pod of the name: for garbage collection to judge.
  if (isStale(references, statefulSets, set) || isStale(references, pods, pod)) return undefined
  const ownSet = references.find(({ uid }) => uid === set.metadata.uid)
  const ownPod = references.find(({ uid }) => uid === pod.metadata.uid)
  const others = references.filter((reference) => !names(reference, statefulSets, set) && !names(reference, pods, pod))
  if (hasOtherController(claim, set, pod)) return ownSet || ownPod ? others : undefined
  const wanted = wantedOwners(set, pod)
  const controls = [ownSet, ownPod].every((reference) => !reference || reference.controller)
  if (controls && wanted.set === Boolean(ownSet) && wanted.pod === Boolean(ownPod)) return undefined
  return [
    ...others,
    ...(wanted.pod ? [controllerReference(pods, pod)] : []),
    ...(wanted.set ? [controllerReference(statefulSets, set)] : []),
  ]
}

/** Somebody else manages the claim: the policy can't hold for it. */
export const hasOtherController = ({ metadata }: PersistentVolumeClaim, set: StatefulSet, pod: Pod): boolean => {
  const { whenDeleted, whenScaled } = retention(set)
  if (!whenDeleted && !whenScaled) return false
  return (metadata.ownerReferences ?? []).some((reference) => {
    if (names(reference, statefulSets, set)) return reference.uid !== set.metadata.uid
    if (names(reference, pods, pod)) return reference.uid !== pod.metadata.uid
    return reference.controller === true
  })
}

/** Of a pod that was scaled away, and about to go with it: a new pod of the name waits until it is gone. */
export const isStaleClaim = ({ metadata }: PersistentVolumeClaim, set: StatefulSet, pod: Pod): boolean =>
  retention(set).whenScaled && isStale(metadata.ownerReferences ?? [], pods, pod)

const retention = ({ spec }: StatefulSet) => {
  const { whenDeleted, whenScaled } = spec.persistentVolumeClaimRetentionPolicy ?? {}
  return { whenDeleted: whenDeleted === 'Delete', whenScaled: whenScaled === 'Delete' }
}

const names = (reference: OwnerReference, { group, version, kind }: Resource, { metadata }: KubeObject): boolean =>
  reference.apiVersion === apiVersionOf(group, version) && reference.kind === kind && reference.name === metadata.name

const isStale = (references: readonly OwnerReference[], resource: Resource, object: KubeObject): boolean => {
  const found = references.find((reference) => names(reference, resource, object))
  return found !== undefined && found.uid !== object.metadata.uid
}
