import { type FieldError, forbiddenField } from '../../meta/field-error.ts'
import { age, text, wide } from '../column.ts'
import { define } from '../definition.ts'
import type { PersistentVolumeSpec } from '../generated/types.ts'
import type { PersistentVolume } from '../resource.ts'
import { accessModesText } from './claim/access-mode.ts'
import { defaultStorageBackend } from './pod/volume-defaults.ts'
import { roundUpAmounts } from './resource-list.ts'
import { classOf } from './volume/class-name.ts'
import { validateVolumeSpec } from './volume/spec-validation.ts'
import { validateVolumeUpdate } from './volume/update-validation.ts'
import { volumeWarnings } from './volume/warnings.ts'

const mountOptions = 'volume.beta.kubernetes.io/mount-options'

/** Those that take mount options by the annotation of old. */
const takingOptions = [
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'nfs',
  'rbd',
  'quobyte',
  'iscsi',
  'cinder',
  'cephfs',
  'azureFile',
  'vsphereVolume',
  'azureDisk',
  'photonPersistentDisk',
] as const satisfies readonly (keyof PersistentVolumeSpec)[]

/** Of a volume, and of one that no object stands for. */
export const defaultVolumeSpec = (spec: PersistentVolumeSpec) => {
  roundUpAmounts(spec.capacity)
  if (spec.hostPath) spec.hostPath.type ??= ''
  defaultStorageBackend(spec)
}

const validateOptions = ({ metadata, spec }: PersistentVolume): FieldError[] =>
  metadata.annotations?.[mountOptions] === undefined || takingOptions.some((field) => spec[field] !== undefined)
    ? []
    : [forbiddenField(`metadata.annotations.${mountOptions}`, 'may not specify mount options for this volume type')]

const validate = (object: PersistentVolume): FieldError[] => [
  ...validateVolumeSpec('spec', object.spec, object.metadata.name),
  ...validateOptions(object),
]

export const persistentVolume = define<PersistentVolume>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  singular: 'persistentvolume',
  shortNames: ['pv'],
  namespaced: false,
  schema: 'io.k8s.api.core.v1.PersistentVolume',
  rechecksNames: [''],
  subresources: { status: true },
  default: (object) => {
    const { spec } = object
    object.status ??= {}
    object.status.phase ||= 'Pending'
    spec.persistentVolumeReclaimPolicy ||= 'Retain'
    spec.volumeMode ??= 'Filesystem'
    defaultVolumeSpec(spec)
  },
  prepareForCreate: (object) => {
    object.status = { phase: 'Pending', lastPhaseTransitionTime: object.metadata.creationTimestamp! }
  },
  prepareForStatusUpdate: ({ status }, { status: old }, now) => {
    if (!status) return
    const { phase, lastPhaseTransitionTime: at } = status
    if (phase === old?.phase) status.lastPhaseTransitionTime ??= old?.lastPhaseTransitionTime
    else if (at === undefined || at === old?.lastPhaseTransitionTime) status.lastPhaseTransitionTime = now
  },
  returnsDeleted: true,
  validate,
  // upstream looks twice at the spec
  validateUpdate: (object, old) => [
    ...validateVolumeSpec('spec', object.spec, object.metadata.name),
    ...validateVolumeUpdate(object, old),
  ],
  warnings: volumeWarnings,
  columns: [
    text(
      'Capacity',
      "capacity is the description of the persistent volume's resources and capacity. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#capacity",
      ({ spec }) => spec.capacity?.storage ?? '0',
    ),
    text(
      'Access Modes',
      'accessModes contains all ways the volume can be mounted. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#access-modes',
      ({ spec }) => accessModesText(spec.accessModes),
    ),
    text(
      'Reclaim Policy',
      'persistentVolumeReclaimPolicy defines what happens to a persistent volume when released from its claim. Valid options are Retain (default for manually created PersistentVolumes), Delete (default for dynamically provisioned PersistentVolumes), and Recycle (deprecated). Recycle must be supported by the volume plugin underlying this PersistentVolume. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#reclaiming',
      ({ spec }) => spec.persistentVolumeReclaimPolicy ?? '',
    ),
    text(
      'Status',
      'phase indicates if a volume is available, bound to a claim, or released by a claim. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#phase',
      ({ metadata, status }) => (metadata.deletionTimestamp ? 'Terminating' : (status?.phase ?? '')),
    ),
    text(
      'Claim',
      'claimRef is part of a bi-directional binding between PersistentVolume and PersistentVolumeClaim. Expected to be non-nil when bound. claim.VolumeName is the authoritative bind between PV and PVC. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#binding',
      ({ spec: { claimRef } }) => (claimRef ? `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}` : ''),
    ),
    text('StorageClass', 'StorageClass of the pv', classOf),
    text('VolumeAttributesClass', 'VolumeAttributesClass of the pv', ({ spec }) => spec.volumeAttributesClassName ?? '<unset>'),
    text(
      'Reason',
      'reason is a brief CamelCase string that describes any failure and is meant for machine parsing and tidy display in the CLI.',
      ({ status }) => status?.reason ?? '',
    ),
    age,
    wide(
      'VolumeMode',
      'volumeMode defines if a volume is intended to be used with a formatted filesystem or to remain in raw block state. Value of Filesystem is implied when not included in spec.',
      ({ spec }) => spec.volumeMode ?? '<unset>',
    ),
  ],
})
