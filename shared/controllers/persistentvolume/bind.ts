import type { Client } from '../../client/client.ts'
import { boundToClaim, volumeAnnotations } from '../../resources/core/volume/binding.ts'
import {
  type PersistentVolume,
  type PersistentVolumeClaim,
  persistentVolumeClaims,
  persistentVolumes,
} from '../../resources/resource.ts'
import { semanticallyEqual } from '../semantic-equality.ts'

type Phase = 'Available' | 'Bound' | 'Released' | 'Failed'

/** Writes both sides of a binding, the volume's first: whoever dies in between has a volume that says whose it is. */
export const bind = async (client: Client, volume: PersistentVolume, claim: PersistentVolumeClaim): Promise<void> => {
  const referring = boundToClaim(volume, claim)
  const taken = referring ? await client.update(persistentVolumes, referring) : volume
  const bound = await setVolumePhase(client, taken, 'Bound')
  const completed = completedClaim(claim, bound)
  const named = completed ? await client.update(persistentVolumeClaims, completed) : claim
  await setClaimPhase(client, named, { phase: 'Bound', volume: bound })
}

const completedClaim = (claim: PersistentVolumeClaim, volume: PersistentVolume): PersistentVolumeClaim | undefined => {
  const { annotations = {} } = claim.metadata
  const isNamed = claim.spec.volumeName === volume.metadata.name
  if (isNamed && annotations[volumeAnnotations.bindCompleted] !== undefined) return undefined
  return {
    ...claim,
    metadata: {
      ...claim.metadata,
      annotations: {
        ...(isNamed ? {} : { [volumeAnnotations.boundByController]: 'yes' }),
        ...annotations,
        [volumeAnnotations.bindCompleted]: 'yes',
      },
    },
    spec: { ...claim.spec, volumeName: volume.metadata.name },
  }
}

export const setVolumePhase = async (
  client: Client,
  volume: PersistentVolume,
  phase: Phase,
  message?: string,
): Promise<PersistentVolume> => {
  if (volume.status?.phase === phase) return volume
  const { message: _message, ...status } = volume.status ?? {}
  const next = { ...volume, status: { ...status, phase, ...(message ? { message } : {}) } }
  return client.update(persistentVolumes, next, { subresource: 'status' })
}

export interface ClaimPhase {
  readonly phase: 'Pending' | 'Bound' | 'Lost'
  readonly volume?: PersistentVolume | undefined
}

/** Writes what a claim's status says of its binding. A size that differs from the volume's while it is bound is somebody's who lets it grow. */
export const setClaimPhase = async (
  client: Client,
  claim: PersistentVolumeClaim,
  { phase, volume }: ClaimPhase,
): Promise<void> => {
  const { accessModes, capacity, currentVolumeAttributesClassName: attributes, ...others } = claim.status ?? {}
  const isNew = others.phase !== phase
  const size = isNew && volume ? volume.spec.capacity : capacity
  const attributesNow = volume && others.phase === 'Pending' ? volume.spec.volumeAttributesClassName : attributes
  const binding = volume && {
    ...(volume.spec.accessModes && { accessModes: volume.spec.accessModes }),
    ...(size && { capacity: size }),
    ...(attributesNow && { currentVolumeAttributesClassName: attributesNow }),
  }
  const status = { ...others, phase, ...binding }
  if (semanticallyEqual(status, claim.status ?? {})) return
  await client.update(persistentVolumeClaims, { ...claim, status }, { subresource: 'status' })
}
