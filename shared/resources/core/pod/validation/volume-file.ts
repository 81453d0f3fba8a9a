import { type FieldError, invalidValue, requiredValue } from '../../../../meta/field-error.ts'
import type { DownwardAPIVolumeFile, KeyToPath } from '../../../generated/types.ts'
import { fileMode, nonReservedPath } from '../../../validation/file-path.ts'
import { required } from '../../../validation/value.ts'
import { validateFieldRef, validateResourceFieldRef } from './environment.ts'

export const validateKeyToPath = (path: string, { key, path: target = '', mode }: KeyToPath): FieldError[] => [
  ...required(`${path}.key`, key),
  ...required(`${path}.path`, target),
  ...nonReservedPath(`${path}.path`, target),
  ...fileMode(`${path}.mode`, mode),
]

const volumeFields = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid']

export const validateDownwardFile = (path: string, file: DownwardAPIVolumeFile): FieldError[] => {
  const { fieldRef, resourceFieldRef, mode, path: target = '' } = file
  return [
    ...required(`${path}.path`, target),
    ...nonReservedPath(`${path}.path`, target),
    ...(fieldRef ? validateFieldRef(`${path}.fieldRef`, fieldRef, volumeFields) : []),
    ...(fieldRef && resourceFieldRef
      ? [invalidValue(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously')]
      : []),
    ...(!fieldRef && resourceFieldRef ? validateResourceFieldRef(`${path}.resourceFieldRef`, resourceFieldRef, true) : []),
    ...(fieldRef || resourceFieldRef ? [] : [requiredValue(path, 'one of fieldRef and resourceFieldRef is required')]),
    ...fileMode(`${path}.mode`, mode),
  ]
}
