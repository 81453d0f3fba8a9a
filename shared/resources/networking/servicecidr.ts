import { type FieldError, invalidValue, requiredValue } from '../../meta/field-error.ts'
import { age, text } from '../column.ts'
import { define } from '../definition.ts'
import { resetMetadata } from '../keep-metadata.ts'
import type { ServiceCIDR } from '../resource.ts'
import { canonicalCIDROnly, parseCIDR } from '../validation/cidr.ts'
import { each } from '../validation/value.ts'

const path = 'spec.cidrs'

const validate = ({ spec: { cidrs = [] } }: ServiceCIDR): FieldError[] => {
  if (cidrs.length === 0) return [requiredValue(path, 'at least one CIDR required')]
  if (cidrs.length > 2) return [invalidValue(path, { CIDRs: cidrs }, 'may only hold up to 2 values')]
  const families = cidrs.map((cidr) => parseCIDR(cidr)?.family)
  return [
    ...each(path, cidrs, canonicalCIDROnly),
    ...(cidrs.length === 2 && families[0] !== undefined && families[0] === families[1]
      ? [invalidValue(path, cidrs, 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64')]
      : []),
  ]
}

/** A range stays; a second one of the other family may come. */
const validateUpdate = (object: ServiceCIDR, { spec: { cidrs: old = [] } }: ServiceCIDR): FieldError[] => {
  const { cidrs = [] } = object.spec
  const isExtended = old.length === 1 && cidrs.length === 2
  if (cidrs.length !== old.length && !isExtended) return [invalidValue(path, cidrs, 'field is immutable')]
  const changed = each(path, old, (cidrPath, cidr, index) =>
    cidrs[index] === cidr ? [] : [invalidValue(cidrPath, cidrs[index], 'field is immutable')],
  )
  return isExtended ? [...changed, ...validate(object)] : changed
}

export const serviceCIDR = define<ServiceCIDR>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'ServiceCIDR',
  plural: 'servicecidrs',
  singular: 'servicecidr',
  namespaced: false,
  schema: 'io.k8s.api.networking.v1.ServiceCIDR',
  subresources: { status: true },
  writesStatus: true,
  // upstream names the group wrongly there, so that it leaves nothing out
  resetFields: { '': [], status: [] },
  default: (object) => {
    object.status ??= {}
  },
  prepareForStatusUpdate: resetMetadata,
  validateCreate: validate,
  validateUpdate,
  columns: [
    text(
      'CIDRs',
      'CIDRs defines the IP blocks in CIDR notation (e.g. "192.168.0.0/24" or "2001:db8::/64") from which to assign service cluster IPs. Max of two CIDRs is allowed, one of each IP family. This field is immutable.',
      ({ spec }) => (spec.cidrs ?? []).join(','),
    ),
    age,
  ],
})
