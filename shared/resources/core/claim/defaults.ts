import type { PersistentVolumeClaim } from '../../generated/types.ts'

/** Of a claim, and of a StatefulSet's template of one. */
export const defaultClaim = (claim: PersistentVolumeClaim): void => {
  claim.spec ??= {}
  claim.spec.volumeMode ??= 'Filesystem'
  claim.status ??= {}
  claim.status.phase ||= 'Pending'
}
