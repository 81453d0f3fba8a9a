import type { Service } from '../../resource.ts'

/** No address of its own: DNS answers with the pods'. */
export const isHeadless = ({ spec: { clusterIPs } }: Service) => clusterIPs?.length === 1 && clusterIPs[0] === 'None'

/** Clients outside the cluster can reach it. */
export const isExternallyAccessible = ({ spec: { type, externalIPs } }: Service) =>
  type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && (externalIPs?.length ?? 0) > 0)

/** A load balancer asks the nodes which of them have an endpoint. */
export const needsHealthCheck = ({ spec: { type, externalTrafficPolicy } }: Service) =>
  type === 'LoadBalancer' && externalTrafficPolicy === 'Local'
