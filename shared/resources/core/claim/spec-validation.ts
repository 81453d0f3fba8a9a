import { type FieldError, forbiddenField, invalidValue, notSupported, requiredValue } from '../../../meta/field-error.ts'
import { dns1123Label, dns1123Subdomain } from '../../../meta/names.ts'
import type { PersistentVolumeClaimSpec, TypedObjectReference } from '../../generated/types.ts'
import { labelSelector } from '../../validation/label.ts'
import { positiveQuantity } from '../../validation/quantity.ts'
import { checked, optionalChecked, optionalOneOf } from '../../validation/value.ts'

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']

export const validateAccessModes = (path: string, modes: readonly string[] | undefined): FieldError[] => {
  const known = (modes ?? []).filter((mode) => accessModes.includes(mode))
  return [
    ...(modes ?? []).filter((mode) => !accessModes.includes(mode)).map((mode) => notSupported(path, mode, accessModes)),
    ...(known.includes('ReadWriteOncePod') && known.some((mode) => mode !== 'ReadWriteOncePod')
      ? [forbiddenField(path, 'may not use ReadWriteOncePod with other access modes')]
      : []),
  ]
}

const validateSize = (path: string, size: string | undefined): FieldError[] =>
  size === undefined ? [requiredValue(path)] : positiveQuantity(path, size)

const validateSource = (path: string, source: TypedObjectReference): FieldError[] => {
  const { name, kind, namespace } = source
  const group = source.apiGroup ?? ''
  return [
    ...(name ? [] : [requiredValue(`${path}.name`)]),
    ...(kind ? [] : [requiredValue(`${path}.kind`)]),
    ...(group === '' && kind !== 'PersistentVolumeClaim'
      ? [invalidValue(path, kind ?? '', "must be 'PersistentVolumeClaim' when referencing the default apiGroup")]
      : []),
    ...optionalChecked(`${path}.apiGroup`, group, (value) => dns1123Subdomain(value)),
    ...optionalChecked(`${path}.namespace`, namespace, (value) => dns1123Label(value)),
  ]
}

const sameSource = ({ dataSource, dataSourceRef }: PersistentVolumeClaimSpec): boolean =>
  (dataSource?.apiGroup ?? '') === (dataSourceRef?.apiGroup ?? '') &&
  dataSource?.kind === dataSourceRef?.kind &&
  dataSource?.name === dataSourceRef?.name

/** Of a claim, and of a template of claims. */
export const validateClaimSpec = (path: string, spec: PersistentVolumeClaimSpec): FieldError[] => {
  const { storageClassName, volumeMode, dataSource, dataSourceRef, volumeAttributesClassName } = spec
  const className = (value: string) => dns1123Subdomain(value)
  return [
    ...(spec.accessModes?.length ? [] : [requiredValue(`${path}.accessModes`, 'at least 1 access mode is required')]),
    ...labelSelector(`${path}.selector`, spec.selector),
    ...validateAccessModes(`${path}.accessModes`, spec.accessModes),
    ...validateSize(`${path}.resources[storage]`, spec.resources?.requests?.storage),
    ...optionalChecked(`${path}.storageClassName`, storageClassName, className),
    ...optionalOneOf(`${path}.volumeMode`, volumeMode, ['Block', 'Filesystem']),
    ...(dataSource ? validateSource(`${path}.dataSource`, { ...dataSource, apiGroup: dataSource.apiGroup ?? undefined }) : []),
    ...(dataSourceRef ? validateSource(`${path}.dataSourceRef`, dataSourceRef) : []),
    ...(dataSource && dataSourceRef && !dataSourceRef.namespace && !sameSource(spec)
      ? [invalidValue(path, {}, 'must match dataSourceRef')]
      : []),
    ...(volumeAttributesClassName ? checked(`${path}.volumeAttributesClassName`, volumeAttributesClassName, className) : []),
  ]
}
