import type { EndpointConditions, ServiceSpec } from '../../../shared/resources/generated/types.ts'
import type { EndpointSlice, Service } from '../../../shared/resources/resource.ts'

export interface SliceEndpoint {
  readonly ip: string
  readonly nodeName: string
  readonly conditions: EndpointConditions
}

export const newService = (name: string, spec: ServiceSpec): Service => ({
  metadata: { namespace: 'default', name },
  spec: { type: 'ClusterIP', ...spec },
})

export const newSlice = (
  service: string,
  endpoints: readonly SliceEndpoint[],
  port: { name?: string; port?: number; protocol?: string } = {},
): EndpointSlice => ({
  metadata: { namespace: 'default', name: `${service}-1`, labels: { 'kubernetes.io/service-name': service } },
  addressType: 'IPv4',
  endpoints: endpoints.map(({ ip, nodeName, conditions }) => ({ addresses: [ip], nodeName, conditions })),
  ports: [{ name: '', port: 8080, protocol: 'TCP', ...port }],
})
