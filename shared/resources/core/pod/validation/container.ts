import { duplicateValue, type FieldError, forbiddenField, invalidValue, requiredValue } from '../../../../meta/field-error.ts'
import { dns1123Label, portName, portNumber } from '../../../../meta/names.ts'
import type { Container, ContainerPort, ContainerResizePolicy, PodSpec } from '../../../generated/types.ts'
import { protocols } from '../../../validation/port.ts'
import { checked, createSeen, each, required, requiredChecked, requiredOneOf } from '../../../validation/value.ts'
import { validateEnv, validateEnvFrom } from './environment.ts'
import { type VolumesByName, validateVolumeDevices, validateVolumeMounts } from './mount.ts'
import { validateLifecycle, validateProbes } from './probe.ts'
import { validateContainerResources } from './resource-requirement.ts'
import { validateRestartRules } from './restart-rule.ts'
import { validateSecurityContext } from './security.ts'

export interface Surroundings {
  readonly spec: PodSpec
  readonly volumes: VolumesByName
}

export const validateContainers = (path: string, around: Surroundings): FieldError[] => {
  const { spec } = around
  if (spec.containers.length === 0) return [requiredValue(path)]
  const seen = createSeen()
  return [
    ...each(path, spec.containers, (containerPath, container) => [
      ...validateContainer(containerPath, container, around),
      ...(seen(container.name) ? [duplicateValue(`${containerPath}.name`, container.name ?? '')] : []),
      ...(container.lifecycle
        ? validateLifecycle(`${containerPath}.lifecycle`, container.lifecycle, spec.terminationGracePeriodSeconds)
        : []),
      ...validateProbes(containerPath, container, spec.terminationGracePeriodSeconds),
      ...validateRestartRules(containerPath, container),
    ]),
    ...uniqueHostPorts(path, spec.containers),
  ]
}

export const validateInitContainers = (path: string, around: Surroundings): FieldError[] => {
  const { spec } = around
  const seen = createSeen()
  for (const { name } of spec.containers) seen(name)
  return each(path, spec.initContainers, (containerPath, container) => [
    ...validateContainer(containerPath, container, around),
    ...(container.restartPolicy === 'Always' && container.restartPolicyRules?.length
      ? [
          forbiddenField(
            `${containerPath}.restartPolicyRules`,
            'restartPolicyRules are not allowed for init containers with restart policy Always',
          ),
        ]
      : validateRestartRules(containerPath, container, { onlyWithPolicy: true })),
    ...(container.name && seen(container.name) ? [duplicateValue(`${containerPath}.name`, container.name)] : []),
    ...uniqueHostPorts(path, [container]),
    ...(container.restartPolicy === 'Always'
      ? [
          ...(container.lifecycle
            ? validateLifecycle(`${containerPath}.lifecycle`, container.lifecycle, spec.terminationGracePeriodSeconds)
            : []),
          ...validateProbes(containerPath, container, spec.terminationGracePeriodSeconds),
        ]
      : onlyForSidecars(containerPath, container)),
  ])
}

const onlyForSidecars = (path: string, container: Container): FieldError[] =>
  (['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const)
    .filter((field) => container[field] !== undefined)
    .map((field) => forbiddenField(`${path}.${field}`, 'may not be set for init containers without restartPolicy=Always'))

export const validateContainer = (path: string, container: Container, { spec, volumes }: Surroundings): FieldError[] => [
  ...requiredChecked(`${path}.name`, container.name, dns1123Label),
  ...required(`${path}.image`, container.image),
  ...requiredOneOf(`${path}.terminationMessagePolicy`, container.terminationMessagePolicy, ['File', 'FallbackToLogsOnError']),
  ...validatePorts(`${path}.ports`, container.ports),
  ...validateEnv(`${path}.env`, container.env),
  ...validateEnvFrom(`${path}.envFrom`, container.envFrom),
  ...validateVolumeMounts(`${path}.volumeMounts`, container, volumes),
  ...validateVolumeDevices(`${path}.volumeDevices`, container, volumes),
  ...validatePullPolicy(`${path}.imagePullPolicy`, container.imagePullPolicy),
  ...validateContainerResources(
    `${path}.resources`,
    container.resources,
    (spec.resourceClaims ?? []).map(({ name }) => name),
  ),
  ...validateResizePolicy(`${path}.resizePolicy`, container.resizePolicy, spec.restartPolicy),
  ...validateSecurityContext(`${path}.securityContext`, container.securityContext, spec.hostUsers ?? true),
]

const validatePorts = (path: string, ports: readonly ContainerPort[] | undefined): FieldError[] => {
  const seen = createSeen()
  return each(path, ports, (portPath, { name, containerPort, hostPort, protocol }) => {
    const nameErrors = name ? checked(`${portPath}.name`, name, portName) : []
    return [
      ...nameErrors,
      ...(name && nameErrors.length === 0 && seen(name) ? [duplicateValue(`${portPath}.name`, name)] : []),
      ...(containerPort
        ? checked(`${portPath}.containerPort`, containerPort, portNumber)
        : [requiredValue(`${portPath}.containerPort`)]),
      ...(hostPort ? checked(`${portPath}.hostPort`, hostPort, portNumber) : []),
      ...requiredOneOf(`${portPath}.protocol`, protocol, protocols),
    ]
  })
}

const uniqueHostPorts = (path: string, containers: readonly Container[]): FieldError[] => {
  const seen = createSeen()
  return each(path, containers, (containerPath, { ports }) =>
    each(`${containerPath}.ports`, ports, (portPath, { protocol, hostIP = '', hostPort }) => {
      const address = `${protocol}/${hostIP}/${hostPort}`
      return hostPort && seen(address) ? [duplicateValue(`${portPath}.hostPort`, address)] : []
    }),
  )
}

export const validatePullPolicy = (path: string, policy: string | undefined): FieldError[] =>
  requiredOneOf(path, policy, ['Always', 'IfNotPresent', 'Never'])

const validateResizePolicy = (
  path: string,
  policies: readonly ContainerResizePolicy[] | undefined,
  podRestartPolicy: string | undefined,
): FieldError[] => {
  const seen = createSeen()
  return each(path, policies, (policyPath, { resourceName, restartPolicy }) => [
    ...(seen(resourceName) ? [duplicateValue(policyPath, resourceName)] : []),
    ...requiredOneOf(path, resourceName, ['cpu', 'memory']),
    ...requiredOneOf(path, restartPolicy, ['NotRequired', 'RestartContainer']),
    ...(podRestartPolicy === 'Never' && restartPolicy !== 'NotRequired'
      ? [invalidValue(path, restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'")]
      : []),
  ])
}
