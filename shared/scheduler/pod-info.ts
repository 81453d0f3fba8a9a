import { claimsNamedBy } from '../resources/core/pod/named-object.ts'
import type { Pod } from '../resources/resource.ts'
import { type AffinityTerm, parseAffinityTerm } from './affinity-term.ts'
import { podRequests, scoringRequests } from './pod-requests.ts'
import type { Amounts } from './resource-amounts.ts'
import { signatureOf } from './signature.ts'

export interface HostPort {
  readonly hostIP: string
  readonly protocol: string
  readonly port: number
}

/** A pod with what scheduling asks of it, worked out once. */
export interface PodInfo {
  readonly pod: Pod
  readonly uid: string
  readonly priority: number
  readonly requests: Amounts
  readonly scoringRequests: Amounts
  readonly hostPorts: readonly HostPort[]
  /** names of PersistentVolumeClaims */
  readonly claims: readonly string[]
  readonly requiredAffinity: readonly AffinityTerm[]
  readonly requiredAntiAffinity: readonly AffinityTerm[]
  readonly preferredAffinity: readonly AffinityTerm[]
  readonly preferredAntiAffinity: readonly AffinityTerm[]
  /** pods with the same one are alike to every plugin */
  readonly signature: string
}

export const createPodInfo = (pod: Pod): PodInfo => {
  const { spec, metadata } = pod
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {}
  const namespace = metadata.namespace ?? ''
  return {
    pod,
    uid: metadata.uid ?? '',
    priority: spec.priority ?? 0,
    requests: podRequests(spec),
    scoringRequests: scoringRequests(spec),
    hostPorts: hostPortsOf(pod),
    claims: claimsNamedBy(pod),
    requiredAffinity: required(podAffinity?.requiredDuringSchedulingIgnoredDuringExecution, namespace),
    requiredAntiAffinity: required(podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution, namespace),
    preferredAffinity: preferred(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution, namespace),
    preferredAntiAffinity: preferred(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution, namespace),
    signature: signatureOf(pod),
  }
}

export const hasAffinity = (info: PodInfo): boolean =>
  info.requiredAffinity.length > 0 || info.preferredAffinity.length > 0 || hasAntiAffinity(info)

const hasAntiAffinity = (info: PodInfo): boolean => info.requiredAntiAffinity.length > 0 || info.preferredAntiAffinity.length > 0

type Terms = Parameters<typeof parseAffinityTerm>[0][] | undefined
const required = (terms: Terms, namespace: string) => (terms ?? []).map((term) => parseAffinityTerm(term, namespace))

const preferred = (terms: { podAffinityTerm: NonNullable<Terms>[number]; weight: number }[] | undefined, namespace: string) =>
  (terms ?? []).map(({ podAffinityTerm, weight }) => parseAffinityTerm(podAffinityTerm, namespace, weight))

const hostPortsOf = ({ spec }: Pod): HostPort[] => {
  const sidecars = spec.initContainers?.filter(({ restartPolicy }) => restartPolicy === 'Always') ?? []
  const ports: HostPort[] = []
  for (const container of [...spec.containers, ...sidecars])
    for (const { hostPort, hostIP, protocol } of container.ports ?? [])
      if (hostPort) ports.push({ hostIP: hostIP || '0.0.0.0', protocol: protocol || 'TCP', port: hostPort })
  return ports
}
