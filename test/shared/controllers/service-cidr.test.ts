import { afterEach, expect, it } from 'vitest'
import type { Controller } from '../../../shared/controllers/controller.ts'
import { createServiceCidrController } from '../../../shared/controllers/service-cidr.ts'
import { systemNamespacesController } from '../../../shared/controllers/system-namespaces.ts'
import type { ServiceCIDR } from '../../../shared/resources/resource.ts'
import { events, ipAddresses, serviceCIDRs } from '../../../shared/resources/resource.ts'
import { allControllers, createMovableClock, startTestCluster, type TestCluster } from './environment.ts'

let cluster: TestCluster
afterEach(() => cluster.stop())

const start = async (controllers: readonly Controller[] = allControllers()) => {
  const clock = createMovableClock()
  cluster = await startTestCluster({ controllers, clock })
  return clock
}
const found = () => cluster.cache.get(serviceCIDRs, '', 'kubernetes')
const ready = (cidr: ServiceCIDR | undefined) => cidr?.status?.conditions?.find(({ type }) => type === 'Ready')
const isReady = () => ready(found())?.status === 'True'

it('the range of Services is an object from the start', async () => {
  await start()
  await cluster.until(isReady)
  expect(found()).toMatchObject({
    metadata: { name: 'kubernetes', finalizers: ['networking.k8s.io/service-cidr-finalizer'] },
    spec: { cidrs: ['10.96.0.0/16'] },
    status: { conditions: [{ type: 'Ready', status: 'True', reason: '', message: 'Kubernetes Service CIDR is ready' }] },
  })
})

it('it gets its finalizer and condition back', async () => {
  await start()
  await cluster.until(isReady)
  await cluster.client.patch(serviceCIDRs, '', 'kubernetes', { type: 'merge', body: { metadata: { finalizers: null } } })
  await cluster.until(() => found()?.metadata.finalizers?.length === 1)
  await cluster.client.patch(
    serviceCIDRs,
    '',
    'kubernetes',
    { type: 'merge', body: { status: { conditions: null } } },
    { subresource: 'status' },
  )
  await cluster.until(isReady)
})

it('deleted, it waits for its addresses, then a grace, and comes back', async () => {
  const clock = await start([createServiceCidrController({ serviceCIDR: '10.96.0.0/16' })])
  await cluster.until(isReady)
  const { uid } = found()!.metadata
  await cluster.client.create(ipAddresses, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: { name: '10.96.3.3', labels: { 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' } },
    spec: { parentRef: { resource: 'services', namespace: 'default', name: 's' } },
  })
  await cluster.client.delete(serviceCIDRs, '', 'kubernetes')
  await cluster.until(() => ready(found())?.reason === 'Terminating')
  expect(ready(found())).toMatchObject({
    status: 'False',
    message: 'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
  })
  await cluster.client.delete(ipAddresses, '', '10.96.3.3')
  await cluster.cache.sync()
  await cluster.idle()
  expect(found()?.metadata.uid).toBe(uid)
  clock.advance(11_000)
  // Without waiting for its timer.
  await cluster.client.patch(serviceCIDRs, '', 'kubernetes', { type: 'merge', body: { metadata: { labels: { a: 'b' } } } })
  await cluster.until(() => found() && found()?.metadata.uid !== uid && isReady())
})

it('says so where it is another range than the cluster was started with', async () => {
  await start([systemNamespacesController, createServiceCidrController({ serviceCIDR: '10.96.0.0/16' })])
  await cluster.until(isReady)
  const body = { spec: { cidrs: ['10.96.0.0/16', 'fd00::/112'] } }
  await cluster.client.patch(serviceCIDRs, '', 'kubernetes', { type: 'merge', body })
  const event = await cluster.until(() =>
    cluster.cache.list(events).find(({ reason }) => reason === 'KubernetesDefaultServiceCIDRInconsistent'),
  )
  expect(event).toMatchObject({
    type: 'Warning',
    source: { component: 'service-cidr-controller' },
    message: 'The default ServiceCIDR [10.96.0.0/16 fd00::/112] does not match the controller flag configurations [10.96.0.0/16]',
  })
})
