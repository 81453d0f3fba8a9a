import {
  duplicateValue,
  type FieldError,
  forbiddenField,
  invalidValue,
  requiredValue,
  tooLong,
} from '../../../../meta/field-error.ts'
import type { AppArmorProfile, PodSecurityContext, PodSpec, SeccompProfile, SecurityContext } from '../../../generated/types.ts'
import { descendingPath } from '../../../validation/file-path.ts'
import { checked, createSeen, each, id, oneOf, optionalOneOf } from '../../../validation/value.ts'
import { validateWindowsOptions } from './windows-options.ts'

const profileTypes = ['Localhost', 'RuntimeDefault', 'Unconfined']
const maxProfileLength = 4095
const maxSysctlLength = 253
const sysctlSegment = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?'
const sysctlFormat = `^(${sysctlSegment}[\\./])*${sysctlSegment}$`
const sysctlExpression = new RegExp(sysctlFormat)

export const validateSecurityContext = (path: string, context: SecurityContext | undefined, hostUsers: boolean): FieldError[] => {
  if (!context) return []
  const { runAsUser, runAsGroup, procMount, allowPrivilegeEscalation, privileged, capabilities } = context
  return [
    ...(runAsUser === undefined ? [] : checked(`${path}.runAsUser`, runAsUser, id)),
    ...(runAsGroup === undefined ? [] : checked(`${path}.runAsGroup`, runAsGroup, id)),
    ...optionalOneOf(`${path}.procMount`, procMount, ['Default', 'Unmasked']),
    ...(hostUsers && procMount === 'Unmasked'
      ? [invalidValue(`${path}.procMount`, procMount, '`hostUsers` must be false to use `Unmasked`')]
      : []),
    ...validateSeccomp(`${path}.seccompProfile`, context.seccompProfile),
    ...(allowPrivilegeEscalation === false && privileged
      ? [invalidValue(path, shown(context), 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true')]
      : []),
    ...(allowPrivilegeEscalation === false && capabilities?.add?.includes('CAP_SYS_ADMIN')
      ? [
          invalidValue(
            path,
            shown(context),
            'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN',
          ),
        ]
      : []),
    ...validateWindowsOptions(`${path}.windowsOptions`, context.windowsOptions),
    ...validateAppArmor(`${path}.appArmorProfile`, context.appArmorProfile),
  ]
}

/** As upstream shows it: every field by its name in Go. */
const shown = (context: SecurityContext) => ({
  Capabilities: context.capabilities ? { Add: context.capabilities.add ?? null, Drop: context.capabilities.drop ?? null } : null,
  Privileged: context.privileged ?? null,
  SELinuxOptions: context.seLinuxOptions ?? null,
  WindowsOptions: context.windowsOptions ?? null,
  RunAsUser: context.runAsUser ?? null,
  RunAsGroup: context.runAsGroup ?? null,
  RunAsNonRoot: context.runAsNonRoot ?? null,
  ReadOnlyRootFilesystem: context.readOnlyRootFilesystem ?? null,
  AllowPrivilegeEscalation: context.allowPrivilegeEscalation ?? null,
  ProcMount: context.procMount ?? null,
  SeccompProfile: context.seccompProfile ?? null,
  AppArmorProfile: context.appArmorProfile ?? null,
})

export const validatePodSecurityContext = (path: string, spec: PodSpec): FieldError[] => {
  const { securityContext: context } = spec
  if (!context) return []
  const { fsGroup, runAsUser, runAsGroup } = context
  return [
    ...(fsGroup === undefined ? [] : checked(`${path}.fsGroup`, fsGroup, id)),
    ...(runAsUser === undefined ? [] : checked(`${path}.runAsUser`, runAsUser, id)),
    ...(runAsGroup === undefined ? [] : checked(`${path}.runAsGroup`, runAsGroup, id)),
    ...each(`${path}.supplementalGroups`, context.supplementalGroups, (groupPath, group) => checked(groupPath, group, id)),
    ...(spec.shareProcessNamespace && spec.hostPID
      ? [invalidValue(`${path}.shareProcessNamespace`, true, 'ShareProcessNamespace and HostPID cannot both be enabled')]
      : []),
    ...validateSysctls(`${path}.sysctls`, context, spec),
    ...optionalOneOf(`${path}.fsGroupChangePolicy`, context.fsGroupChangePolicy, ['Always', 'OnRootMismatch']),
    ...validateSeccomp(`${path}.seccompProfile`, context.seccompProfile),
    ...validateWindowsOptions(`${path}.windowsOptions`, context.windowsOptions),
    ...validateAppArmor(`${path}.appArmorProfile`, context.appArmorProfile),
    ...optionalOneOf(`${path}.supplementalGroupsPolicy`, context.supplementalGroupsPolicy, ['Merge', 'Strict']),
    ...optionalOneOf(`${path}.seLinuxChangePolicy`, context.seLinuxChangePolicy, ['Recursive']),
  ]
}

const validateSysctls = (path: string, { sysctls }: PodSecurityContext, spec: PodSpec): FieldError[] => {
  const seen = createSeen()
  return each(path, sysctls, (sysctlPath, { name }) => {
    const namePath = `${sysctlPath}.name`
    if (!name) return [requiredValue(namePath)]
    const isValid = name.length <= maxSysctlLength && sysctlExpression.test(name)
    const dotted = name.replaceAll('/', '.')
    return [
      ...(isValid
        ? []
        : [invalidValue(namePath, name, `must have at most ${maxSysctlLength} characters and match regex ${sysctlFormat}`)]),
      ...(isValid && seen(name) ? [duplicateValue(namePath, name)] : []),
      ...(spec.hostNetwork && dotted.startsWith('net.')
        ? [invalidValue(namePath, name, "may not be specified when 'hostNetwork' is true")]
        : []),
      ...(spec.hostIPC && /^(kernel\.sem$|kernel\.shm|kernel\.msg|fs\.mqueue\.)/.test(dotted)
        ? [invalidValue(namePath, name, "may not be specified when 'hostIPC' is true")]
        : []),
    ]
  })
}

const validateSeccomp = (path: string, profile: SeccompProfile | undefined): FieldError[] => {
  if (!profile) return []
  const { type, localhostProfile } = profile
  const typeErrors = type
    ? oneOf(`${path}.type`, type, profileTypes)
    : [requiredValue(`${path}.type`, 'type is required when seccompProfile is set')]
  if (type !== 'Localhost')
    return localhostProfile === undefined
      ? typeErrors
      : [
          ...typeErrors,
          invalidValue(
            `${path}.localhostProfile`,
            { Type: type, LocalhostProfile: localhostProfile },
            'can only be set when seccomp type is Localhost',
          ),
        ]
  return localhostProfile === undefined
    ? [requiredValue(`${path}.localhostProfile`, 'must be set when seccomp type is Localhost')]
    : descendingPath(`${path}.localhostProfile`, localhostProfile)
}

export const validateAppArmor = (path: string, profile: AppArmorProfile | undefined): FieldError[] => {
  if (!profile) return []
  const { type, localhostProfile } = profile
  const localhostPath = `${path}.localhostProfile`
  if (!type) return [requiredValue(`${path}.type`, 'type is required when appArmorProfile is set')]
  const typeErrors = oneOf(`${path}.type`, type, profileTypes)
  if (typeErrors.length > 0) return typeErrors
  if (type !== 'Localhost')
    return localhostProfile === undefined
      ? []
      : [invalidValue(localhostPath, localhostProfile, 'can only be set when AppArmor type is Localhost')]
  const trimmed = localhostProfile?.trim()
  if (!trimmed && trimmed === localhostProfile)
    return [requiredValue(localhostPath, 'must be set when AppArmor type is Localhost')]
  return [
    ...(trimmed === localhostProfile
      ? []
      : [invalidValue(localhostPath, localhostProfile, 'must not be padded with whitespace')]),
    ...(localhostProfile!.length > maxProfileLength ? [tooLong(localhostPath, maxProfileLength)] : []),
  ]
}

/** User namespaces can't be shared with what belongs to the host's. */
export const validateHostUsers = (path: string, spec: PodSpec): FieldError[] => {
  if (spec.hostUsers !== false) return []
  const detail = 'when `hostUsers` is false'
  const withDevices = (list: 'initContainers' | 'containers') =>
    each(`${path}.${list}`, spec[list], (containerPath, { volumeDevices }) =>
      volumeDevices?.length ? [forbiddenField(`${containerPath}.volumeDevices`, detail)] : [],
    )
  return [
    ...(spec.hostNetwork ? [forbiddenField(`${path}.hostNetwork`, detail)] : []),
    ...(spec.hostPID ? [forbiddenField(`${path}.HostPID`, detail)] : []),
    ...(spec.hostIPC ? [forbiddenField(`${path}.HostIPC`, detail)] : []),
    ...withDevices('initContainers'),
    ...withDevices('containers'),
  ]
}
