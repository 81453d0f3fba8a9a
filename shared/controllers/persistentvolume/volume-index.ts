import type { Cache, Index } from '../../client/cache.ts'
import { claimsNamedBy } from '../../resources/core/pod/named-object.ts'
import { volumeAnnotations } from '../../resources/core/volume/binding.ts'
import { classOf } from '../../resources/core/volume/class-name.ts'
import {
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
} from '../../resources/resource.ts'
import { keyOf } from '../key.ts'

export const claimKeyOf = ({ spec: { claimRef } }: PersistentVolume): string | undefined =>
  claimRef && `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}`

/** Volumes by the claim that they refer to. */
export const volumesByClaim: Index<PersistentVolume> = {
  name: 'claim',
  resource: persistentVolumes,
  valuesOf: (volume) => {
    const key = claimKeyOf(volume)
    return key === undefined ? [] : [key]
  },
}

/** Volumes that refer to no claim, by their class. */
export const freeVolumesByClass: Index<PersistentVolume> = {
  name: 'class, free',
  resource: persistentVolumes,
  valuesOf: (volume) => (volume.spec.claimRef ? [] : [classOf(volume)]),
}

/** Claims whose binding is not complete, by their class. */
export const unboundClaimsByClass: Index<PersistentVolumeClaim> = {
  name: 'class, unbound',
  resource: persistentVolumeClaims,
  valuesOf: (claim) => (claim.metadata.annotations?.[volumeAnnotations.bindCompleted] === undefined ? [classOf(claim)] : []),
}

export const podsByClaim: Index<Pod> = {
  name: 'volume claim',
  resource: pods,
  valuesOf: (pod) => claimsNamedBy(pod).map((name) => `${pod.metadata.namespace}/${name}`),
}

/** Every volume that may be the claim's. */
export const candidatesFor = (claim: PersistentVolumeClaim, cache: Cache): PersistentVolume[] => [
  ...cache.byIndex(volumesByClaim, keyOf(claim)),
  ...cache.byIndex(freeVolumesByClass, classOf(claim)),
]
