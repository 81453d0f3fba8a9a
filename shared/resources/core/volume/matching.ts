import { labelSelectorMatcher } from '../../../meta/label-selector.ts'
import { compareQuantities, parseQuantity, zeroQuantity } from '../../../meta/quantity.ts'
import type { PersistentVolume, PersistentVolumeClaim } from '../../resource.ts'
import { isBoundTo } from './binding.ts'
import { classOf } from './class-name.ts'

const sizeOf = (amounts: Readonly<Record<string, string>> | undefined) =>
  amounts?.storage === undefined ? zeroQuantity : parseQuantity(amounts.storage)

export const capacityOf = ({ spec }: PersistentVolume) => sizeOf(spec.capacity)

export const requestOf = ({ spec }: PersistentVolumeClaim) => sizeOf(spec.resources?.requests)

const modeOf = ({ spec }: PersistentVolume | PersistentVolumeClaim) => spec.volumeMode ?? 'Filesystem'

export const isOfOtherMode = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean => modeOf(volume) !== modeOf(claim)

const isOfOtherAttributes = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  (volume.spec.volumeAttributesClassName ?? '') !== (claim.spec.volumeAttributesClassName ?? '')

const lacksAccessMode = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  (claim.spec.accessModes ?? []).some((mode) => !volume.spec.accessModes?.includes(mode))

/** Why a claim can't have the volume that it names; undefined: it can. */
export const volumeMismatch = (volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined => {
  if (volume.metadata.deletionTimestamp) return `the volume is marked for deletion ${JSON.stringify(volume.metadata.name)}`
  if (compareQuantities(capacityOf(volume), requestOf(claim)) < 0) return 'requested PV is too small'
  if (classOf(volume) !== classOf(claim)) return 'storageClassName does not match'
  if (isOfOtherAttributes(volume, claim)) return 'volumeAttributesClassName does not match'
  if (isOfOtherMode(volume, claim)) return 'incompatible volumeMode'
  return lacksAccessMode(volume, claim) ? 'incompatible accessMode' : undefined
}

export interface MatchOptions {
  readonly volumes: readonly PersistentVolume[]
  /** whether the pod's node reaches a volume; undefined: there is no node yet */
  readonly reaches?: ((volume: PersistentVolume) => boolean) | undefined
  /** the claim waits for a pod's node: then only what was bound to it beforehand will do */
  readonly onlyBound?: boolean | undefined
}

/** The volume for a claim: the one that refers to it, else the smallest that will do, of those the one with the fewest access modes. */
export const findMatchingVolume = (claim: PersistentVolumeClaim, options: MatchOptions): PersistentVolume | undefined => {
  const { volumes, reaches = () => true, onlyBound = false } = options
  const requested = requestOf(claim)
  const selector = claim.spec.selector && labelSelectorMatcher(claim.spec.selector)
  const large = volumes.filter(
    (volume) =>
      (!volume.spec.claimRef || isBoundTo(volume, claim)) &&
      compareQuantities(capacityOf(volume), requested) >= 0 &&
      !isOfOtherMode(volume, claim) &&
      !isOfOtherAttributes(volume, claim) &&
      !volume.metadata.deletionTimestamp,
  )
  const own = large.find((volume) => isBoundTo(volume, claim))
  if (own) return reaches(own) ? own : undefined
  if (onlyBound) return undefined
  return large
    .filter(
      (volume) =>
        volume.status?.phase === 'Available' &&
        (!selector || selector.matches(volume.metadata.labels)) &&
        classOf(volume) === classOf(claim) &&
        !lacksAccessMode(volume, claim) &&
        reaches(volume),
    )
    .sort(smallestFirst)[0]
}

const smallestFirst = (a: PersistentVolume, b: PersistentVolume): number =>
  (a.spec.accessModes?.length ?? 0) - (b.spec.accessModes?.length ?? 0) ||
  compareQuantities(capacityOf(a), capacityOf(b)) ||
  (a.metadata.name < b.metadata.name ? -1 : 1)
