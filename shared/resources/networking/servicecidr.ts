import { age, text } from '../column.ts'
import { define } from '../definition.ts'
import type { ServiceCIDR } from '../resource.ts'

export const serviceCIDR = define<ServiceCIDR>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'ServiceCIDR',
  plural: 'servicecidrs',
  singular: 'servicecidr',
  namespaced: false,
  schema: 'io.k8s.api.networking.v1.ServiceCIDR',
  subresources: { status: true },
  default: (object) => {
    object.spec ??= {}
    object.status ??= {}
  },
  columns: [
    text(
      'CIDRs',
      'CIDRs defines the IP blocks in CIDR notation (e.g. "192.168.0.0/24" or "2001:db8::/64") from which to assign service cluster IPs. Max of two CIDRs is allowed, one of each IP family. This field is immutable.',
      ({ spec }) => (spec.cidrs ?? []).join(','),
    ),
    age,
  ],
})
