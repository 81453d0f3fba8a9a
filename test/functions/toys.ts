import { apiServices, pods, services } from '../../shared/resources/resource.ts'
import type { Functions } from './environment.ts'

/** of the APIService */
export const toysService = 'v1.toys.example.com'
export const toys = '/apis/toys.example.com/v1/toys'

/** An APIService, its Service and a ready pod behind it. */
export const registerToys = async (run: Functions, podIP = '10.244.0.2'): Promise<void> => {
  await run.addNode('i-1')
  const metadata = { name: 'toys', namespace: 'default' }
  await run.client.create(services, {
    ...{ apiVersion: 'v1', kind: 'Service', metadata },
    spec: { selector: { app: 'toys' }, ports: [{ port: 443, protocol: 'TCP', targetPort: 8443 }] },
  })
  await run.client.create(pods, {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, labels: { app: 'toys' } } },
    spec: { nodeName: 'i-1', containers: [{ name: 'c', image: 'i' }] },
  })
  const podStatus = {
    phase: 'Running',
    podIP,
    podIPs: [{ ip: podIP }],
    conditions: [{ type: 'Ready', status: 'True' }],
  }
  const body = { status: podStatus }
  await run.client.patch(pods, 'default', 'toys', { type: 'strategic', body }, { subresource: 'status' })
  await run.client.create(apiServices, {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: toysService },
    spec: {
      ...{ group: 'toys.example.com', version: 'v1', groupPriorityMinimum: 1000, versionPriority: 15 },
      ...{ service: { namespace: 'default', name: 'toys' }, insecureSkipTLSVerify: true },
    },
  })
}
