import type { PersistentVolumeSpec } from '../../generated/types.ts'
import type { PersistentVolume } from '../../resource.ts'
import { deprecatedNodeTerm } from '../../validation/deprecated-node-label.ts'
import { classAnnotation } from './class-name.ts'

const annotations = {
  [classAnnotation]: 'deprecated since v1.8; use "storageClassName" attribute instead',
  'volume.beta.kubernetes.io/mount-options': 'deprecated since v1.31; use "mountOptions" attribute instead',
}
const gone = {
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
} as const satisfies Partial<Record<keyof PersistentVolumeSpec, string>>

export const volumeWarnings = ({ metadata, spec }: PersistentVolume): string[] => [
  ...Object.entries(annotations)
    .filter(([key]) => metadata.annotations?.[key] !== undefined)
    .map(([key, message]) => `metadata.annotations[${key}]: ${message}`),
  ...(spec.persistentVolumeReclaimPolicy === 'Recycle'
    ? [
        'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
      ]
    : []),
  ...(spec.nodeAffinity?.required?.nodeSelectorTerms ?? []).flatMap((term, index) =>
    deprecatedNodeTerm(`spec.nodeAffinity.required.nodeSelectorTerms[${index}]`, term),
  ),
  ...Object.entries(gone)
    .filter(([field]) => spec[field as keyof PersistentVolumeSpec] !== undefined)
    .map(([field, message]) => `spec.${field}: ${message}`),
]
