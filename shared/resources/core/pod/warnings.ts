import { dns1123Label } from '../../../meta/names.ts'
import { parseQuantityValue } from '../../../meta/quantity.ts'
import type { Container, ContainerPort, ObjectMeta, PodSpec, PodTemplateSpec } from '../../generated/types.ts'
import type { Pod } from '../../resource.ts'
import { ipWarnings } from '../../validation/ip.ts'
import { placementWarnings, podAffinityWarnings } from './placement-warnings.ts'
import { profileAnnotationWarnings } from './profile-annotation.ts'
import { volumeWarnings } from './volume-warnings.ts'

const billion = 1_000_000_000n

const deprecatedAnnotations: Readonly<Record<string, string>> = {
  'scheduler.alpha.kubernetes.io/critical-pod': 'non-functional in v1.16+; use the "priorityClassName" field instead',
  'security.alpha.kubernetes.io/sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
  'security.alpha.kubernetes.io/unsafe-sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
}

const deprecatedVolumes: Readonly<Record<string, string>> = {
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  gitRepo: 'deprecated in v1.11, and disabled by default in v1.33+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  flocker: 'deprecated in v1.22, non-functional in v1.25+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  quobyte: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
}

/** Warnings of a new pod; people don't change pods, so an update has none. */
export const podWarnings = ({ metadata, spec }: Pod, old: Pod | undefined): string[] => {
  if (old) return []
  const findings = dns1123Label(metadata.name)
  return [
    ...(findings.length > 0
      ? [
          `metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [${findings.join(' ')}]`,
        ]
      : []),
    ...specWarnings('', spec, metadata),
  ]
}

/** Of what makes pods with names of its own. */
export const nameWarnings = (name: string): string[] => {
  const findings = dns1123Label(name)
  return findings.length > 0
    ? [
        `metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${findings.join(' ')}]`,
      ]
    : []
}

/** Warnings of what makes pods with names of its own. */
export const templateWarnings = (ownerName: string, template: PodTemplateSpec, isNew: boolean): string[] => [
  ...(isNew ? nameWarnings(ownerName) : []),
  ...podTemplateWarnings('spec.template', template),
]

/** Of a template wherever it stands, whoever makes pods of it. */
export const podTemplateWarnings = (path: string, { spec, metadata }: PodTemplateSpec): string[] =>
  specWarnings(`${path}.`, spec ?? { containers: [] }, metadata ?? {})

/** `prefix` is what stands before `spec` and `metadata`. */
const specWarnings = (prefix: string, spec: PodSpec, metadata: ObjectMeta): string[] => {
  const path = `${prefix}spec`
  return [
    ...placementWarnings(path, spec),
    ...Object.keys(metadata.annotations ?? {})
      .filter((key) => deprecatedAnnotations[key])
      .map((key) => `${prefix}metadata.annotations[${key}]: ${deprecatedAnnotations[key]}`),
    ...(spec.volumes ?? []).flatMap((volume, index) =>
      Object.keys(volume)
        .filter((field) => deprecatedVolumes[field] && volume[field as keyof typeof volume] !== undefined)
        .map((field) => `${path}.volumes[${index}].${field === 'storageos' ? 'storageOS' : field}: ${deprecatedVolumes[field]}`),
    ),
    ...(spec.volumes ?? []).flatMap(volumeWarnings),
    ...repeated(spec.hostAliases, ({ ip }) => ip).map(
      ({ index, key }) => `${path}.hostAliases[${index}].ip: duplicate ip ${JSON.stringify(key)}`,
    ),
    ...repeated(spec.imagePullSecrets, ({ name }) => name ?? '').map(
      ({ index, key }) => `${path}.imagePullSecrets[${index}].name: duplicate name ${JSON.stringify(key)}`,
    ),
    ...(spec.imagePullSecrets ?? []).flatMap(({ name }, index) =>
      name ? [] : [`${path}.imagePullSecrets[${index}].name: invalid empty name ""`],
    ),
    ...profileAnnotationWarnings(prefix, spec, metadata),
    ...containersOf(path, spec).flatMap(({ containerPath, container }) => [
      ...fractionalBytes(containerPath, container),
      ...hiddenVariables(containerPath, container),
    ]),
    ...portWarnings(containersOf(path, spec)),
    ...((spec.terminationGracePeriodSeconds ?? 0) < 0
      ? [`${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`]
      : []),
    ...podAffinityWarnings(`${path}.affinity`, spec),
    ...(spec.dnsConfig?.nameservers ?? []).flatMap((ip, index) => ipWarnings(`${path}.dnsConfig.nameservers[${index}]`, ip)),
    ...(spec.hostAliases ?? []).flatMap(({ ip }, index) => ipWarnings(`${path}.hostAliases[${index}].ip`, ip)),
  ]
}

const containersOf = (path: string, spec: PodSpec) =>
  (['initContainers', 'containers'] as const).flatMap((list) =>
    (spec[list] ?? []).map((container, index) => ({ containerPath: `${path}.${list}[${index}]`, container })),
  )

/** Elements whose key stood before. */
const repeated = <T>(values: readonly T[] | undefined, keyOf: (value: T) => string) => {
  const seen = new Set<string>()
  return (values ?? []).flatMap((value, index) => {
    const key = keyOf(value)
    const isRepeated = seen.has(key)
    seen.add(key)
    return isRepeated ? [{ index, key, value }] : []
  })
}

const fractionalBytes = (path: string, { resources }: Container): string[] =>
  (['memory', 'ephemeral-storage'] as const).flatMap((name) =>
    (['limits', 'requests'] as const).flatMap((list) => {
      const amount = resources?.[list]?.[name]
      return amount !== undefined && parseQuantityValue(amount).nano % billion !== 0n
        ? [`${path}.resources.${list}[${name}]: fractional byte value ${JSON.stringify(amount)} is invalid, must be an integer`]
        : []
    }),
  )

/** A second definition is fine when it builds on the first: `PATH=$(PATH):/more`. */
const hiddenVariables = (path: string, { env }: Container): string[] =>
  repeated(env, ({ name }) => name)
    .filter(({ key, value: { value = '', valueFrom } }) => valueFrom || value === `$(${key})` || !value.includes(`$(${key})`))
    .map(
      ({ index, key }) =>
        `${path}.env[${index}]: hides previous definition of ${JSON.stringify(key)}, which may be dropped when using apply`,
    )

const portWarnings = (containers: ReturnType<typeof containersOf>): string[] => {
  const ports = containers.flatMap(({ containerPath, container }) =>
    (container.ports ?? []).map((port, index) => ({ portPath: `${containerPath}.ports[${index}]`, port })),
  )
  const clashes = ports.flatMap(({ portPath, port }, index) =>
    ports.slice(0, index).flatMap((other) => {
      const kind = clash(port, other.port)
      return kind ? [`${portPath}: ${kind} port definition with ${other.portPath}`] : []
    }),
  )
  const names = repeated(
    ports.filter(({ port }) => port.name),
    ({ port }) => port.name!,
  ).map(({ key, value: { portPath } }) => {
    const first = ports.find(({ port }) => port.name === key)!.portPath
    return `${portPath}: duplicate port name ${JSON.stringify(key)} with ${first}, services and probes that select ports by name will use ${first}`
  })
  const addresses = ports.flatMap(({ portPath, port: { name = '', hostIP, hostPort = 0, containerPort, protocol } }) =>
    hostIP && hostPort === 0
      ? [
          `${portPath}: hostIP set without hostPort: {Name:${name} HostPort:0 ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`,
        ]
      : [],
  )
  return [...addresses, ...clashes, ...names]
}

const clash = (a: ContainerPort, b: ContainerPort): string | undefined => {
  if (a.containerPort !== b.containerPort || a.protocol !== b.protocol) return undefined
  const [ip, otherIP, port, otherPort] = [a.hostIP ?? '', b.hostIP ?? '', a.hostPort ?? 0, b.hostPort ?? 0]
  if (ip === otherIP && port === otherPort) return 'duplicate'
  if (port === 0 || otherPort === 0) return 'overlapping'
  return port === otherPort && (ip === '') !== (otherIP === '') ? 'dangerously ambiguous' : undefined
}
