import { isBoundTo, volumeAnnotations } from '../../resources/core/volume/binding.ts'
import { classOf, saysClass } from '../../resources/core/volume/class-name.ts'
import { findMatchingVolume, volumeMismatch } from '../../resources/core/volume/matching.ts'
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../resources/resource.ts'
import { provisionerOf } from './provisioner-name.ts'

/** What there is for a claim. */
export interface ClaimSurroundings {
  /** the one that its spec names */
  readonly named: PersistentVolume | undefined
  /** those that refer to it, and those that refer to none, of its class */
  readonly volumes: readonly PersistentVolume[]
  /** its own class' object */
  readonly storageClass: StorageClass | undefined
  readonly defaultClass: StorageClass | undefined
  /** names of pods that use it and have no node */
  readonly waitingPods: readonly string[]
}

export interface ClaimEvent {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

export type ClaimStep =
  | { readonly does: 'bind'; readonly volume: PersistentVolume }
  /** it is Pending */
  | { readonly does: 'wait'; readonly event?: ClaimEvent | undefined }
  /** its volume is gone, for good */
  | { readonly does: 'lose'; readonly event: ClaimEvent }
  | { readonly does: 'take class'; readonly name: string }
  /** somebody of this name is to make its volume */
  | { readonly does: 'ask'; readonly provisioner: string }

/** What is next for a claim. Pure. */
export const decideClaim = (claim: PersistentVolumeClaim, around: ClaimSurroundings): ClaimStep => {
  if (claim.metadata.annotations?.[volumeAnnotations.bindCompleted] !== undefined) return ofBound(claim, around.named)
  return claim.spec.volumeName ? ofNaming(claim, around.named) : ofUnbound(claim, around)
}

const warning = (reason: string, message: string): ClaimEvent => ({ type: 'Warning', reason, message })
const normal = (reason: string, message: string): ClaimEvent => ({ type: 'Normal', reason, message })

const ofBound = (claim: PersistentVolumeClaim, volume: PersistentVolume | undefined): ClaimStep => {
  const lost = 'Data on the volume is lost!'
  if (!claim.spec.volumeName)
    return { does: 'lose', event: warning('ClaimLost', `Bound claim has lost reference to PersistentVolume. ${lost}`) }
  if (!volume) return { does: 'lose', event: warning('ClaimLost', `Bound claim has lost its PersistentVolume. ${lost}`) }
  const { claimRef } = volume.spec
  if (!claimRef || claimRef.uid === claim.metadata.uid) return { does: 'bind', volume }
  const message = 'Two claims are bound to the same volume, this one is bound incorrectly'
  return { does: 'lose', event: warning('ClaimMisbound', message) }
}

const ofNaming = (claim: PersistentVolumeClaim, volume: PersistentVolume | undefined): ClaimStep => {
  if (!volume) return { does: 'wait' }
  const name = JSON.stringify(volume.metadata.name)
  if (isBoundTo(volume, claim)) return { does: 'bind', volume }
  if (volume.spec.claimRef)
    return { does: 'wait', event: warning('FailedBinding', `volume ${name} already bound to a different claim.`) }
  const mismatch = volumeMismatch(volume, claim)
  if (mismatch === undefined) return { does: 'bind', volume }
  return { does: 'wait', event: warning('VolumeMismatch', `Cannot bind to requested volume ${name}: ${mismatch}`) }
}

const ofUnbound = (claim: PersistentVolumeClaim, around: ClaimSurroundings): ClaimStep => {
  const { volumes, storageClass, defaultClass, waitingPods } = around
  const waits = storageClass?.volumeBindingMode === 'WaitForFirstConsumer'
  const volume = findMatchingVolume(claim, { volumes, onlyBound: waits })
  if (volume) return { does: 'bind', volume }
  if (!saysClass(claim) && defaultClass) return { does: 'take class', name: defaultClass.metadata.name }
  const selected = claim.metadata.annotations?.[volumeAnnotations.selectedNode] !== undefined
  if (waits && !selected) return { does: 'wait', event: forConsumer(waitingPods) }
  const className = classOf(claim)
  if (className === '') {
    const message = 'no persistent volumes available for this claim and no storage class is set'
    return { does: 'wait', event: normal('FailedBinding', message) }
  }
  if (!storageClass) {
    const message = `storageclass.storage.k8s.io ${JSON.stringify(className)} not found`
    return { does: 'wait', event: warning('ProvisioningFailed', message) }
  }
  const provisioner = provisionerOf(storageClass)
  if (provisioner === undefined) return { does: 'wait', event: warning('ProvisioningFailed', 'no volume plugin matched') }
  return { does: 'ask', provisioner }
}

const forConsumer = (pods: readonly string[]): ClaimEvent => {
  const [first, ...others] = pods
  if (first === undefined) return normal('WaitForFirstConsumer', 'waiting for first consumer to be created before binding')
  const message =
    others.length > 0 ? `waiting for pods ${pods.join(',')} to be scheduled` : `waiting for pod ${first} to be scheduled`
  return normal('WaitForPodScheduled', message)
}
