import type { Cache } from '../../client/cache.ts'
import { type Pod, pods, type Service, services } from '../../resources/resource.ts'
import { keyOf } from '../key.ts'
import { semanticallyEqual } from '../semantic-equality.ts'

export const selects = ({ spec }: Service, labels: Readonly<Record<string, string>> | undefined): boolean => {
  const selector = Object.entries(spec.selector ?? {})
  return selector.length > 0 && selector.every(([name, value]) => labels?.[name] === value)
}

export const podsOf = (service: Service, cache: Cache): Pod[] =>
  cache.list(pods, service.metadata.namespace ?? '').filter((pod) => selects(service, pod.metadata.labels))

/** Services whose endpoints may differ because of a pod's change. */
export const servicesOfPod = (pod: Pod | undefined, previous: Pod | undefined, cache: Cache): string[] => {
  const known = pod ?? previous
  if (!known) return []
  const labelsChanged = pod && previous && !semanticallyEqual(pod.metadata.labels, previous.metadata.labels)
  if (pod && previous && !labelsChanged && !endpointChanged(pod, previous)) return []
  return cache
    .list(services, known.metadata.namespace ?? '')
    .filter((service) => selects(service, known.metadata.labels) || (labelsChanged && selects(service, previous.metadata.labels)))
    .map(keyOf)
}

const endpointChanged = (pod: Pod, previous: Pod): boolean => !semanticallyEqual(endpointView(pod), endpointView(previous))

const endpointView = ({ metadata, spec, status }: Pod) => ({
  terminating: metadata.deletionTimestamp !== undefined,
  uid: metadata.uid,
  hostname: spec.hostname,
  subdomain: spec.subdomain,
  nodeName: spec.nodeName,
  phase: status?.phase,
  podIP: status?.podIP,
  podIPs: status?.podIPs,
  ready: status?.conditions?.find(({ type }) => type === 'Ready')?.status,
})
