import { compareQuantities } from '../../meta/quantity.ts'
import { isReason } from '../../meta/status.ts'
import { isFullyBound, volumeAnnotations } from '../../resources/core/volume/binding.ts'
import { classOf } from '../../resources/core/volume/class-name.ts'
import { localDirectory, nodeOfDirectory } from '../../resources/core/volume/local-directory.ts'
import { capacityOf, requestOf } from '../../resources/core/volume/matching.ts'
import {
  nodes,
  type PersistentVolume,
  type PersistentVolumeClaim,
  persistentVolumeClaims,
  persistentVolumes,
  type StorageClass,
  storageClasses,
} from '../../resources/resource.ts'
import { type Controller, type ReconcileContext, watch } from '../controller.ts'
import { keyOf, ownKey, splitKey } from '../key.ts'
import { unboundClaimsByClass } from '../persistentvolume/volume-index.ts'
import { provision, volumeNameFor } from './provision.ts'

const isOurs = ({ metadata }: PersistentVolumeClaim) => metadata.annotations?.[volumeAnnotations.provisioner] === localDirectory

/** Makes volumes for claims that ask for a directory of their pod's node, and lets them grow: nothing bounds a directory. */
export const localDirectoryProvisioner: Controller = {
  name: 'local-directory-provisioner',
  eventComponent: localDirectory,
  watches: [
    watch(persistentVolumeClaims, (claim, previous) => (claim && isOurs(claim) ? ownKey(claim, previous) : [])),
    watch(storageClasses, (storageClass, _previous, cache) =>
      storageClass ? cache.byIndex(unboundClaimsByClass, storageClass.metadata.name).filter(isOurs).map(keyOf) : [],
    ),
  ],
  reconcile: async (key, context) => {
    const { namespace, name } = splitKey(key)
    const claim = context.cache.get(persistentVolumeClaims, namespace, name)
    if (!claim || !isOurs(claim)) return
    if (isFullyBound(claim)) return grow(claim, context)
    if (claim.spec.volumeName || claim.metadata.deletionTimestamp) return
    const className = classOf(claim)
    const storageClass = context.cache.get(storageClasses, '', className)
    if (storageClass?.provisioner === localDirectory) await make(claim, storageClass, context)
  },
}

const make = async (
  claim: PersistentVolumeClaim,
  storageClass: StorageClass,
  { cache, client, events }: ReconcileContext,
): Promise<void> => {
  const name = volumeNameFor(claim)
  if (cache.get(persistentVolumes, '', name)) return
  const selected = claim.metadata.annotations?.[volumeAnnotations.selectedNode]
  const result = provision(claim, storageClass, selected === undefined ? undefined : cache.get(nodes, '', selected))
  if ('failure' in result) {
    const className = JSON.stringify(storageClass.metadata.name)
    const message = `failed to provision volume with StorageClass ${className}: ${result.failure}`
    await events.record(claim, 'Warning', 'ProvisioningFailed', message)
    if (result.elsewhere) await giveBack(claim, client)
    return
  }
  const message = `External provisioner is provisioning volume for claim ${JSON.stringify(keyOf(claim))}`
  await events.record(claim, 'Normal', 'Provisioning', message)
  try {
    await client.create(persistentVolumes, result.volume)
  } catch (error) {
    if (isReason(error, 'AlreadyExists')) return
    throw error
  }
  await events.record(claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${name}`)
}

/** The scheduler is to choose another node. */
const giveBack = async (claim: PersistentVolumeClaim, client: ReconcileContext['client']): Promise<void> => {
  const { [volumeAnnotations.selectedNode]: _node, ...annotations } = claim.metadata.annotations ?? {}
  await client.update(persistentVolumeClaims, { ...claim, metadata: { ...claim.metadata, annotations } })
}

/** The volume first: whoever dies in between finds the claim's status behind. */
const grow = async (claim: PersistentVolumeClaim, { cache, client, events }: ReconcileContext): Promise<void> => {
  const volume = cache.get(persistentVolumes, '', claim.spec.volumeName ?? '')
  if (!volume || nodeOfDirectory(volume) === undefined || volume.spec.claimRef?.uid !== claim.metadata.uid) return
  const storage = claim.spec.resources?.requests?.storage
  if (storage === undefined) return
  const grown: PersistentVolume =
    compareQuantities(capacityOf(volume), requestOf(claim)) < 0
      ? await client.update(persistentVolumes, {
          ...volume,
          spec: { ...volume.spec, capacity: { ...volume.spec.capacity, storage } },
        })
      : volume
  if (claim.status?.phase !== 'Bound' || claim.status.capacity?.storage === grown.spec.capacity?.storage) return
  const status = { ...claim.status, capacity: grown.spec.capacity }
  await client.update(persistentVolumeClaims, { ...claim, status }, { subresource: 'status' })
  await events.record(claim, 'Normal', 'VolumeResizeSuccessful', 'Resize volume succeeded')
}
