import type { Client, Resource } from '../client/client.ts'
import type { KubeObject } from '../meta/object.ts'
import { serviceNameLabel } from '../resources/discovery/service-name-label.ts'
import { type EndpointSlice, type Endpoints, endpointSlices, endpoints, type Service, services } from '../resources/resource.ts'
import { type Controller, watch } from './controller.ts'
import { createMissing } from './namespace-content.ts'
import { semanticallyEqual } from './semantic-equality.ts'

const namespace = 'default'
const name = 'kubernetes'

export interface KubernetesServiceOptions {
  /** where pods reach the API server */
  readonly apiServer: { readonly address: string; readonly port: number }
  /** the first address of the Service range: `10.96.0.1` */
  readonly clusterIP: string
}

/** The `kubernetes` Service: how pods find the API server. */
export const createKubernetesServiceController = (options: KubernetesServiceOptions): Controller => {
  const wanted = { service: serviceOf(options), slice: sliceOf(options), endpoints: endpointsOf(options) }
  const ownKey = (object: KubeObject | undefined, previous: KubeObject | undefined) => {
    const { metadata } = (object ?? previous)!
    return metadata.namespace === namespace && metadata.name === name ? [name] : []
  }
  return {
    name: 'kubernetes-service',
    initialKeys: [name],
    watches: [watch(services, ownKey), watch(endpointSlices, ownKey), watch(endpoints, ownKey)],
    reconcile: async (_key, { cache, client }) => {
      if (!cache.get(services, namespace, name)) await createMissing(client, services, wanted.service)
      const slice = cache.get(endpointSlices, namespace, name)
      await keep(client, endpointSlices, { existing: slice, wanted: wanted.slice, fields: ['endpoints', 'ports'] })
      const existing = cache.get(endpoints, namespace, name)
      await keep(client, endpoints, { existing, wanted: wanted.endpoints, fields: ['subsets'] })
    },
  }
}

const keep = async <T extends KubeObject>(
  client: Client,
  resource: Resource<T>,
  { existing, wanted, fields }: { existing: T | undefined; wanted: T; fields: readonly string[] },
): Promise<void> => {
  if (!existing) return createMissing(client, resource, wanted)
  const drifted = fields.some((field) => !semanticallyEqual(existing[field], wanted[field]))
  if (!drifted) return
  const labels = { ...existing.metadata.labels, ...wanted.metadata.labels }
  await client.update(resource, { ...wanted, metadata: { ...existing.metadata, labels } })
}

const serviceOf = ({ clusterIP, apiServer }: KubernetesServiceOptions): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace, labels: { component: 'apiserver', provider: 'kubernetes' } },
  spec: {
    type: 'ClusterIP',
    clusterIP,
    clusterIPs: [clusterIP],
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    sessionAffinity: 'None',
    ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: apiServer.port }],
  },
})

const sliceOf = ({ apiServer }: KubernetesServiceOptions): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name, namespace, labels: { [serviceNameLabel]: name } },
  addressType: 'IPv4',
  endpoints: [{ addresses: [apiServer.address], conditions: { ready: true } }],
  ports: [{ name: 'https', port: apiServer.port, protocol: 'TCP' }],
})

const endpointsOf = ({ apiServer }: KubernetesServiceOptions): Endpoints => ({
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: { name, namespace, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
  subsets: [{ addresses: [{ ip: apiServer.address }], ports: [{ name: 'https', port: apiServer.port, protocol: 'TCP' }] }],
})
