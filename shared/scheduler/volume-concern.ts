import { resourceName } from '../meta/object.ts'
import { isFullyBound, volumeAnnotations } from '../resources/core/volume/binding.ts'
import {
  type PersistentVolume,
  type PersistentVolumeClaim,
  persistentVolumeClaims,
  persistentVolumes,
  storageClasses,
} from '../resources/resource.ts'
import type { PodInfo } from './pod-info.ts'
import type { SchedulerChange } from './scheduler-change.ts'

export const claimsName = resourceName(persistentVolumeClaims.group, persistentVolumeClaims.resource)
export const volumesName = resourceName(persistentVolumes.group, persistentVolumes.resource)
export const classesName = resourceName(storageClasses.group, storageClasses.resource)

/** Which waiting pods a changed claim, volume or class may help; undefined: none. Pure. */
export const helpedByVolumes = ({ resource, object, previous }: SchedulerChange): ((pod: PodInfo) => boolean) | undefined => {
  if (!object) return undefined
  if (resource === claimsName) {
    const { metadata } = object
    if (previous && view(object as PersistentVolumeClaim) === view(previous as PersistentVolumeClaim)) return undefined
    return ({ pod, claims }) => pod.metadata.namespace === metadata.namespace && claims.includes(metadata.name)
  }
  if (resource === classesName) return hasClaims
  if (resource !== volumesName) return undefined
  const isFree = (volume: PersistentVolume | undefined) => volume?.status?.phase === 'Available' && !volume.spec.claimRef?.uid
  return isFree(object as PersistentVolume) && !isFree(previous as PersistentVolume | undefined) ? hasClaims : undefined
}

const hasClaims = ({ claims }: PodInfo) => claims.length > 0

/** What of a claim decides where its pods may go. */
const view = (claim: PersistentVolumeClaim): string =>
  JSON.stringify([
    isFullyBound(claim),
    claim.spec.volumeName,
    claim.spec.storageClassName,
    claim.status?.phase === 'Lost',
    claim.metadata.annotations?.[volumeAnnotations.selectedNode] === undefined,
    claim.metadata.deletionTimestamp,
    claim.metadata.ownerReferences?.length,
  ])
