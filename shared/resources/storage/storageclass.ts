import { type FieldError, forbiddenField } from '../../meta/field-error.ts'
import { age, nameColumn, text } from '../column.ts'
import { isDefaultStorageClass } from '../default-storage-class.ts'
import { type Column, define } from '../definition.ts'
import type { StorageClass } from '../resource.ts'
import { deprecatedNodeLabels } from '../validation/deprecated-node-label.ts'
import { immutable, isEquivalent } from '../validation/equality.ts'
import { oneOf } from '../validation/value.ts'
import { validateParameters, validateProvisioner } from './provisioner.ts'
import { validateTopologies } from './topology.ts'

const name: Column<StorageClass> = {
  ...nameColumn(0),
  cell: (object) => (isDefaultStorageClass(object) ? `${object.metadata.name} (default)` : object.metadata.name),
}

const validate = (object: StorageClass): FieldError[] => [
  ...validateProvisioner('provisioner', object.provisioner),
  ...validateParameters('parameters', object.parameters),
  ...(object.reclaimPolicy ? oneOf('reclaimPolicy', object.reclaimPolicy, ['Delete', 'Retain']) : []),
  ...oneOf('volumeBindingMode', object.volumeBindingMode, ['Immediate', 'WaitForFirstConsumer']),
  ...validateTopologies('allowedTopologies', object.allowedTopologies),
]

const fixed = <K extends 'parameters' | 'provisioner' | 'reclaimPolicy'>(field: K, object: StorageClass, old: StorageClass) =>
  isEquivalent({ [field]: object[field] }, { [field]: old[field] })
    ? []
    : [forbiddenField(field, `updates to ${field} are forbidden.`)]

const validateUpdate = (object: StorageClass, old: StorageClass): FieldError[] => [
  ...fixed('parameters', object, old),
  ...fixed('provisioner', object, old),
  ...fixed('reclaimPolicy', object, old),
  ...immutable('volumeBindingMode', object.volumeBindingMode, old.volumeBindingMode),
]

const warnings = ({ allowedTopologies }: StorageClass): string[] =>
  (allowedTopologies ?? []).flatMap(({ matchLabelExpressions }, index) =>
    (matchLabelExpressions ?? []).flatMap(({ key }, position) =>
      deprecatedNodeLabels[key]
        ? [`allowedTopologies[${index}].matchLabelExpressions[${position}].key: ${deprecatedNodeLabels[key]}`]
        : [],
    ),
  )

export const storageClass = define<StorageClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  singular: 'storageclass',
  shortNames: ['sc'],
  namespaced: false,
  schema: 'io.k8s.api.storage.v1.StorageClass',
  rechecksNames: [''],
  default: (object) => {
    object.reclaimPolicy ??= 'Delete'
    object.volumeBindingMode ??= 'Immediate'
  },
  returnsDeleted: true,
  validate,
  validateUpdate,
  warnings,
  columns: [
    name,
    text('Provisioner', 'provisioner indicates the type of the provisioner.', ({ provisioner }) => provisioner),
    text(
      'ReclaimPolicy',
      'reclaimPolicy controls the reclaimPolicy for dynamically provisioned PersistentVolumes of this storage class. Defaults to Delete.',
      ({ reclaimPolicy }) => reclaimPolicy,
    ),
    text(
      'VolumeBindingMode',
      'volumeBindingMode indicates how PersistentVolumeClaims should be provisioned and bound.  When unset, VolumeBindingImmediate is used. This field is only honored by servers that enable the VolumeScheduling feature.',
      ({ volumeBindingMode }) => volumeBindingMode,
    ),
    text(
      'AllowVolumeExpansion',
      'allowVolumeExpansion shows whether the storage class allow volume expand.',
      ({ allowVolumeExpansion }) => allowVolumeExpansion ?? false,
    ),
    age,
  ],
})
