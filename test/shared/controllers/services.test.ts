import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  configMaps,
  type EndpointSlice,
  endpointSlices,
  endpoints,
  ipAddresses,
  type Pod,
  pods,
  type Service,
  serviceAccounts,
  services,
} from '../../../shared/resources/resource.ts'
import { allControllers, startTestCluster, type TestCluster } from './environment.ts'

let cluster: TestCluster
let unready: Set<string>
beforeAll(async () => {
  unready = new Set()
  cluster = await startTestCluster({ controllers: allControllers() })
  await cluster.until(() => cluster.cache.get(serviceAccounts, 'default', 'default'))
  await cluster.addNode('node-1', { labels: { 'topology.kubernetes.io/zone': 'z1' } })
  cluster.playKubelet({ ready: ({ metadata }) => !unready.has(metadata.name) })
})
afterAll(() => cluster.stop())

const addService = (name: string, spec: Partial<Service['spec']>) =>
  cluster.client.create(services, { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'default' }, spec })
const addPod = (name: string, app: string, spec: Partial<Pod['spec']> = {}) =>
  cluster.client.create(pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: { app } },
    spec: { containers: [{ name: 'c', image: 'i', ports: [{ name: 'web', containerPort: 8080 }] }], nodeName: 'node-1', ...spec },
  })
const slicesOf = (service: string): EndpointSlice[] =>
  cluster.cache
    .list(endpointSlices, 'default')
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === service)
const endpointOf = (service: string, pod: string) =>
  slicesOf(service)
    .flatMap(({ endpoints }) => endpoints ?? [])
    .find(({ targetRef }) => targetRef?.name === pod)

describe('endpoints', () => {
  it('name ports by the pod, tell ready from not, and where the pod is', async () => {
    unready.add('a-2')
    await addService('a', { selector: { app: 'a' }, ports: [{ name: 'http', port: 80, targetPort: 'web' }] })
    await addPod('a-1', 'a')
    await addPod('a-2', 'a')
    const ready = await cluster.until(() => endpointOf('a', 'a-1')?.conditions?.ready && endpointOf('a', 'a-1'))
    expect(ready).toMatchObject({
      conditions: { ready: true, serving: true, terminating: false },
      nodeName: 'node-1',
      zone: 'z1',
    })
    expect(slicesOf('a')[0]).toMatchObject({ addressType: 'IPv4', ports: [{ name: 'http', port: 8080, protocol: 'TCP' }] })
    const notReady = await cluster.until(() => endpointOf('a', 'a-2'))
    expect(notReady.conditions).toEqual({ ready: false, serving: false, terminating: false })
    const [subset] = await cluster.until(() => {
      const found = cluster.cache.get(endpoints, 'default', 'a')?.subsets
      return found?.[0]?.addresses?.length && found[0].notReadyAddresses?.length ? found : undefined
    })
    expect(subset?.ports).toEqual([{ name: 'http', port: 8080, protocol: 'TCP' }])
  })

  it('of a headless Service carry hostnames, and not-ready ones when it wants them', async () => {
    unready.add('b-1')
    await addService('b', { clusterIP: 'None', selector: { app: 'b' }, publishNotReadyAddresses: true })
    await addPod('b-1', 'b', { hostname: 'first', subdomain: 'b' })
    const endpoint = await cluster.until(() => endpointOf('b', 'b-1'))
    expect(endpoint).toMatchObject({ hostname: 'first', conditions: { ready: true, serving: false } })
    expect(slicesOf('b')[0]?.metadata.labels).toMatchObject({ 'service.kubernetes.io/headless': '' })
  })

  it('of a Service that selects nothing are one empty slice', async () => {
    await addService('c', { selector: { app: 'nobody' }, ports: [{ port: 80 }] })
    const [slice] = await cluster.until(() => (slicesOf('c').length ? slicesOf('c') : undefined))
    expect(slice).toMatchObject({ endpoints: null })
    await cluster.idle()
    expect(slicesOf('c')).toHaveLength(1)
  })

  it('go with their Service', async () => {
    await cluster.client.delete(services, 'default', 'a')
    expect(await cluster.until(() => slicesOf('a').length === 0 && !cluster.cache.get(endpoints, 'default', 'a'))).toBe(true)
  })

  it('written by hand for a Service without a selector are mirrored', async () => {
    await addService('d', { ports: [{ name: 'sql', port: 5432 }] })
    const subsets = [
      { addresses: [{ ip: '192.0.2.7' }], notReadyAddresses: [{ ip: '192.0.2.8' }], ports: [{ name: 'sql', port: 5432 }] },
    ]
    await cluster.client.create(endpoints, {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'd', namespace: 'default' },
      subsets,
    })
    const [slice] = await cluster.until(() => (slicesOf('d').length ? slicesOf('d') : undefined))
    expect(slice?.metadata.labels?.['endpointslice.kubernetes.io/managed-by']).toBe('endpointslicemirroring-controller.k8s.io')
    expect(slice?.endpoints?.map(({ addresses, conditions }) => [addresses[0], conditions?.ready])).toEqual([
      ['192.0.2.7', true],
      ['192.0.2.8', false],
    ])
    await cluster.client.delete(endpoints, 'default', 'd')
    await cluster.until(() => slicesOf('d').length === 0)
  })
})

describe('the cluster itself', () => {
  it('has a kubernetes Service at the API server, again when it is deleted', async () => {
    const service = await cluster.until(() => cluster.cache.get(services, 'default', 'kubernetes'))
    expect(service.spec).toMatchObject({ clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443 }] })
    expect(slicesOf('kubernetes')[0]).toMatchObject({ endpoints: [{ addresses: ['172.18.0.1'] }], ports: [{ port: 6443 }] })
    await cluster.client.delete(services, 'default', 'kubernetes')
    const again = await cluster.until(() => {
      const now = cluster.cache.get(services, 'default', 'kubernetes')
      return now && now.metadata.uid !== service.metadata.uid ? now : undefined
    })
    expect(again.spec.clusterIP).toBe('10.96.0.1')
  })

  it('gives each namespace its certificate authority, against all changes', async () => {
    const name = 'kube-root-ca.crt'
    await cluster.client.patch(configMaps, 'default', name, { type: 'merge', body: { data: { 'ca.crt': 'forged', more: 'x' } } })
    const restored = await cluster.until(() => {
      const now = cluster.cache.get(configMaps, 'default', name)
      return now?.data?.['ca.crt'] === 'PEM' ? now : undefined
    })
    expect(restored.data).toEqual({ 'ca.crt': 'PEM' })
  })

  it('gives a LoadBalancer Service the address of the machine, and takes it back', async () => {
    await addService('lb', { type: 'LoadBalancer', selector: { app: 'a' }, ports: [{ port: 80 }] })
    const service = await cluster.until(() => {
      const now = cluster.cache.get(services, 'default', 'lb')
      return now?.status?.loadBalancer?.ingress ? now : undefined
    })
    expect(service.status?.loadBalancer?.ingress).toEqual([{ ip: '172.18.0.1', ipMode: 'VIP' }])
    await cluster.client.patch(services, 'default', 'lb', { type: 'merge', body: { spec: { type: 'ClusterIP' } } })
    await cluster.until(() => !cluster.cache.get(services, 'default', 'lb')?.status?.loadBalancer?.ingress)
  })

  it('leaves a young address without a Service alone: its Service may be on the way', async () => {
    const spec = { parentRef: { group: '', resource: 'services', namespace: 'default', name: 'not-yet' } }
    await cluster.client.create(ipAddresses, {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IPAddress',
      metadata: {
        name: '10.96.7.7',
        labels: { 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io', 'ipaddress.kubernetes.io/ip-family': 'IPv4' },
      },
      spec,
    })
    await cluster.idle()
    expect(cluster.cache.get(ipAddresses, '', '10.96.7.7')).toBeDefined()
  })
})
