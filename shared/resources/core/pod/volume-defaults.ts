import type {
  DownwardAPIVolumeFile,
  ObjectFieldSelector,
  PersistentVolumeClaimSpec,
  PersistentVolumeSpec,
  Volume,
} from '../../generated/types.ts'
import { defaultPullPolicy } from './image.ts'

const fileMode = 0o644
const tokenSeconds = 3600

export const defaultVolume = (volume: Volume) => {
  if (Object.entries(volume).every(([field, value]) => field === 'name' || value === undefined)) volume.emptyDir = {}
  const { configMap, secret, downwardAPI, projected, hostPath, image } = volume
  if (configMap) configMap.defaultMode ??= fileMode
  if (secret) secret.defaultMode ??= fileMode
  if (downwardAPI) {
    downwardAPI.defaultMode ??= fileMode
    for (const item of downwardAPI.items ?? []) defaultDownwardFile(item)
  }
  if (projected) {
    projected.defaultMode ??= fileMode
    for (const source of projected.sources ?? []) {
      for (const item of source.downwardAPI?.items ?? []) defaultDownwardFile(item)
      if (source.serviceAccountToken) source.serviceAccountToken.expirationSeconds ??= tokenSeconds
    }
  }
  if (hostPath) hostPath.type ??= ''
  if (image) image.pullPolicy ||= defaultPullPolicy(image.reference)
  defaultStorageBackend(volume)
  const claim = volume.ephemeral?.volumeClaimTemplate as { spec?: PersistentVolumeClaimSpec } | undefined
  if (claim) {
    claim.spec ??= {}
    claim.spec.volumeMode ??= 'Filesystem'
  }
}

export const defaultFieldSelector = (selector: ObjectFieldSelector) => {
  selector.apiVersion ||= 'v1'
}

const defaultDownwardFile = ({ fieldRef, resourceFieldRef }: DownwardAPIVolumeFile) => {
  if (fieldRef) defaultFieldSelector(fieldRef)
  if (resourceFieldRef) resourceFieldRef.divisor ??= '0'
}

/** Of a pod's volume, and of one of its own. */
export const defaultStorageBackend = ({
  iscsi,
  rbd,
  azureDisk,
  scaleIO,
}: Pick<Volume | PersistentVolumeSpec, 'iscsi' | 'rbd' | 'azureDisk' | 'scaleIO'>) => {
  if (iscsi) iscsi.iscsiInterface ||= 'default'
  if (rbd) {
    rbd.pool ||= 'rbd'
    rbd.user ||= 'admin'
    rbd.keyring ||= '/etc/ceph/keyring'
  }
  if (azureDisk) {
    azureDisk.cachingMode ??= 'ReadWrite'
    azureDisk.fsType ??= 'ext4'
    azureDisk.readOnly ??= false
    azureDisk.kind ??= 'Shared'
  }
  if (scaleIO) {
    scaleIO.storageMode ||= 'ThinProvisioned'
    scaleIO.fsType ||= 'xfs'
  }
}
