import { type FieldError, forbiddenField, invalidValue, requiredValue } from '../../../meta/field-error.ts'
import { dns1123Subdomain, qualifiedName } from '../../../meta/names.ts'
import type { Service } from '../../resource.ts'
import { validCIDR } from '../../validation/cidr.ts'
import { ipFamily, validIP } from '../../validation/ip.ts'
import { checked, each, oneOf } from '../../validation/value.ts'

const sourceRanges = 'service.beta.kubernetes.io/load-balancer-source-ranges'
const onlyForLoadBalancers = "may only be used when `type` is 'LoadBalancer'"

export const validateLoadBalancer = (service: Service): FieldError[] => {
  const { type, allocateLoadBalancerNodePorts, loadBalancerClass } = service.spec
  const isLoadBalancer = type === 'LoadBalancer'
  return [
    ...validateSourceRanges(service),
    ...(allocateLoadBalancerNodePorts !== undefined && !isLoadBalancer
      ? [forbiddenField('spec.allocateLoadBalancerNodePorts', onlyForLoadBalancers)]
      : []),
    ...(allocateLoadBalancerNodePorts === undefined && isLoadBalancer ? [requiredValue('allocateLoadBalancerNodePorts')] : []),
    ...(loadBalancerClass === undefined
      ? []
      : isLoadBalancer
        ? checked('spec.loadBalancerClass', loadBalancerClass, qualifiedName)
        : [forbiddenField('spec.loadBalancerClass', onlyForLoadBalancers)]),
  ]
}

const validateSourceRanges = ({ spec, metadata }: Service): FieldError[] => {
  const refused = (path: string) => (spec.type === 'LoadBalancer' ? [] : [forbiddenField(path, onlyForLoadBalancers)])
  if (spec.loadBalancerSourceRanges?.length) {
    const path = 'spec.LoadBalancerSourceRanges'
    return [
      ...refused(path),
      ...each(path, spec.loadBalancerSourceRanges, (rangePath, range) => validCIDR(rangePath, range.trim())),
    ]
  }
  const annotation = metadata.annotations?.[sourceRanges]
  if (annotation === undefined) return []
  const path = `metadata.annotations[${sourceRanges}]`
  const ranges = annotation.trim() === '' ? [] : annotation.split(',')
  return [...refused(path), ...ranges.flatMap((range) => validCIDR(path, range.trim()))]
}

export const validateLoadBalancerUpdate = ({ spec }: Service, { spec: old }: Service): FieldError[] =>
  spec.type === 'LoadBalancer' && old.type === 'LoadBalancer' && spec.loadBalancerClass !== old.loadBalancerClass
    ? [invalidValue('spec.loadBalancerClass', spec.loadBalancerClass, 'may not change once set')]
    : []

export const validateServiceStatus = ({ spec, status }: Service): FieldError[] => {
  const path = 'status.loadBalancer.ingress'
  const ingress = status?.loadBalancer?.ingress ?? []
  if (spec.type !== 'LoadBalancer')
    return ingress.length > 0 ? [forbiddenField(path, "may only be used when `spec.type` is 'LoadBalancer'")] : []
  return each(path, ingress, (ingressPath, { ip, ipMode, hostname }) => [
    ...(ip ? validIP(`${ingressPath}.ip`, ip) : []),
    ...(ip && ipMode === undefined ? [requiredValue(`${ingressPath}.ipMode`, 'must be specified when `ip` is set')] : []),
    ...(!ip && ipMode !== undefined
      ? [forbiddenField(`${ingressPath}.ipMode`, 'may not be specified when `ip` is not set')]
      : []),
    ...(ip && ipMode !== undefined ? oneOf(`${ingressPath}.ipMode`, ipMode, ['Proxy', 'VIP']) : []),
    ...(hostname ? checked(`${ingressPath}.hostname`, hostname, (name) => dns1123Subdomain(name)) : []),
    ...(hostname && ipFamily(hostname) !== undefined
      ? [invalidValue(`${ingressPath}.hostname`, hostname, 'must be a DNS name, not an IP address')]
      : []),
  ])
}
