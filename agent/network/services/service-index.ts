import type { Informer } from '../../../shared/client/informer.ts'
import { serviceNameLabel } from '../../../shared/resources/discovery/service-name-label.ts'
import type { EndpointSlice, Service } from '../../../shared/resources/resource.ts'

/** Services with their slices, kept up to date change by change. Keys are `namespace/name` of the Service. */
export interface ServiceIndex {
  service(key: string): Service | undefined
  slices(key: string): readonly EndpointSlice[]
  keys(): Iterable<string>
  stop(): void
}

/** `onChange` names the Service that a change of itself or of one of its slices concerns. */
export const createServiceIndex = (options: {
  services: Informer<Service>
  endpointSlices: Informer<EndpointSlice>
  onChange: (key: string) => void
}): ServiceIndex => {
  const { services, endpointSlices, onChange } = options
  const known = new Map<string, Service>()
  const slicesByService = new Map<string, Map<string, EndpointSlice>>()

  const stopServices = services.onChange((service, previous) => {
    const { namespace, name } = (service ?? previous)!.metadata
    const key = `${namespace}/${name}`
    if (service) known.set(key, service)
    else known.delete(key)
    onChange(key)
  })

  const stopSlices = endpointSlices.onChange((slice, previous) => {
    const before = previous && serviceOf(previous)
    const after = slice && serviceOf(slice)
    if (previous && before !== undefined && before !== after) {
      const slices = slicesByService.get(before)
      slices?.delete(previous.metadata.name)
      if (slices?.size === 0) slicesByService.delete(before)
      onChange(before)
    }
    if (slice && after !== undefined) {
      const slices = slicesByService.get(after) ?? new Map<string, EndpointSlice>()
      slicesByService.set(after, slices.set(slice.metadata.name, slice))
      onChange(after)
    }
  })

  return {
    service: (key) => known.get(key),
    slices: (key) => [...(slicesByService.get(key)?.values() ?? [])],
    keys: () => known.keys(),
    stop: () => {
      stopServices()
      stopSlices()
    },
  }
}

const serviceOf = ({ metadata }: EndpointSlice) => {
  const name = metadata.labels?.[serviceNameLabel]
  return name === undefined || name === '' ? undefined : `${metadata.namespace}/${name}`
}
