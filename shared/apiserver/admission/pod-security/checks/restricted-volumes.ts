import type { Volume } from '../../../../resources/generated/types.ts'
import { type Check, type Checked, plural, quoted, sorted } from '../check.ts'
import { hostPathVolumes } from './host-path-volumes.ts'

const allowed = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
] as const

/** Those that stand first name a volume of several. */
const restricted = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'gitRepo',
  'nfs',
  'iscsi',
  'glusterfs',
  'rbd',
  'flexVolume',
  'cinder',
  'cephfs',
  'flocker',
  'fc',
  'azureFile',
  'vsphereVolume',
  'quobyte',
  'azureDisk',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'storageos',
] as const

const isAllowed = (volume: Volume) => allowed.some((source) => volume[source] !== undefined)

const check = ({ spec }: Checked) => {
  const bad = (spec.volumes ?? []).filter((volume) => !isAllowed(volume))
  if (bad.length === 0) return undefined
  const types = sorted(bad.map((volume) => restricted.find((source) => volume[source] !== undefined) ?? 'unknown'))
  const names = bad.map(({ name }) => name)
  return {
    reason: 'restricted volume types',
    detail: `${plural(names.length, 'volume', 'volumes')} ${quoted(names)} ${plural(names.length, 'uses', 'use')} ${plural(types.length, 'restricted volume type', 'restricted volume types')} ${quoted(types)}`,
  }
}

/** The restricted policy only permits volumes that come from the API, claims and drivers. */
export const restrictedVolumes: Check = {
  id: 'restrictedVolumes',
  level: 'restricted',
  versions: [{ from: 0, check, overrides: [hostPathVolumes.id] }],
}
