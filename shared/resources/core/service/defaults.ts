import type { Service } from '../../resource.ts'

const affinityTimeoutSeconds = 10_800

/** Ports and addresses out of the cluster's ranges are given by the API server, not here. */
export const defaultService = (service: Service) => {
  const { spec } = service
  spec.sessionAffinity ||= 'None'
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig
  if (spec.sessionAffinity === 'ClientIP' && spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined)
    spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: affinityTimeoutSeconds } }
  spec.type ||= 'ClusterIP'
  for (const port of spec.ports ?? []) {
    port.protocol ||= 'TCP'
    port.targetPort ||= port.port
  }
  const isExposed = spec.type === 'NodePort' || spec.type === 'LoadBalancer'
  const hasExternalIPs = spec.type === 'ClusterIP' && (spec.externalIPs?.length ?? 0) > 0
  if (isExposed || hasExternalIPs) spec.externalTrafficPolicy ||= 'Cluster'
  if (isExposed || spec.type === 'ClusterIP') spec.internalTrafficPolicy ??= 'Cluster'
  if (spec.type === 'LoadBalancer') {
    spec.allocateLoadBalancerNodePorts ??= true
    for (const ingress of service.status?.loadBalancer?.ingress ?? []) if (ingress.ip) ingress.ipMode ??= 'VIP'
  }
}
