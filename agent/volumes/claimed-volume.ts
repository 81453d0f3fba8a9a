import type { Client } from '../../shared/client/client.ts'
import { isReason } from '../../shared/meta/status.ts'
import { claimOfEphemeral, isClaimForPod, notForPod } from '../../shared/resources/core/volume/ephemeral-claim.ts'
import type { Volume } from '../../shared/resources/generated/types.ts'
import {
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  persistentVolumeClaims,
  persistentVolumes,
} from '../../shared/resources/resource.ts'

/** The volume that a pod's claim has, as the server has it now. Throws with what is missing. */
export const claimedVolume = async (client: Client, pod: Pod, volume: Volume): Promise<PersistentVolume> => {
  const { namespace = '' } = pod.metadata
  const name = volume.persistentVolumeClaim?.claimName ?? claimOfEphemeral(pod, volume.name)
  const fail = (what: string): never => {
    throw new Error(`error processing PVC ${namespace}/${name}: ${what}`)
  }
  const claim = await found(client.get(persistentVolumeClaims, namespace, name))
  if (!claim) return fail(`persistentvolumeclaim ${JSON.stringify(name)} not found`)
  const trouble = troubleWith(claim, pod, volume)
  if (trouble !== undefined) return fail(trouble)
  const volumeName = claim.spec.volumeName ?? ''
  const quoted = JSON.stringify(volumeName)
  const bound = await found(client.get(persistentVolumes, '', volumeName))
  if (!bound) return fail(`persistentvolume ${quoted} not found`)
  const { claimRef } = bound.spec
  if (!claimRef)
    return fail(`found PV object ${quoted} but it has a nil pv.Spec.ClaimRef indicating it is not yet bound to the claim`)
  if (claimRef.uid !== claim.metadata.uid) {
    const [its, own] = [claimRef.uid ?? '', claim.metadata.uid ?? ''].map((uid) => JSON.stringify(uid))
    return fail(`found PV object ${quoted} but its pv.Spec.ClaimRef.UID ${its} does not point to claim.UID ${own}`)
  }
  return bound
}

const troubleWith = (claim: PersistentVolumeClaim, pod: Pod, volume: Volume): string | undefined => {
  if (volume.ephemeral && !isClaimForPod(claim, pod)) return notForPod(claim, pod)
  if (claim.metadata.deletionTimestamp) return 'PVC is being deleted'
  if (claim.status?.phase !== 'Bound') return 'PVC is not bound'
  return claim.spec.volumeName ? undefined : 'PVC has empty pvc.Spec.VolumeName'
}

const found = async <T>(read: Promise<T>): Promise<T | undefined> => {
  try {
    return await read
  } catch (error) {
    if (isReason(error, 'NotFound')) return undefined
    throw error
  }
}
