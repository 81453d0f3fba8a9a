import { age, text } from '../column.ts'
import { define } from '../definition.ts'
import type { EndpointSlice } from '../resource.ts'
import { immutable } from '../validation/equality.ts'
import { endpointSliceWarnings, validateEndpointSlice } from './endpointslice-validation.ts'

const shown = 3

const summary = (all: readonly string[]): string => {
  const text = all.slice(0, shown).join(',')
  return all.length > shown ? `${text} + ${all.length - shown} more...` : text || '<unset>'
}

export const endpointSlice = define<EndpointSlice>({
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  singular: 'endpointslice',
  namespaced: true,
  schema: 'io.k8s.api.discovery.v1.EndpointSlice',
  rechecksNames: [''],
  hasGeneration: true,
  generationMetadata: ['labels'],
  default: (object) => {
    // None is a list too, which Go writes as null.
    if (object.endpoints?.length === 0) object.endpoints = null
    for (const endpoint of object.endpoints ?? []) endpoint.conditions ??= {}
    for (const port of object.ports ?? []) {
      port.name ??= ''
      port.protocol ||= 'TCP'
    }
  },
  prepareForCreate: ({ endpoints }) => {
    for (const endpoint of endpoints ?? []) delete endpoint.deprecatedTopology
  },
  // What is dropped counts as a change.
  finishUpdate: ({ endpoints }) => {
    for (const endpoint of endpoints ?? []) delete endpoint.deprecatedTopology
  },
  validateCreate: (slice) => validateEndpointSlice(slice, undefined),
  validateUpdate: (slice, old) => [
    ...validateEndpointSlice(slice, old),
    ...immutable('addressType', slice.addressType, old.addressType),
  ],
  warnings: endpointSliceWarnings,
  columns: [
    text(
      'AddressType',
      'addressType specifies the type of address carried by this EndpointSlice. All addresses in this slice must be the same type. This field is immutable after creation. The following address types are currently supported: * IPv4: Represents an IPv4 Address. * IPv6: Represents an IPv6 Address. * FQDN: Represents a Fully Qualified Domain Name.',
      ({ addressType }) => addressType,
    ),
    text(
      'Ports',
      'ports specifies the list of network ports exposed by each endpoint in this slice. Each port must have a unique name. When ports is empty, it indicates that there are no defined ports. When a port is defined with a nil port value, it indicates "all ports". Each slice may include a maximum of 100 ports.',
      ({ ports }) => summary((ports ?? []).map(({ port, name }) => String(port ?? name ?? '*'))),
    ),
    text(
      'Endpoints',
      'endpoints is a list of unique endpoints in this slice. Each slice may include a maximum of 1000 endpoints.',
      ({ endpoints }) => summary((endpoints ?? []).flatMap(({ addresses }) => addresses)),
    ),
    age,
  ],
})
