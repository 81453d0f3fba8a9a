import { isReason } from '../../meta/status.ts'
import { type Endpoints, endpoints, pods, type Service, services } from '../../resources/resource.ts'
import { type Controller, watch } from '../controller.ts'
import { isHeadless } from '../endpointslice/endpoint.ts'
import { podsOf, servicesOfPod } from '../endpointslice/service-pods.ts'
import { headlessLabel } from '../endpointslice/slice-metadata.ts'
import { ownKey, splitKey } from '../key.ts'
import { isNamespaceTerminating } from '../namespace-terminating.ts'
import { semanticallyEqual } from '../semantic-equality.ts'
import { endpointSubsets, truncated } from './subsets.ts'

export const managedByLabel = 'endpoints.kubernetes.io/managed-by'
export const managedBy = 'endpoint-controller'
const overCapacity = 'endpoints.kubernetes.io/over-capacity'

/** Keeps the Endpoints of Services with a selector: the older form of the same that EndpointSlices say. */
export const endpointsController: Controller = {
  name: 'endpoint',
  watches: [watch(services, ownKey), watch(pods, servicesOfPod), watch(endpoints, ownKey)],
  reconcile: async (key, { client, cache, events }) => {
    const { namespace, name } = splitKey(key)
    const service = cache.get(services, namespace, name)
    const existing = cache.get(endpoints, namespace, name)
    if (!service) {
      if (existing?.metadata.labels?.[managedByLabel] === managedBy)
        await ignoreNotFound(client.delete(endpoints, namespace, name))
      return
    }
    if (service.spec.type === 'ExternalName' || !service.spec.selector || service.metadata.deletionTimestamp) return
    const wanted = endpointsOf(service, endpointSubsets(service, podsOf(service, cache)), existing)
    if (existing && sameEndpoints(existing, wanted)) return
    try {
      await (existing ? client.update(endpoints, wanted) : client.create(endpoints, wanted))
    } catch (error) {
      if (isNamespaceTerminating(error)) return
      const text = error instanceof Error ? error.message : String(error)
      const [reason, message] = existing
        ? ['FailedToUpdateEndpoint', `Failed to update endpoint ${namespace}/${name}: ${text}`]
        : ['FailedToCreateEndpoint', `Failed to create endpoint for service ${namespace}/${name}: ${text}`]
      if (!isReason(error, 'Conflict', 'AlreadyExists')) await events.record(wanted, 'Warning', reason!, message!)
      throw error
    }
  },
}

const endpointsOf = (
  service: Service,
  subsets: NonNullable<Endpoints['subsets']>,
  existing: Endpoints | undefined,
): Endpoints => {
  const { namespace, name } = service.metadata
  const cut = truncated(subsets)
  const { [overCapacity]: _, ...annotations } = existing?.metadata.annotations ?? {}
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      ...(existing?.metadata ?? { namespace, name }),
      labels: labelsFor(service),
      annotations: cut ? { ...annotations, [overCapacity]: 'truncated' } : existing?.metadata.annotations && annotations,
    },
    subsets: cut ?? subsets,
  }
}

const labelsFor = (service: Service): Record<string, string> => {
  const { [headlessLabel]: _, ...own } = service.metadata.labels ?? {}
  return { ...own, ...(isHeadless(service) ? { [headlessLabel]: '' } : {}), [managedByLabel]: managedBy }
}

const sameEndpoints = (a: Endpoints, b: Endpoints): boolean =>
  semanticallyEqual(a.subsets ?? [], b.subsets ?? []) &&
  semanticallyEqual(a.metadata.labels ?? {}, b.metadata.labels ?? {}) &&
  semanticallyEqual(a.metadata.annotations ?? {}, b.metadata.annotations ?? {})

const ignoreNotFound = async (deletion: Promise<void>): Promise<void> => {
  try {
    await deletion
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error
  }
}
