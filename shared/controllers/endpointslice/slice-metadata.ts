import { dns1123Subdomain } from '../../meta/names.ts'
import type { ObjectMeta } from '../../meta/object-meta.ts'
import { serviceNameLabel } from '../../resources/discovery/service-name-label.ts'
import { type EndpointSlice, type Service, services } from '../../resources/resource.ts'
import { controllerReference } from '../owner.ts'
import { isHeadless } from './endpoint.ts'

export const managedByLabel = 'endpointslice.kubernetes.io/managed-by'
export const headlessLabel = 'service.kubernetes.io/headless'
export const managedBy = 'endpointslice-controller.k8s.io'

export const sliceLabels = (service: Service): Record<string, string> => {
  const {
    [serviceNameLabel]: _name,
    [managedByLabel]: _manager,
    [headlessLabel]: _headless,
    ...own
  } = service.metadata.labels ?? {}
  return {
    ...own,
    ...(isHeadless(service) ? { [headlessLabel]: '' } : {}),
    [serviceNameLabel]: service.metadata.name,
    [managedByLabel]: managedBy,
  }
}

export const newSliceMetadata = (service: Service): ObjectMeta => ({
  generateName: generateNameFor(service.metadata.name),
  namespace: service.metadata.namespace,
  labels: sliceLabels(service),
  ownerReferences: [controllerReference(services, service)],
})

export const generateNameFor = (name: string): string => (dns1123Subdomain(`${name}-`, true).length ? name : `${name}-`)

export const isOwnedBy = ({ metadata }: EndpointSlice, service: Service): boolean =>
  (metadata.ownerReferences ?? []).some(({ uid, kind }) => kind === 'Service' && uid === service.metadata.uid)
