import { isReason } from '../../meta/status.ts'
import {
  type PersistentVolume,
  type PersistentVolumeClaim,
  persistentVolumeClaims,
  persistentVolumes,
} from '../../resources/resource.ts'
import { type Controller, type ReconcileContext, watch } from '../controller.ts'
import { keyOf, ownKey } from '../key.ts'
import { setVolumePhase } from './bind.ts'
import { decideVolume, reclaimFailure, unbound } from './decide-volume.ts'
import { volumesByClaim } from './volume-index.ts'

/** Says of volumes whether they are free, taken or released, and takes back what was bound in vain. */
export const volumeBinder: Controller = {
  name: 'persistentvolume-phase',
  eventComponent: 'persistentvolume-controller',
  watches: [
    watch(persistentVolumes, (volume, previous) => (volume ? ownKey(volume, previous) : [])),
    watch(persistentVolumeClaims, (claim, previous, cache) => {
      const referring = cache.byIndex(volumesByClaim, keyOf((claim ?? previous)!)).map(keyOf)
      return [...new Set([...referring, ...[claim, previous].flatMap((one) => one?.spec.volumeName || [])])]
    }),
  ],
  reconcile: async (name, context) => {
    const { cache, client, events } = context
    const volume = cache.get(persistentVolumes, '', name)
    if (!volume) return
    const step = decideVolume(volume, await claimOf(volume, context))
    switch (step.does) {
      case 'set phase':
        await setVolumePhase(client, volume, step.phase)
        return
      case 'release':
        return release(volume, context)
      case 'unbind':
        await setVolumePhase(client, await client.update(persistentVolumes, unbound(volume)), 'Available')
        return
      case 'tell of other mode': {
        const { claim } = step
        const [own, its] = [JSON.stringify(name), JSON.stringify(claim.metadata.name)]
        const because = 'due to incompatible volumeMode.'
        const toVolume = `Cannot bind PersistentVolume to requested PersistentVolumeClaim ${its} ${because}`
        const toClaim = `Cannot bind PersistentVolume ${own} to requested PersistentVolumeClaim ${because}`
        await events.record(volume, 'Warning', 'VolumeMismatch', toVolume)
        await events.record(claim, 'Warning', 'VolumeMismatch', toClaim)
      }
    }
  },
}

/** The claim that a volume refers to. Data hangs on it: that it is gone, or another's, is asked of the server itself. */
const claimOf = async (
  { spec: { claimRef }, status }: PersistentVolume,
  { cache, client }: ReconcileContext,
): Promise<PersistentVolumeClaim | undefined> => {
  if (!claimRef?.uid) return undefined
  const { namespace = '', name = '', uid } = claimRef
  const known = cache.get(persistentVolumeClaims, namespace, name)
  if (known?.metadata.uid === uid) return known
  if (isReleased(status?.phase)) return undefined
  try {
    const found = await client.get(persistentVolumeClaims, namespace, name)
    return found.metadata.uid === uid ? found : undefined
  } catch (error) {
    if (isReason(error, 'NotFound')) return undefined
    throw error
  }
}

const isReleased = (phase: string | undefined) => phase === 'Released' || phase === 'Failed'

/** A failure that was told stays to be seen. */
const release = async (volume: PersistentVolume, { client, events }: ReconcileContext): Promise<void> => {
  const released = isReleased(volume.status?.phase) ? volume : await setVolumePhase(client, volume, 'Released')
  const failure = reclaimFailure(released)
  if (!failure || released.status?.phase === 'Failed') return
  const failed = await setVolumePhase(client, released, 'Failed', failure.message)
  await events.record(failed, 'Warning', failure.reason, failure.message)
}
