import type { Container } from '../../shared/resources/generated/types.ts'
import type { Pod } from '../../shared/resources/resource.ts'

export interface Rejection {
  readonly reason: string
  readonly message: string
}

type PodCheck = (pod: Pod) => string | undefined
type ContainerCheck = (container: Container) => string | undefined

/** What would be less safe, or something else, if it were passed over. */
const podChecks: readonly PodCheck[] = [
  ({ spec }) => (spec.hostUsers === false ? 'hostUsers: false' : undefined),
  ({ spec }) => (spec.runtimeClassName ? `runtimeClassName: ${spec.runtimeClassName}` : undefined),
  ({ spec }) => (spec.resourceClaims?.length ? 'resourceClaims' : undefined),
  ({ spec }) => (spec.securityContext?.appArmorProfile?.type === 'Localhost' ? 'appArmorProfile.type: Localhost' : undefined),
]
const containerChecks: readonly ContainerCheck[] = [
  ({ volumeDevices }) => (volumeDevices?.length ? 'volumeDevices' : undefined),
  ({ securityContext }) => (securityContext?.procMount === 'Unmasked' ? 'procMount: Unmasked' : undefined),
  ({ securityContext }) =>
    securityContext?.appArmorProfile?.type === 'Localhost' ? 'appArmorProfile.type: Localhost' : undefined,
  ({ volumeMounts }) =>
    volumeMounts?.some((mount) => mount.recursiveReadOnly === 'Enabled') ? 'recursiveReadOnly: Enabled' : undefined,
  ({ restartPolicyRules }) =>
    restartPolicyRules?.some(({ action }) => action === 'RestartAllContainers')
      ? 'restartPolicyRules.action: RestartAllContainers'
      : undefined,
]

/** Why this node can't run a pod as it asks to be run; undefined: it can. Pure. */
export const rejection = (pod: Pod): Rejection | undefined => {
  const { spec } = pod
  if (spec.os && spec.os.name !== 'linux') {
    return { reason: 'PodOSNotSupported', message: "Failed to admit pod as the OS field doesn't match node OS" }
  }
  if (spec.securityContext?.supplementalGroupsPolicy === 'Strict') {
    return {
      reason: 'SupplementalGroupsPolicyNotSupported',
      message: 'SupplementalGroupsPolicy=Strict is not supported in this node',
    }
  }
  const containers = [...(spec.initContainers ?? []), ...spec.containers]
  const found = [
    ...podChecks.map((check) => check(pod)),
    ...containers.flatMap((each) => containerChecks.map((check) => check(each))),
  ]
  const feature = found.find((each) => each !== undefined)
  return feature === undefined
    ? undefined
    : { reason: 'PodFeatureUnsupported', message: `the pod asks for ${feature}, which this agent does not support` }
}
