import { volumeAnnotations } from '../../resources/core/volume/binding.ts'
import { isOfOtherMode } from '../../resources/core/volume/matching.ts'
import type { PersistentVolume, PersistentVolumeClaim } from '../../resources/resource.ts'

export type VolumeStep =
  | { readonly does: 'set phase'; readonly phase: 'Available' | 'Bound' }
  /** its claim is no more, or has another volume */
  | { readonly does: 'release' }
  /** the binding was not taken up: it refers to nobody, or, where its author said so, to whoever has the claim's name */
  | { readonly does: 'unbind' }
  /** the claim will never have it */
  | { readonly does: 'tell of other mode'; readonly claim: PersistentVolumeClaim }
  /** the claim's own step is next */
  | { readonly does: 'nothing' }

/** What is next for a volume, beside the claim that it refers to (the one of that very uid). Pure. */
export const decideVolume = (volume: PersistentVolume, claim: PersistentVolumeClaim | undefined): VolumeStep => {
  const { claimRef, persistentVolumeReclaimPolicy } = volume.spec
  if (!claimRef?.uid) return { does: 'set phase', phase: 'Available' }
  if (!claim) return { does: 'release' }
  const { volumeName } = claim.spec
  // Nothing is bound to what is on its way out: the claim would wait for it, and it for the claim.
  if (!volumeName && volume.metadata.deletionTimestamp) return { does: 'release' }
  if (!volumeName) return isOfOtherMode(volume, claim) ? { does: 'tell of other mode', claim } : { does: 'nothing' }
  if (volumeName === volume.metadata.name) return { does: 'set phase', phase: 'Bound' }
  const isMade = volume.metadata.annotations?.[volumeAnnotations.provisionedBy] !== undefined
  return isMade && persistentVolumeReclaimPolicy === 'Delete' ? { does: 'release' } : { does: 'unbind' }
}

/** The volume without its binding. Pure. */
export const unbound = (volume: PersistentVolume): PersistentVolume => {
  const { [volumeAnnotations.boundByController]: byController, ...annotations } = volume.metadata.annotations ?? {}
  const { claimRef, ...spec } = volume.spec
  if (byController !== undefined) return { ...volume, metadata: { ...volume.metadata, annotations }, spec }
  const { uid: _uid, ...reference } = claimRef ?? {}
  return { ...volume, spec: { ...spec, claimRef: reference } }
}

/** Why a released volume can't be reclaimed as its policy says; undefined: it stays, or its provisioner sees to it. Pure. */
export const reclaimFailure = ({ metadata, spec }: PersistentVolume): { reason: string; message: string } | undefined => {
  switch (spec.persistentVolumeReclaimPolicy) {
    case 'Retain':
      return undefined
    case 'Recycle':
      return { reason: 'VolumeFailedRecycle', message: 'No recycler plugin found for the volume!' }
    case 'Delete': {
      const provisioner = metadata.annotations?.[volumeAnnotations.provisionedBy] ?? ''
      if (spec.csi || (provisioner !== '' && !provisioner.startsWith('kubernetes.io/'))) return undefined
      const message = `error getting deleter volume plugin for volume ${JSON.stringify(metadata.name)}: no deletable volume plugin matched`
      return { reason: 'VolumeFailedDelete', message }
    }
    default:
      return {
        reason: 'VolumeUnknownReclaimPolicy',
        message: 'Volume has unrecognized PersistentVolumeReclaimPolicy',
      }
  }
}
