import { age, text, wide } from '../column.ts'
import { define } from '../definition.ts'
import type { PersistentVolumeClaim } from '../resource.ts'
import { accessModesText } from './claim/access-mode.ts'
import { alignDataSources } from './claim/data-source.ts'
import { defaultClaim } from './claim/defaults.ts'
import { validateClaimSpec } from './claim/spec-validation.ts'
import { validateClaimStatus, validateClaimUpdate } from './claim/update-validation.ts'
import { claimWarnings } from './claim/warnings.ts'
import { classOf } from './volume/class-name.ts'

export const persistentVolumeClaim = define<PersistentVolumeClaim>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  singular: 'persistentvolumeclaim',
  shortNames: ['pvc'],
  namespaced: true,
  schema: 'io.k8s.api.core.v1.PersistentVolumeClaim',
  rechecksNames: [''],
  subresources: { status: true },
  default: defaultClaim,
  prepareForCreate: (object) => {
    object.status = { phase: 'Pending' }
    alignDataSources(object.spec)
  },
  prepareForUpdate: (object, old) => alignDataSources(object.spec, old.spec),
  validate: ({ spec }) => validateClaimSpec('spec', spec),
  validateUpdate: validateClaimUpdate,
  validateStatusUpdate: validateClaimStatus,
  warnings: claimWarnings,
  returnsDeleted: true,
  columns: [
    text('Status', 'phase represents the current phase of PersistentVolumeClaim.', ({ metadata, status }) =>
      metadata.deletionTimestamp ? 'Terminating' : (status?.phase ?? ''),
    ),
    text(
      'Volume',
      'volumeName is the binding reference to the PersistentVolume backing this claim.',
      ({ spec }) => spec.volumeName ?? '',
    ),
    text('Capacity', 'capacity represents the actual resources of the underlying volume.', ({ spec, status }) =>
      spec.volumeName ? (status?.capacity?.storage ?? '0') : '',
    ),
    text(
      'Access Modes',
      'accessModes contains the actual access modes the volume backing the PVC has. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#access-modes-1',
      ({ spec, status }) => (spec.volumeName ? accessModesText(status?.accessModes) : ''),
    ),
    text('StorageClass', 'StorageClass of the pvc', classOf),
    text('VolumeAttributesClass', 'VolumeAttributesClass of the pvc', ({ spec }) => spec.volumeAttributesClassName ?? '<unset>'),
    age,
    wide(
      'VolumeMode',
      'volumeMode defines what type of volume is required by the claim. Value of Filesystem is implied when not included in claim spec.',
      ({ spec }) => spec.volumeMode ?? '<unset>',
    ),
  ],
})
