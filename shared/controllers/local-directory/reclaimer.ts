import { isReason } from '../../meta/status.ts'
import { localDirectory, nodeOfDirectory } from '../../resources/core/volume/local-directory.ts'
import { nodes, type PersistentVolume, persistentVolumes } from '../../resources/resource.ts'
import { type Controller, type ReconcileContext, type ReconcileResult, watch } from '../controller.ts'
import { ownKey } from '../key.ts'

/** A node that was deleted by mistake has come back by then, and removes the directory itself. */
const goneMs = 5 * 60_000

/**
 * Deletes released volumes whose policy says so, and sees to what holds them: the node that has the directory takes the finalizer away
 * once it has removed that. Of a node that is no more there is nobody to wait for.
 */
export const localDirectoryReclaimer: Controller = {
  name: 'local-directory-reclaimer',
  eventComponent: localDirectory,
  watches: [
    watch(persistentVolumes, (volume, previous) =>
      volume && nodeOfDirectory(volume) !== undefined ? ownKey(volume, previous) : [],
    ),
    watch(nodes, (node, previous, cache) =>
      node
        ? []
        : cache
            .list(persistentVolumes)
            .filter((volume) => volume.metadata.deletionTimestamp && nodeOfDirectory(volume) === previous!.metadata.name)
            .map(({ metadata }) => metadata.name),
    ),
  ],
  reconcile: async (name, context) => {
    const { cache, client, clock } = context
    const volume = cache.get(persistentVolumes, '', name)
    if (!volume || nodeOfDirectory(volume) === undefined) return
    const step = decideReclaim(volume, {
      nodeIsThere: cache.get(nodes, '', nodeOfDirectory(volume) ?? '') !== undefined,
      nowMs: clock.now(),
    })
    if (step.does === 'wait') return { requeueAfter: step.ms } satisfies ReconcileResult
    if (step.does === 'hold' || step.does === 'let go') await setFinalizer(volume, step.does === 'hold', context)
    if (step.does !== 'delete') return
    const { uid = '', resourceVersion = '' } = volume.metadata
    try {
      await client.delete(persistentVolumes, '', name, { preconditions: { uid, resourceVersion } })
    } catch (error) {
      if (!isReason(error, 'NotFound')) throw error
    }
  },
}

export type ReclaimStep =
  | { readonly does: 'hold' | 'let go' | 'delete' | 'nothing' }
  | { readonly does: 'wait'; readonly ms: number }

/** What is next for a volume that is a directory. Pure. */
export const decideReclaim = (
  { metadata, spec, status }: PersistentVolume,
  { nodeIsThere, nowMs }: { nodeIsThere: boolean; nowMs: number },
): ReclaimStep => {
  const isHeld = metadata.finalizers?.includes(localDirectory) === true
  if (spec.persistentVolumeReclaimPolicy !== 'Delete') return { does: isHeld ? 'let go' : 'nothing' }
  if (metadata.deletionTimestamp === undefined) {
    if (!isHeld) return { does: 'hold' }
    return { does: status?.phase === 'Released' ? 'delete' : 'nothing' }
  }
  if (!isHeld || nodeIsThere) return { does: 'nothing' }
  const leftMs = Date.parse(metadata.deletionTimestamp) + goneMs - nowMs
  return leftMs > 0 ? { does: 'wait', ms: leftMs } : { does: 'let go' }
}

const setFinalizer = async (volume: PersistentVolume, held: boolean, { client }: ReconcileContext): Promise<void> => {
  const others = (volume.metadata.finalizers ?? []).filter((one) => one !== localDirectory)
  const finalizers = held ? [...others, localDirectory] : others
  await client.update(persistentVolumes, { ...volume, metadata: { ...volume.metadata, finalizers } })
}
