import { posix } from 'node:path'
import { type FieldError, forbiddenField, invalidValue, notSupported, requiredValue } from '../../../meta/field-error.ts'
import { dns1123Subdomain } from '../../../meta/names.ts'
import { parseQuantityValue, toUnits } from '../../../meta/quantity.ts'
import type { PersistentVolumeSpec } from '../../generated/types.ts'
import { positiveQuantity } from '../../validation/quantity.ts'
import { checked, oneOf, optionalChecked, optionalOneOf } from '../../validation/value.ts'
import { validateAccessModes } from '../claim/spec-validation.ts'
import { validateNodeSelector } from '../pod/validation/affinity.ts'
import { validateVolumeSource } from './source-validation.ts'

const inline = 'in the context of inline volumes'

const validateModes = (path: string, { accessModes }: PersistentVolumeSpec): FieldError[] => [
  ...(accessModes?.length ? [] : [requiredValue(`${path}.accessModes`)]),
  ...validateAccessModes(`${path}.accessModes`, accessModes),
]

const validateCapacity = (path: string, capacity: Readonly<Record<string, string>> = {}): FieldError[] => {
  const names = Object.keys(capacity)
  return [
    ...(names.length === 0 ? [requiredValue(path)] : []),
    ...(names.length === 1 && names[0] === 'storage'
      ? []
      : [notSupported(path, names.length === 0 ? null : capacity, ['storage'])]),
    ...Object.entries(capacity).flatMap(([name, amount]) => {
      const amountPath = `${path}[${name}]`
      return [
        ...(parseQuantityValue(amount).nano < 0n
          ? [invalidValue(amountPath, toUnits(amount), 'must be a valid resource quantity')]
          : []),
        ...positiveQuantity(amountPath, amount),
      ]
    }),
  ]
}

const validateAffinity = (path: string, { nodeAffinity }: PersistentVolumeSpec): FieldError[] => {
  if (!nodeAffinity) return []
  return nodeAffinity.required
    ? validateNodeSelector(`${path}.nodeAffinity.required`, nodeAffinity.required)
    : [requiredValue(`${path}.nodeAffinity.required`, 'must specify required node constraints')]
}

const validateRecycling = (
  path: string,
  { hostPath, persistentVolumeReclaimPolicy: policy }: PersistentVolumeSpec,
): FieldError[] =>
  hostPath && posix.normalize(hostPath.path || '.').replace(/(?<=.)\/$/, '') === '/' && policy === 'Recycle'
    ? [forbiddenField(`${path}.persistentVolumeReclaimPolicy`, "may not be 'recycle' for a hostPath mount of '/'")]
    : []

const validateAttributes = (path: string, { volumeAttributesClassName: name, csi }: PersistentVolumeSpec): FieldError[] => {
  if (name === undefined) return []
  const namePath = `${path}.volumeAttributesClassName`
  return [
    ...(name
      ? checked(namePath, name, (text) => dns1123Subdomain(text))
      : [requiredValue(namePath, 'an empty string is disallowed')]),
    ...(csi ? [] : [requiredValue(`${path}.csi`, 'has to be specified when using volumeAttributesClassName')]),
  ]
}

/** `volume`: its name */
export const validateVolumeSpec = (path: string, spec: PersistentVolumeSpec, volume: string): FieldError[] => [
  ...validateModes(path, spec),
  ...validateCapacity(`${path}.capacity`, spec.capacity),
  ...(spec.persistentVolumeReclaimPolicy
    ? oneOf(`${path}.persistentVolumeReclaimPolicy`, spec.persistentVolumeReclaimPolicy, ['Delete', 'Recycle', 'Retain'])
    : []),
  ...validateAffinity(path, spec),
  ...validateVolumeSource(path, spec, volume),
  ...validateRecycling(path, spec),
  ...optionalChecked(`${path}.storageClassName`, spec.storageClassName, (name) => dns1123Subdomain(name)),
  ...optionalOneOf(`${path}.volumeMode`, spec.volumeMode, ['Block', 'Filesystem']),
  ...validateAttributes(path, spec),
]

/** Of a volume that no object stands for. */
export const validateInlineSpec = (path: string, spec: PersistentVolumeSpec): FieldError[] => {
  const forbid = (field: keyof PersistentVolumeSpec, isThere: boolean) =>
    isThere ? [forbiddenField(`${path}.${field}`, `may not be specified ${inline}`)] : []
  const { persistentVolumeReclaimPolicy: policy, volumeMode } = spec
  return [
    ...forbid('claimRef', spec.claimRef !== undefined),
    ...forbid('capacity', Object.keys(spec.capacity ?? {}).length > 0),
    ...(spec.csi ? [] : [requiredValue(`${path}.csi`, `has to be specified ${inline}`)]),
    ...validateModes(path, spec),
    ...(policy && policy !== 'Retain'
      ? [forbiddenField(`${path}.persistentVolumeReclaimPolicy`, `may only be Retain ${inline}`)]
      : []),
    ...forbid('nodeAffinity', spec.nodeAffinity !== undefined),
    ...validateVolumeSource(path, spec, ''),
    ...validateRecycling(path, spec),
    ...forbid('storageClassName', Boolean(spec.storageClassName)),
    ...(volumeMode !== undefined && volumeMode !== 'Filesystem'
      ? [forbiddenField(`${path}.volumeMode`, `may not specify volumeMode other than Filesystem ${inline}`)]
      : []),
  ]
}
