import type { Cache } from '../client/cache.ts'
import { candidatesFor } from '../controllers/persistentvolume/volume-index.ts'
import { boundToClaim, volumeAnnotations } from '../resources/core/volume/binding.ts'
import { classOf } from '../resources/core/volume/class-name.ts'
import {
  type PersistentVolume,
  type PersistentVolumeClaim,
  persistentVolumeClaims,
  persistentVolumes,
  type StorageClass,
  storageClasses,
} from '../resources/resource.ts'

/** What plugins ask for of claims and volumes. */
export interface VolumeLookups {
  claim(namespace: string, name: string): PersistentVolumeClaim | undefined
  volume(name: string): PersistentVolume | undefined
  classOf(claim: PersistentVolumeClaim): StorageClass | undefined
  /** volumes that may be the claim's */
  candidates(claim: PersistentVolumeClaim): readonly PersistentVolume[]
}

/** What is to be written, and waited for, of a pod's claims before it can be bound to its node. */
export interface VolumePlan {
  readonly bindings: readonly { readonly claim: PersistentVolumeClaim; readonly volume: PersistentVolume }[]
  /** claims whose volume is to be made for the node */
  readonly provisions: readonly PersistentVolumeClaim[]
}

export const volumeLookupsOf = (cache: Cache): VolumeLookups => ({
  claim: (namespace, name) => cache.get(persistentVolumeClaims, namespace, name),
  volume: (name) => cache.get(persistentVolumes, '', name),
  classOf: (claim) => {
    const name = classOf(claim)
    return name === '' ? undefined : cache.get(storageClasses, '', name)
  },
  candidates: (claim) => candidatesFor(claim, cache),
})

/** As the lookups, once what was planned is written. */
export interface PlannedVolumes extends VolumeLookups {
  assume(plan: VolumePlan, node: string): void
}

export const plannedVolumes = (lookups: VolumeLookups): PlannedVolumes => {
  const claims = new Map<string, PersistentVolumeClaim>()
  const volumes = new Map<string, PersistentVolume>()
  const now = (volume: PersistentVolume) => volumes.get(volume.metadata.name) ?? volume
  return {
    claim: (namespace, name) => claims.get(`${namespace}/${name}`) ?? lookups.claim(namespace, name),
    volume: (name) => volumes.get(name) ?? lookups.volume(name),
    classOf: lookups.classOf,
    candidates: (claim) => lookups.candidates(claim).map(now),
    assume: ({ bindings, provisions }, node) => {
      for (const { claim, volume } of bindings) volumes.set(volume.metadata.name, boundToClaim(volume, claim) ?? volume)
      for (const claim of provisions) claims.set(`${claim.metadata.namespace}/${claim.metadata.name}`, selecting(claim, node))
    },
  }
}

/** The claim as it asks for a volume on the node. */
export const selecting = (claim: PersistentVolumeClaim, node: string): PersistentVolumeClaim => ({
  ...claim,
  metadata: { ...claim.metadata, annotations: { ...claim.metadata.annotations, [volumeAnnotations.selectedNode]: node } },
})
