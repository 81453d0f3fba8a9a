import { type FieldError, invalidValue, notFoundValue, requiredValue } from '../../../../meta/field-error.ts'
import { dns1123Label, dns1123Subdomain, qualifiedName } from '../../../../meta/names.ts'
import type { PodSpec } from '../../../generated/types.ts'
import { labels } from '../../../validation/label.ts'
import { checked, each, oneOf, optionalChecked, optionalOneOf, requiredOneOf } from '../../../validation/value.ts'
import { validateAffinity } from './affinity.ts'
import { validateContainers, validateInitContainers } from './container.ts'
import { validateDNS, validateHostAliases, validateHostnameOverride } from './dns.ts'
import { eachContainer } from './each-container.ts'
import { validateEphemeralContainers } from './ephemeral-container.ts'
import { validatePodResources } from './pod-resource.ts'
import { validateResourceClaims } from './resource-claim.ts'
import { validateOverhead } from './resource-requirement.ts'
import { validateSchedulingGates, validateTolerations, validateTopologySpread } from './scheduling.ts'
import { validateHostUsers, validatePodSecurityContext } from './security.ts'
import { validateVolumes, volumesByName } from './volume.ts'
import { validateLinux, validateWindows } from './windows.ts'
import { validateHostProcess } from './windows-options.ts'

const maxInt32 = 2_147_483_647

export interface PodSpecOwner {
  /** The spec is of a pod, not of a template. */
  readonly isPod: boolean
  /** of the pod */
  readonly name?: string | undefined
}

/** Findings about the spec of a pod or a template that stands at `path`, in upstream's order and words. */
export const validatePodSpec = (path: string, spec: PodSpec, owner: PodSpecOwner): FieldError[] => {
  const around = { spec, volumes: volumesByName(spec.volumes) }
  const subdomain = (field: string, value: string | undefined) =>
    optionalChecked(`${path}.${field}`, value, (name) => dns1123Subdomain(name))
  const label = (field: string, value: string | undefined) =>
    optionalChecked(`${path}.${field}`, value, (name) => dns1123Label(name))
  return [
    ...(spec.terminationGracePeriodSeconds === undefined ? [requiredValue(`${path}.terminationGracePeriodSeconds`)] : []),
    ...validateVolumes(`${path}.volumes`, spec.volumes, owner),
    ...validateResourceClaims(`${path}.resourceClaims`, spec.resourceClaims),
    ...validateContainers(`${path}.containers`, around),
    ...validateInitContainers(`${path}.initContainers`, around),
    ...validateEphemeralContainers(`${path}.ephemeralContainers`, around),
    ...validatePodResources(`${path}.resources`, spec),
    ...validateHostPorts(`${path}.containers`, spec, owner),
    ...requiredOneOf(`${path}.restartPolicy`, spec.restartPolicy, ['Always', 'OnFailure', 'Never']),
    ...validateDNS(path, spec),
    ...labels(`${path}.nodeSelector`, spec.nodeSelector),
    ...validatePodSecurityContext(`${path}.securityContext`, spec),
    ...validateAffinity(`${path}.affinity`, spec.affinity),
    ...each(`${path}.readinessGates`, spec.readinessGates, (gatePath, { conditionType }) =>
      checked(`${gatePath}.conditionType`, conditionType, qualifiedName),
    ),
    ...validateSchedulingGates(`${path}.schedulingGates`, spec.schedulingGates),
    ...validateTopologySpread(`${path}.topologySpreadConstraints`, spec.topologySpreadConstraints),
    ...validateHostProcess(path, spec),
    ...validateHostUsers(path, spec),
    ...validateHostnameOverride(`${path}.hostnameOverride`, spec),
    ...subdomain('serviceAccountName', spec.serviceAccountName),
    ...subdomain('nodeName', spec.nodeName),
    ...validateDeadline(`${path}.activeDeadlineSeconds`, spec.activeDeadlineSeconds),
    ...label('hostname', spec.hostname),
    ...label('subdomain', spec.subdomain),
    ...validateTolerations(`${path}.tolerations`, spec.tolerations),
    ...validateHostAliases(`${path}.hostAliases`, spec.hostAliases),
    ...subdomain('priorityClassName', spec.priorityClassName),
    ...(spec.runtimeClassName === '' ? checked(`${path}.runtimeClassName`, '', (name) => dns1123Subdomain(name)) : []),
    ...subdomain('runtimeClassName', spec.runtimeClassName),
    ...optionalOneOf(`${path}.preemptionPolicy`, spec.preemptionPolicy, ['PreemptLowerPriority', 'Never']),
    ...validateOverhead(`${path}.overhead`, spec.overhead),
    ...validateOS(path, spec),
    ...validateFileKeyVolumes(path, spec),
  ]
}

const validateDeadline = (path: string, seconds: number | undefined): FieldError[] =>
  seconds !== undefined && (seconds < 1 || seconds > maxInt32)
    ? [invalidValue(path, seconds, `must be between 1 and ${maxInt32}, inclusive`)]
    : []

const validateHostPorts = (path: string, { hostNetwork, containers }: PodSpec, { isPod }: PodSpecOwner): FieldError[] =>
  hostNetwork
    ? each(path, containers, (containerPath, { ports }) =>
        each(`${containerPath}.ports`, ports, (portPath, { hostPort = 0, containerPort }) =>
          (isPod || hostPort !== 0) && hostPort !== containerPort
            ? [invalidValue(`${portPath}.hostPort`, hostPort, 'must match `containerPort` when `hostNetwork` is true')]
            : [],
        ),
      )
    : []

const validateOS = (path: string, spec: PodSpec): FieldError[] => {
  if (!spec.os) return []
  if (!spec.os.name) return [requiredValue(`${path}.os.name`)]
  const errors = oneOf(`${path}.os`, spec.os.name, ['linux', 'windows'])
  if (errors.length > 0) return errors
  return spec.os.name === 'windows' ? validateWindows(path, spec) : validateLinux(path, spec)
}

const validateFileKeyVolumes = (path: string, spec: PodSpec): FieldError[] =>
  eachContainer(path, spec, (containerPath, { env }) =>
    each(`${containerPath}.env`, env, (envPath, { valueFrom }) => {
      if (!valueFrom?.fileKeyRef) return []
      const name = valueFrom.fileKeyRef.volumeName ?? ''
      const namePath = `${envPath}.valueFrom.fileKeyRef.volumeName`
      const volume = spec.volumes?.find((candidate) => candidate.name === name)
      if (!volume) return [notFoundValue(namePath, name)]
      return volume.emptyDir ? [] : [invalidValue(namePath, name, 'referenced volume must be of type emptyDir')]
    }),
  )
