import { type FieldError, forbiddenField, invalidValue, notFoundValue, requiredValue } from '../../../../meta/field-error.ts'
import type { Container, Volume, VolumeDevice, VolumeMount } from '../../../generated/types.ts'
import { descendingPath, noBacksteps } from '../../../validation/file-path.ts'
import { createSeen, each, oneOf, optionalOneOf, required } from '../../../validation/value.ts'

export type VolumesByName = ReadonlyMap<string, Volume>

export const validateVolumeMounts = (path: string, container: Container, volumes: VolumesByName): FieldError[] => {
  const seenPath = createSeen()
  // by name: of several only the last one is looked at
  const devices = new Map((container.volumeDevices ?? []).map(({ name, devicePath }) => [name, devicePath]))
  return each(path, container.volumeMounts, (mountPath, mount) => [
    ...required(`${mountPath}.name`, mount.name),
    ...(volumes.has(mount.name) ? [] : [notFoundValue(`${mountPath}.name`, mount.name ?? '')]),
    ...required(`${mountPath}.mountPath`, mount.mountPath),
    ...(seenPath(mount.mountPath) ? [invalidValue(`${mountPath}.mountPath`, mount.mountPath, 'must be unique')] : []),
    ...(devices.has(mount.name)
      ? [invalidValue(`${mountPath}.name`, mount.name, 'must not already exist in volumeDevices')]
      : []),
    ...([...devices.values()].includes(mount.mountPath)
      ? [invalidValue(`${mountPath}.mountPath`, mount.mountPath, 'must not already exist as a path in volumeDevices')]
      : []),
    // upstream names the whole list in these
    ...(mount.subPath ? descendingPath(`${path}.subPath`, mount.subPath) : []),
    ...(mount.subPathExpr && mount.subPath
      ? [invalidValue(`${mountPath}.subPathExpr`, mount.subPathExpr, 'subPathExpr and subPath are mutually exclusive')]
      : []),
    ...(mount.subPathExpr ? descendingPath(`${path}.subPathExpr`, mount.subPathExpr) : []),
    ...validatePropagation(`${path}.mountPropagation`, mount, container),
    ...validateRecursiveReadOnly(`${path}.recursiveReadOnly`, mount),
  ])
}

const validatePropagation = (path: string, { mountPropagation }: VolumeMount, container: Container): FieldError[] => [
  ...optionalOneOf(path, mountPropagation, ['Bidirectional', 'HostToContainer', 'None']),
  ...(mountPropagation === 'Bidirectional' && !container.securityContext?.privileged
    ? [forbiddenField(path, 'Bidirectional mount propagation is available only to privileged containers')]
    : []),
]

const validateRecursiveReadOnly = (path: string, mount: VolumeMount): FieldError[] => {
  const { recursiveReadOnly, readOnly, mountPropagation = 'None' } = mount
  if (recursiveReadOnly === undefined || recursiveReadOnly === 'Disabled') return []
  const errors = oneOf(path, recursiveReadOnly, ['Disabled', 'Enabled', 'IfPossible'])
  if (errors.length > 0) return errors
  return [
    ...(readOnly ? [] : [forbiddenField(path, 'may only be specified when readOnly is true')]),
    ...(mountPropagation === 'None'
      ? []
      : [forbiddenField(path, 'may only be specified when mountPropagation is None or not specified')]),
  ]
}

export const validateVolumeDevices = (path: string, container: Container, volumes: VolumesByName): FieldError[] => {
  const seenName = createSeen()
  const seenPath = createSeen()
  const mounts = new Map((container.volumeMounts ?? []).map((mount) => [mount.name, mount.mountPath]))
  return each(path, container.volumeDevices, (elementPath, { name, devicePath }: VolumeDevice) => {
    const volume = volumes.get(name)
    return [
      ...required(`${elementPath}.name`, name),
      ...(name && seenName(name) ? [invalidValue(`${elementPath}.name`, name, 'must be unique')] : []),
      ...(volume && !volume.persistentVolumeClaim && !volume.ephemeral
        ? [
            invalidValue(
              `${elementPath}.name`,
              name,
              'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode',
            ),
          ]
        : []),
      ...(volume ? [] : [notFoundValue(`${elementPath}.name`, name)]),
      ...(devicePath ? [] : [requiredValue(`${elementPath}.devicePath`)]),
      ...(seenPath(devicePath) ? [invalidValue(`${elementPath}.devicePath`, devicePath, 'must be unique')] : []),
      ...(devicePath && noBacksteps(path, devicePath).length > 0
        ? [invalidValue(`${elementPath}.devicePath`, devicePath, "can not contain backsteps ('..')")]
        : []),
      ...(mounts.has(name) ? [invalidValue(`${elementPath}.name`, name, 'must not already exist in volumeMounts')] : []),
      ...([...mounts.values()].includes(devicePath)
        ? [invalidValue(`${elementPath}.devicePath`, devicePath, 'must not already exist as a path in volumeMounts')]
        : []),
    ]
  })
}
