import { type FieldError, forbiddenField } from '../../../../meta/field-error.ts'
import type { PodSpec } from '../../../generated/types.ts'
import { eachContainer } from './each-container.ts'

const ofPod = ['hostUsers', 'hostPID', 'hostIPC', 'shareProcessNamespace'] as const
const ofPodContext = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'fsGroup',
  'fsGroupChangePolicy',
  'sysctls',
  'runAsUser',
  'runAsGroup',
  'supplementalGroups',
  'supplementalGroupsPolicy',
  'seLinuxChangePolicy',
] as const
const ofContainerContext = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
] as const

const refuse = <T extends object>(path: string, value: T | undefined, fields: readonly (keyof T & string)[]): FieldError[] =>
  fields
    .filter((field) => value?.[field] !== undefined)
    .map((field) => forbiddenField(`${path}.${field}`, 'cannot be set for a windows pod'))

/** What only Linux has. */
export const validateWindows = (path: string, spec: PodSpec): FieldError[] => [
  ...refuse(`${path}.securityContext`, spec.securityContext, ofPodContext),
  ...refuse(path, spec, ofPod),
  ...eachContainer(path, spec, (containerPath, { securityContext }) =>
    refuse(`${containerPath}.securityContext`, securityContext, ofContainerContext),
  ),
]

/** What only Windows has. */
export const validateLinux = (path: string, spec: PodSpec): FieldError[] => {
  const detail = 'windows options cannot be set for a linux pod'
  return [
    ...(spec.securityContext?.windowsOptions ? [forbiddenField(`${path}.securityContext.windowsOptions`, detail)] : []),
    ...eachContainer(path, spec, (containerPath, { securityContext }) =>
      securityContext?.windowsOptions ? [forbiddenField(`${containerPath}.securityContext.windowsOptions`, detail)] : [],
    ),
  ]
}
