import { type FieldError, forbiddenField, requiredValue } from '../../meta/field-error.ts'
import { age, text } from '../column.ts'
import { define } from '../definition.ts'
import type { VolumeAttributesClass } from '../resource.ts'
import { isEquivalent } from '../validation/equality.ts'
import { validateParameters, validateProvisioner } from './provisioner.ts'

const validate = ({ driverName, parameters }: VolumeAttributesClass): FieldError[] => [
  ...validateProvisioner('driverName', driverName),
  ...validateParameters('parameters', parameters),
  ...(Object.keys(parameters ?? {}).length === 0
    ? [requiredValue('parameters', 'must contain at least one key/value pair')]
    : []),
]

const validateUpdate = (object: VolumeAttributesClass, old: VolumeAttributesClass): FieldError[] => [
  ...(object.driverName === old.driverName ? [] : [forbiddenField('driverName', 'updates to driverName are forbidden.')]),
  ...(isEquivalent({ parameters: object.parameters }, { parameters: old.parameters })
    ? []
    : [forbiddenField('parameters', 'updates to parameters are forbidden.')]),
]

export const volumeAttributesClass = define<VolumeAttributesClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  upstreamStores: 'storage.k8s.io/v1beta1',
  kind: 'VolumeAttributesClass',
  plural: 'volumeattributesclasses',
  singular: 'volumeattributesclass',
  shortNames: ['vac'],
  namespaced: false,
  schema: 'io.k8s.api.storage.v1.VolumeAttributesClass',
  rechecksNames: [''],
  returnsDeleted: true,
  validate,
  validateUpdate,
  validatesUpdateFirst: true,
  columns: [text('DriverName', 'Name of the CSI driver This field is immutable.', ({ driverName }) => driverName), age],
})
