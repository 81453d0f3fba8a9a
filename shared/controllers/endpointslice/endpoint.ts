import type { DiscoveryV1EndpointPort, Endpoint, ServicePort } from '../../resources/generated/types.ts'
import type { Node, Pod, Service } from '../../resources/resource.ts'
import { isPodReady, isPodTerminal } from '../pod-state.ts'

export type AddressType = 'IPv4' | 'IPv6'

export const addressTypesOf = ({ spec }: Service): AddressType[] => {
  const families = (spec.ipFamilies ?? []).filter((family): family is AddressType => family === 'IPv4' || family === 'IPv6')
  if (families.length) return families
  return [spec.clusterIP?.includes(':') ? 'IPv6' : 'IPv4']
}

export const isHeadless = ({ spec }: Service): boolean => spec.clusterIP === 'None' || !spec.clusterIP

/** Pods that have ended, or have no address yet, can't be an endpoint. */
export const hasEndpoint = (pod: Pod, includeTerminating: boolean): boolean =>
  !isPodTerminal(pod) &&
  Boolean(pod.status?.podIP || pod.status?.podIPs?.length) &&
  (includeTerminating || !pod.metadata.deletionTimestamp)

/** undefined: the pod has no address of the type */
export const endpointOf = (
  pod: Pod,
  service: Service,
  options: { node: Node | undefined; addressType: AddressType },
): Endpoint | undefined => {
  const { node, addressType } = options
  const addresses = podIPs(pod).filter((ip) => ip.includes(':') === (addressType === 'IPv6'))
  if (!addresses.length) return undefined
  const serving = isPodReady(pod)
  const terminating = pod.metadata.deletionTimestamp !== undefined
  const ready = service.spec.publishNotReadyAddresses || (serving && !terminating)
  return {
    addresses,
    conditions: { ready, serving, terminating },
    hostname: hostnameIn(service, pod),
    nodeName: pod.spec.nodeName,
    targetRef: { kind: 'Pod', namespace: pod.metadata.namespace, name: pod.metadata.name, uid: pod.metadata.uid },
    zone: node?.metadata.labels?.['topology.kubernetes.io/zone'],
  }
}

/** What the Service's ports are on this pod; a named port that it lacks is left out. */
export const endpointPorts = ({ spec }: Service, pod: Pod): DiscoveryV1EndpointPort[] => {
  const ports: DiscoveryV1EndpointPort[] = []
  for (const port of spec.ports ?? []) {
    const number = portOn(pod, port)
    if (number === undefined) continue
    ports.push({ name: port.name ?? '', protocol: port.protocol ?? 'TCP', port: number, appProtocol: port.appProtocol })
  }
  return ports
}

export const portOn = ({ spec }: Pod, port: ServicePort): number | undefined => {
  const { targetPort = port.port, protocol = 'TCP' } = port
  if (typeof targetPort === 'number') return targetPort
  const sidecars = spec.initContainers?.filter(({ restartPolicy }) => restartPolicy === 'Always') ?? []
  for (const { ports = [] } of [...spec.containers, ...sidecars])
    for (const each of ports) if (each.name === targetPort && (each.protocol ?? 'TCP') === protocol) return each.containerPort
  return undefined
}

/** The pod's own name in the DNS of a headless Service. */
export const hostnameIn = ({ metadata }: Service, { spec, metadata: own }: Pod): string | undefined =>
  spec.hostname && spec.subdomain === metadata.name && own.namespace === metadata.namespace ? spec.hostname : undefined

const podIPs = ({ status }: Pod): string[] =>
  status?.podIPs?.length ? status.podIPs.map(({ ip }) => ip ?? '').filter(Boolean) : status?.podIP ? [status.podIP] : []
