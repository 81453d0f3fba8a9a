import { stat } from 'node:fs/promises'
import type { Client } from '../../shared/client/client.ts'
import { reachesVolume } from '../../shared/resources/core/volume/affinity.ts'
import { madeAnnotation, nodeOfDirectory } from '../../shared/resources/core/volume/local-directory.ts'
import { type PersistentVolume, type Pod, persistentVolumes } from '../../shared/resources/resource.ts'
import type { AgentEvents } from '../event-recorder.ts'
import { codeOf } from '../files/folder.ts'
import { claimedVolume } from './claimed-volume.ts'
import { checkedHostPath } from './host-path.ts'
import type { LocalDirectories } from './local-directories.ts'
import { giveToGroup } from './ownership.ts'
import type { VolumePlugin, VolumeRequest } from './volume.ts'

export interface ClaimPluginsOptions {
  readonly client: Client
  readonly nodeName: string
  /** of this node's object */
  readonly labels: () => Readonly<Record<string, string>>
  readonly directories: LocalDirectories
  readonly events: Pick<AgentEvents, 'pod'>
}

/**
 * Volumes that pods have by claims. Containers get the volume's own path: nothing of it is mounted in the pod's folder, which goes with the
 * pod.
 */
export const claimPlugins = (options: ClaimPluginsOptions): VolumePlugin[] => {
  const mount = (request: VolumeRequest) => mountClaimed(request, options)
  return [
    { kind: 'persistentVolumeClaim', readOnly: ({ persistentVolumeClaim }) => persistentVolumeClaim?.readOnly ?? false, mount },
    { kind: 'ephemeral', mount },
  ]
}

const mountClaimed = async ({ pod, volume, dir }: VolumeRequest, options: ClaimPluginsOptions): Promise<string> => {
  const { client, directories, labels } = options
  const bound = await claimedVolume(client, pod, volume)
  const { spec } = bound
  if (!reachesVolume(labels(), bound))
    throw new Error(`volume ${bound.metadata.name} is not of this node: no matching NodeSelectorTerms`)
  if (spec.volumeMode === 'Block') throw new Error(`volume ${volume.name} has volumeMode Block, but is specified in volumeMounts`)
  if (spec.hostPath) {
    const path = await checkedHostPath(spec.hostPath)
    await directories.note(dir, path)
    return path
  }
  if (!spec.local) {
    const kind = Object.keys(spec).find((key) => sources.has(key)) ?? 'unknown'
    throw new Error(`volumes of type ${kind} are not supported by this agent`)
  }
  const path = await localPath(bound, options)
  const others = (await directories.usersOf(path)).filter((uid) => uid !== pod.metadata.uid)
  await directories.note(dir, path)
  if (!volume.persistentVolumeClaim?.readOnly)
    await own(pod, { path, name: bound.metadata.name, shared: others.length > 0 }, options)
  return path
}

/** What of a volume says where it is, beside hostPath and local. */
const sources: ReadonlySet<string> = new Set([
  'awsElasticBlockStore',
  'azureDisk',
  'azureFile',
  'cephfs',
  'cinder',
  'csi',
  'fc',
  'flexVolume',
  'flocker',
  'gcePersistentDisk',
  'glusterfs',
  'iscsi',
  'nfs',
  'photonPersistentDisk',
  'portworxVolume',
  'quobyte',
  'rbd',
  'scaleIO',
  'storageos',
  'vsphereVolume',
])

const localPath = async (volume: PersistentVolume, options: ClaimPluginsOptions): Promise<string> => {
  const { path } = volume.spec.local!
  const node = nodeOfDirectory(volume)
  if (node !== undefined) await makeDirectory(volume, node, options)
  const info = await stat(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') throw new Error(`path ${JSON.stringify(path)} does not exist`)
    throw error
  })
  if (!info.isDirectory())
    throw new Error(`path ${JSON.stringify(path)} is not a directory: only directories are mounted by this agent`)
  return path
}

/** Made once: an empty directory in the place of one that was lost would look like data that never was. */
const makeDirectory = async (volume: PersistentVolume, node: string, options: ClaimPluginsOptions): Promise<void> => {
  const { client, nodeName, directories } = options
  const { name, uid, annotations } = volume.metadata
  if (node !== nodeName) throw new Error(`volume ${name} is a directory of node ${node}, not of ${nodeName}`)
  const own = directories.pathOf(name)
  if (volume.spec.local!.path !== own) throw new Error(`volume ${name} is not at ${own}, where this node keeps it`)
  if (annotations?.[madeAnnotation] !== undefined) {
    if (await directories.has(name)) return
    throw new Error(`directory ${own} was made and is gone, with the data of volume ${name}: put it back, or delete the claim`)
  }
  await directories.make(name)
  const body = { metadata: { uid, annotations: { [madeAnnotation]: 'true' } } }
  await client.patch(persistentVolumes, '', name, { type: 'merge', body })
}

/** To the pod's fsGroup; one that another pod here has stays as it is. */
const own = async (
  pod: Pod,
  { path, name, shared }: { path: string; name: string; shared: boolean },
  { events }: ClaimPluginsOptions,
): Promise<void> => {
  const { fsGroup, fsGroupChangePolicy } = pod.spec.securityContext ?? {}
  if (fsGroup === undefined) return
  if (!shared) return giveToGroup(path, { fsGroup, onRootMismatch: fsGroupChangePolicy === 'OnRootMismatch' })
  const { gid } = await stat(path)
  if (gid === fsGroup) return
  const message = `The requested fsGroup is ${fsGroup}, but the volume ${name} has GID ${gid}. The volume may not be shareable.`
  events.pod(pod, { type: 'Warning', reason: 'AlreadyMountedVolume', message })
}
