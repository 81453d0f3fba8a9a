import type { PersistentVolume, PersistentVolumeClaim } from '../../resource.ts'

/** What controllers, provisioners and the scheduler tell each other on claims and volumes. */
export const volumeAnnotations = {
  /** on a claim: both sides of its binding are written */
  bindCompleted: 'pv.kubernetes.io/bind-completed',
  /** on a claim or a volume: it was bound by a controller or the scheduler, not by its author */
  boundByController: 'pv.kubernetes.io/bound-by-controller',
  /** on a volume: who made it */
  provisionedBy: 'pv.kubernetes.io/provisioned-by',
  /** on a claim: where the pod that waits for it is to run */
  selectedNode: 'volume.kubernetes.io/selected-node',
  /** on a claim: who is to make its volume */
  provisioner: 'volume.kubernetes.io/storage-provisioner',
  betaProvisioner: 'volume.beta.kubernetes.io/storage-provisioner',
} as const

/** Pre-bound by name alone, or bound to this very claim. */
export const isBoundTo = ({ spec: { claimRef } }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean =>
  claimRef !== undefined &&
  claimRef.name === metadata.name &&
  claimRef.namespace === metadata.namespace &&
  (!claimRef.uid || claimRef.uid === metadata.uid)

/** Both sides of its binding are written. */
export const isFullyBound = ({ metadata, spec }: PersistentVolumeClaim): boolean =>
  Boolean(spec.volumeName) && metadata.annotations?.[volumeAnnotations.bindCompleted] !== undefined

/** The volume as it is once it refers to the claim; undefined: it does. Pure. */
export const boundToClaim = (volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume | undefined => {
  const { name, namespace = '', uid, resourceVersion } = claim.metadata
  const { claimRef } = volume.spec
  const refers = claimRef?.name === name && claimRef?.namespace === namespace && claimRef?.uid === uid
  const isNew = !isBoundTo(volume, claim) && volume.metadata.annotations?.[volumeAnnotations.boundByController] === undefined
  if (refers && !isNew) return undefined
  const annotations = isNew
    ? { ...volume.metadata.annotations, [volumeAnnotations.boundByController]: 'yes' }
    : volume.metadata.annotations
  const reference = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, uid, resourceVersion }
  return {
    ...volume,
    metadata: { ...volume.metadata, ...(annotations && { annotations }) },
    spec: { ...volume.spec, claimRef: refers ? claimRef : reference },
  }
}
