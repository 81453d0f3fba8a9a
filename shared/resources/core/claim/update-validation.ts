import { type FieldError, forbiddenField, invalidValue, notSupported, requiredValue } from '../../../meta/field-error.ts'
import { qualifiedName } from '../../../meta/names.ts'
import { compareQuantities, parseQuantityValue } from '../../../meta/quantity.ts'
import type { PersistentVolumeClaimSpec } from '../../generated/types.ts'
import type { PersistentVolumeClaim } from '../../resource.ts'
import { immutable, isEquivalent } from '../../validation/equality.ts'
import { unifiedDiff } from '../../validation/unified-diff.ts'
import { checked } from '../../validation/value.ts'
import { classAnnotation } from '../volume/class-name.ts'

const sizePath = 'spec.resources.requests.storage'

/** A class may be said once where none was, by the field, if it is the one that the annotation of old said. */
const mayNameClass = ({ metadata, spec }: PersistentVolumeClaim, old: PersistentVolumeClaim): boolean => {
  const [annotated, before] = [metadata.annotations?.[classAnnotation], old.metadata.annotations?.[classAnnotation]]
  if (spec.storageClassName === undefined || old.spec.storageClassName !== undefined) return false
  if (before === undefined) return annotated === undefined
  return spec.storageClassName === before && (annotated === undefined || annotated === before)
}

/** What of the new spec has to be as it was. */
const fixed = (claim: PersistentVolumeClaim, old: PersistentVolumeClaim): PersistentVolumeClaimSpec => {
  const spec = { ...claim.spec }
  if (!old.spec.volumeName) spec.volumeName = old.spec.volumeName
  if (mayNameClass(claim, old)) spec.storageClassName = old.spec.storageClassName
  if (claim.status?.phase === 'Bound') {
    const size = old.spec.resources?.requests?.storage
    if (spec.resources?.requests && size !== undefined)
      spec.resources = { ...spec.resources, requests: { ...spec.resources.requests, storage: size } }
    spec.volumeAttributesClassName = old.spec.volumeAttributesClassName
  }
  return spec
}

const sizeOf = (amounts: Record<string, string> | undefined) => parseQuantityValue(amounts?.storage ?? '0')

/** It may be asked for less, down to what there is: so a growth that failed is taken back. */
const validateShrinking = ({ spec }: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] => {
  const size = sizeOf(spec.resources?.requests)
  if (compareQuantities(size, sizeOf(old.spec.resources?.requests)) >= 0) return []
  return compareQuantities(size, sizeOf(old.status?.capacity)) > 0
    ? []
    : [forbiddenField(sizePath, 'field can not be less than status.capacity')]
}

const validateAttributesClass = ({ spec }: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] => {
  const { volumeAttributesClassName: name } = spec
  if (name === old.spec.volumeAttributesClassName || old.status?.currentVolumeAttributesClassName === undefined || name) return []
  const what = name === undefined ? 'nil' : 'empty string'
  return [
    forbiddenField(
      'spec.volumeAttributesClassName',
      `update to ${what} is forbidden when status.currentVolumeAttributesClassName is not nil`,
    ),
  ]
}

export const validateClaimUpdate = (claim: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] => {
  const spec = fixed(claim, old)
  const [annotation, before] = [claim, old].map(({ metadata }) => metadata.annotations?.[classAnnotation] ?? '')
  return [
    ...(annotation === before || mayNameClass(claim, old)
      ? []
      : [invalidValue(`metadata.annotations[${classAnnotation}]`, annotation, 'field is immutable')]),
    ...(isEquivalent(spec, old.spec)
      ? []
      : [
          forbiddenField(
            'spec',
            `spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n${unifiedDiff(old.spec, spec)}`,
          ),
        ]),
    ...validateShrinking(claim, old),
    ...immutable('volumeMode', claim.spec.volumeMode, old.spec.volumeMode),
    ...validateAttributesClass(claim, old),
  ]
}

const resizeStates = [
  'ControllerResizeInProgress',
  'ControllerResizeInfeasible',
  'NodeResizeInProgress',
  'NodeResizeInfeasible',
  'NodeResizePending',
].sort()

const isNative = (name: string) => !name.includes('/') || name.includes('kubernetes.io/')

const validateKey = (path: string, name: string): FieldError[] => {
  const errors = checked(path, name, qualifiedName)
  return errors.length === 0 && isNative(name) && name !== 'storage' ? [notSupported(path, name, ['storage'])] : errors
}

const validateAmounts = (path: string, amounts: Record<string, string> | undefined): FieldError[] =>
  Object.entries(amounts ?? {}).flatMap(([name, amount]) =>
    parseQuantityValue(amount).nano < 0n ? [invalidValue(`${path}[${name}]`, amount, 'must be a valid resource quantity')] : [],
  )

export const validateClaimStatus = ({ spec, status = {} }: PersistentVolumeClaim): FieldError[] => {
  const statesPath = 'status.allocatedResourceStatuses'
  return [
    ...(spec.accessModes?.length ? [] : [requiredValue('Spec.accessModes')]),
    ...validateAmounts('status.capacity', status.capacity),
    ...Object.entries(status.allocatedResourceStatuses ?? {}).flatMap(([name, state]) => [
      ...validateKey(statesPath, name),
      ...(resizeStates.includes(state) ? [] : [notSupported(statesPath, name, resizeStates)]),
    ]),
    ...Object.keys(status.allocatedResources ?? {}).flatMap((name) => validateKey('status.allocatedResources', name)),
    ...validateAmounts('status.allocatedResources', status.allocatedResources),
  ]
}
