import type { CoreV1EndpointPort, EndpointAddress, EndpointSubset } from '../../resources/generated/types.ts'
import type { Pod, Service } from '../../resources/resource.ts'
import { hasEndpoint, hostnameIn, portOn } from '../endpointslice/endpoint.ts'
import { isPodReady } from '../pod-state.ts'

export const maxAddresses = 1000

/** The subsets of an Endpoints object: addresses with the same ports together, all in a fixed order. */
export const endpointSubsets = (service: Service, pods: readonly Pod[]): EndpointSubset[] => {
  const bySubset = new Map<string, { ports: CoreV1EndpointPort[]; ready: EndpointAddress[]; notReady: EndpointAddress[] }>()
  for (const pod of pods) {
    const tolerant = service.spec.publishNotReadyAddresses ?? false
    const ports = portsOn(service, pod)
    const address = addressOf(service, pod)
    if (!hasEndpoint(pod, tolerant) || !address || !ports) continue
    const key = JSON.stringify(ports)
    const subset = bySubset.get(key) ?? { ports, ready: [], notReady: [] }
    ;(tolerant || isPodReady(pod) ? subset.ready : subset.notReady).push(address)
    bySubset.set(key, subset)
  }
  return [...bySubset.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { ports, ready, notReady }]) => ({
      addresses: ready.length ? ready.sort(byAddress) : undefined,
      notReadyAddresses: notReady.length ? notReady.sort(byAddress) : undefined,
      ports: ports.length ? ports : undefined,
    }))
}

/** At most `maxAddresses`, ready ones first; undefined: none had to go. */
export const truncated = (subsets: readonly EndpointSubset[]): EndpointSubset[] | undefined => {
  const count = (of: (subset: EndpointSubset) => readonly EndpointAddress[] | undefined) =>
    subsets.reduce((total, subset) => total + (of(subset)?.length ?? 0), 0)
  const ready = count(({ addresses }) => addresses)
  const notReady = count(({ notReadyAddresses }) => notReadyAddresses)
  if (ready + notReady <= maxAddresses) return undefined
  const cutReady = ready > maxAddresses
  const room = cutReady ? maxAddresses : maxAddresses - ready
  let left = room
  const cut = (addresses: EndpointAddress[] | undefined, total: number) => {
    const kept = addresses?.slice(0, Math.min(left, Math.ceil((addresses.length / total) * room)))
    left -= kept?.length ?? 0
    return kept?.length ? kept : undefined
  }
  return subsets.map((subset) =>
    cutReady
      ? { ...subset, addresses: cut(subset.addresses, ready), notReadyAddresses: undefined }
      : { ...subset, notReadyAddresses: cut(subset.notReadyAddresses, notReady) },
  )
}

/** undefined: the Service has ports and the pod none of them */
const portsOn = ({ spec }: Service, pod: Pod): CoreV1EndpointPort[] | undefined => {
  const ports: CoreV1EndpointPort[] = []
  for (const port of spec.ports ?? []) {
    const number = portOn(pod, port)
    const { name, protocol = 'TCP', appProtocol } = port
    if (number !== undefined) ports.push({ name: name || undefined, port: number, protocol, appProtocol })
  }
  if (spec.ports?.length ? ports.length === 0 : spec.clusterIP !== 'None') return undefined
  return ports.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}

const addressOf = (service: Service, pod: Pod): EndpointAddress | undefined => {
  const ips = pod.status?.podIPs?.map(({ ip }) => ip) ?? []
  const wantsV6 = service.spec.ipFamilies?.[0] === 'IPv6'
  const ip = [...ips, pod.status?.podIP].find((each) => each !== undefined && each.includes(':') === wantsV6)
  if (!ip) return undefined
  const { namespace, name, uid } = pod.metadata
  return { ip, hostname: hostnameIn(service, pod), nodeName: pod.spec.nodeName, targetRef: { kind: 'Pod', namespace, name, uid } }
}

const byAddress = (a: EndpointAddress, b: EndpointAddress) =>
  a.ip < b.ip ? -1 : a.ip > b.ip ? 1 : (a.targetRef?.uid ?? '') < (b.targetRef?.uid ?? '') ? -1 : 1
