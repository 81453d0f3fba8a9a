import type { Index } from '../../client/cache.ts'
import { isReason } from '../../meta/status.ts'
import { serviceNameLabel } from '../../resources/discovery/service-name-label.ts'
import type { Endpoint, EndpointAddress, EndpointSubset } from '../../resources/generated/types.ts'
import { type EndpointSlice, type Endpoints, endpointSlices, endpoints, services } from '../../resources/resource.ts'
import { type Controller, watch } from '../controller.ts'
import { type EndpointGroup, planSlices, portsKey, type SlicePlan } from '../endpointslice/plan.ts'
import { generateNameFor, managedByLabel } from '../endpointslice/slice-metadata.ts'
import { ownKey, splitKey } from '../key.ts'
import { isNamespaceTerminating } from '../namespace-terminating.ts'
import { controllerReference } from '../owner.ts'

const managedBy = 'endpointslicemirroring-controller.k8s.io'
const skipLabel = 'endpointslice.kubernetes.io/skip-mirror'
const leaderAnnotation = 'control-plane.alpha.kubernetes.io/leader'
const maxPerSubset = 1000
const addressTypes = ['IPv4', 'IPv6'] as const

const mirrors: Index<EndpointSlice> = {
  name: 'endpointslice-mirroring',
  resource: endpointSlices,
  valuesOf: (slice) => mirrorOf(slice),
}

/** Keeps EndpointSlices that say what hand-written Endpoints of Services without a selector say. */
export const endpointSliceMirroringController: Controller = {
  name: 'endpointslice-mirroring',
  eventComponent: 'endpoint-slice-mirroring-controller',
  watches: [
    watch(endpoints, ownKey),
    watch(services, ownKey),
    watch(endpointSlices, (object, previous) => [...mirrorOf(object), ...mirrorOf(previous)]),
  ],
  reconcile: async (key, { cache, client, events }) => {
    const { namespace, name } = splitKey(key)
    const service = cache.get(services, namespace, name)
    const source = cache.get(endpoints, namespace, name)
    const existing = cache.byIndex(mirrors, key)
    const mirrored = source && service && !service.spec.selector && isMirrored(source) ? source : undefined
    const skipped = mirrored ? skippedAddresses(mirrored) : 0
    if (mirrored && skipped > 0) {
      const message = `A max of ${maxPerSubset} addresses can be mirrored to EndpointSlices per Endpoints subset. ${skipped} addresses were skipped`
      await events.record(mirrored, 'Warning', 'TooManyAddressesToMirror', message)
    }
    for (const addressType of addressTypes) {
      const slices = existing.filter((slice) => slice.addressType === addressType)
      const plan = mirrored ? planMirror(mirrored, addressType, slices) : { create: [], update: [], remove: slices }
      try {
        for (const group of plan.create) await client.create(endpointSlices, buildSlice(mirrored!, addressType, group))
        for (const slice of plan.update) await client.update(endpointSlices, slice)
        for (const { metadata } of plan.remove) await client.delete(endpointSlices, namespace, metadata.name)
      } catch (error) {
        if (!isNamespaceTerminating(error) && !isReason(error, 'NotFound')) throw error
      }
    }
  },
}

const isMirrored = ({ metadata }: Endpoints): boolean =>
  metadata.labels?.[skipLabel] !== 'true' && metadata.annotations?.[leaderAnnotation] === undefined && !metadata.deletionTimestamp

const planMirror = (source: Endpoints, addressType: 'IPv4' | 'IPv6', existing: readonly EndpointSlice[]): SlicePlan => {
  const groups = new Map<string, { ports: EndpointGroup['ports']; endpoints: Endpoint[] }>()
  for (const subset of source.subsets ?? []) {
    const found = endpointsOf(subset).filter(({ addresses }) => addresses[0]!.includes(':') === (addressType === 'IPv6'))
    if (!found.length) continue
    const ports = (subset.ports ?? []).map(({ name = '', port, protocol = 'TCP', appProtocol }) => ({
      name,
      port,
      protocol,
      appProtocol,
    }))
    const group = groups.get(portsKey(ports)) ?? { ports, endpoints: [] }
    group.endpoints.push(...found)
    groups.set(portsKey(ports), group)
  }
  // Unlike a Service's own slices, a mirror of nothing is nothing.
  if (groups.size === 0) return { create: [], update: [], remove: existing }
  return planSlices({ groups: [...groups.values()], existing, labels: mirrorLabels(source), maxPerSlice: 100 })
}

const skippedAddresses = ({ subsets = [] }: Endpoints): number =>
  subsets
    .map(({ addresses = [], notReadyAddresses = [] }) => addresses.length + notReadyAddresses.length - maxPerSubset)
    .reduce((sum, over) => sum + Math.max(0, over), 0)

const endpointsOf = ({ addresses = [], notReadyAddresses = [] }: EndpointSubset): Endpoint[] =>
  [
    ...addresses.map((address) => endpointOf(address, true)),
    ...notReadyAddresses.map((address) => endpointOf(address, false)),
  ].slice(0, maxPerSubset)

const endpointOf = ({ ip, hostname, nodeName, targetRef }: EndpointAddress, ready: boolean): Endpoint => ({
  addresses: [ip],
  conditions: { ready },
  hostname,
  nodeName,
  targetRef,
})

const mirrorLabels = ({ metadata }: Endpoints): Record<string, string> => ({
  ...metadata.labels,
  [serviceNameLabel]: metadata.name,
  [managedByLabel]: managedBy,
})

const buildSlice = (source: Endpoints, addressType: string, group: EndpointGroup): EndpointSlice => {
  const { name, namespace } = source.metadata
  const metadata = {
    generateName: generateNameFor(name),
    namespace,
    labels: mirrorLabels(source),
    ownerReferences: [controllerReference(endpoints, source)],
  } as EndpointSlice['metadata']
  const { endpoints: members, ports } = group
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata,
    addressType,
    endpoints: [...members],
    ports: [...ports],
  }
}

const mirrorOf = (slice: EndpointSlice | undefined): string[] => {
  const { labels, namespace } = slice?.metadata ?? {}
  const name = labels?.[serviceNameLabel]
  return name && labels[managedByLabel] === managedBy ? [`${namespace}/${name}`] : []
}
