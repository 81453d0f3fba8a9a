import type { Cache, Index } from '../../client/cache.ts'
import { isReason } from '../../meta/status.ts'
import { serviceNameLabel } from '../../resources/discovery/service-name-label.ts'
import { type EndpointSlice, endpointSlices, nodes, pods, type Service, services } from '../../resources/resource.ts'
import { type Controller, type ReconcileContext, watch } from '../controller.ts'
import { ownKey, splitKey } from '../key.ts'
import { isNamespaceTerminating } from '../namespace-terminating.ts'
import { type AddressType, addressTypesOf, endpointOf, endpointPorts, hasEndpoint } from './endpoint.ts'
import { type EndpointGroup, planSlices, portsKey } from './plan.ts'
import { podsOf, servicesOfPod } from './service-pods.ts'
import { isOwnedBy, managedBy, managedByLabel, newSliceMetadata, sliceLabels } from './slice-metadata.ts'

const maxEndpointsPerSlice = 100

/** `namespace/service` → slices of this controller */
const ownSlices: Index<EndpointSlice> = {
  name: 'endpointslice-controller',
  resource: endpointSlices,
  valuesOf: (slice) => ownSliceService(slice),
}

/** Keeps the EndpointSlices of Services with a selector. */
export const endpointSliceController: Controller = {
  name: 'endpointslice',
  eventComponent: 'endpoint-slice-controller',
  watches: [
    watch(services, ownKey),
    watch(pods, servicesOfPod),
    watch(endpointSlices, (object, previous) => [...ownSliceService(object), ...ownSliceService(previous)]),
  ],
  reconcile: async (key, context) => {
    const { namespace, name } = splitKey(key)
    const service = context.cache.get(services, namespace, name)
    // What somebody's finalizer keeps is not written to any more, nor counted on.
    const existing = context.cache.byIndex(ownSlices, key).filter(({ metadata }) => !metadata.deletionTimestamp)
    // Garbage collection takes the slices of a Service that is gone; one that lost its selector keeps none of ours.
    if (!service || service.spec.type === 'ExternalName' || !service.spec.selector || service.metadata.deletionTimestamp) return
    const types = addressTypesOf(service)
    const kept = existing.filter((slice) => isOwnedBy(slice, service) && types.includes(slice.addressType as AddressType))
    try {
      for (const slice of existing) if (!kept.includes(slice)) await remove(slice, context)
      for (const addressType of types) {
        const slices = kept.filter((slice) => slice.addressType === addressType)
        await reconcileAddressType({ service, addressType, slices }, context)
      }
    } catch (error) {
      const message = `Error updating Endpoint Slices for Service ${key}: ${error instanceof Error ? error.message : error}`
      await context.events.record(service, 'Warning', 'FailedToUpdateEndpointSlices', message)
      throw error
    }
  },
}

const reconcileAddressType = async (
  { service, addressType, slices }: { service: Service; addressType: AddressType; slices: readonly EndpointSlice[] },
  context: ReconcileContext,
): Promise<void> => {
  const groups = groupEndpoints(service, addressType, context.cache)
  const labels = sliceLabels(service)
  const plan = planSlices({ groups, existing: slices, labels, maxPerSlice: maxEndpointsPerSlice })
  const { client } = context
  for (const { ports, endpoints } of plan.create) {
    const metadata = newSliceMetadata(service) as EndpointSlice['metadata']
    const base = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata }
    try {
      await client.create(endpointSlices, { ...base, addressType, endpoints: [...endpoints], ports: [...ports] })
    } catch (error) {
      if (isNamespaceTerminating(error)) return
      throw error
    }
  }
  for (const slice of plan.update) await client.update(endpointSlices, slice)
  for (const slice of plan.remove) await remove(slice, context)
}

const groupEndpoints = (service: Service, addressType: AddressType, cache: Cache): EndpointGroup[] => {
  const groups = new Map<string, { ports: EndpointGroup['ports']; endpoints: EndpointGroup['endpoints'][number][] }>()
  for (const pod of podsOf(service, cache)) {
    if (!hasEndpoint(pod, true)) continue
    const node = pod.spec.nodeName ? cache.get(nodes, '', pod.spec.nodeName) : undefined
    // Its node is gone and it will follow; nobody answers there.
    if (!node && !service.spec.publishNotReadyAddresses) continue
    const endpoint = endpointOf(pod, service, { node, addressType })
    if (!endpoint) continue
    const ports = endpointPorts(service, pod)
    const group = groups.get(portsKey(ports)) ?? { ports, endpoints: [] }
    group.endpoints.push(endpoint)
    groups.set(portsKey(ports), group)
  }
  return [...groups.values()]
}

const remove = async ({ metadata }: EndpointSlice, { client }: ReconcileContext): Promise<void> => {
  try {
    await client.delete(endpointSlices, metadata.namespace ?? '', metadata.name)
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error
  }
}

const ownSliceService = (slice: EndpointSlice | undefined): string[] => {
  const { labels, namespace } = slice?.metadata ?? {}
  const name = labels?.[serviceNameLabel]
  return name && labels[managedByLabel] === managedBy ? [`${namespace}/${name}`] : []
}
