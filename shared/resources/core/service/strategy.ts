import type { Service } from '../../resource.ts'
import { isEquivalent } from '../../validation/equality.ts'
import { isExternallyAccessible, needsHealthCheck } from './kind.ts'

const hasClusterIP = ({ spec }: Service) => spec.type !== 'ExternalName'
const hasNodePort = ({ spec }: Service) => spec.type === 'NodePort' || spec.type === 'LoadBalancer'
const isLoadBalancer = ({ spec }: Service) => spec.type === 'LoadBalancer'

/** What only the type before could have goes with it, unless the client has set it anew (validation then refuses it). */
export const dropTypeDependentFields = (service: Service, old: Service) => {
  const { spec } = service
  const isSame = (field: keyof Service['spec']) => isEquivalent(spec[field], old.spec[field])
  const lost = (has: (one: Service) => boolean) => has(old) && !has(service)
  if (lost(hasClusterIP)) {
    if (isSame('clusterIP') && isSame('clusterIPs')) {
      delete spec.clusterIP
      delete spec.clusterIPs
    }
    if (isSame('ipFamilies')) delete spec.ipFamilies
    if (isSame('ipFamilyPolicy')) delete spec.ipFamilyPolicy
  }
  const oldPorts = (old.spec.ports ?? []).map(({ nodePort }) => nodePort)
  if (lost(hasNodePort) && (spec.ports ?? []).every(({ nodePort }) => !nodePort || oldPorts.includes(nodePort)))
    for (const port of spec.ports ?? []) delete port.nodePort
  if (lost(needsHealthCheck) && isSame('healthCheckNodePort')) delete spec.healthCheckNodePort
  if (lost(isLoadBalancer)) {
    if (isSame('allocateLoadBalancerNodePorts')) delete spec.allocateLoadBalancerNodePorts
    if (isSame('loadBalancerClass')) delete spec.loadBalancerClass
  }
  if (lost(isExternallyAccessible) && isSame('externalTrafficPolicy')) delete spec.externalTrafficPolicy
  if (!isLoadBalancer(service)) service.status = { ...service.status, loadBalancer: {} }
}
