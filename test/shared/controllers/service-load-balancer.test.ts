import { afterEach, expect, it } from 'vitest'
import { createServiceLoadBalancerController } from '../../../shared/controllers/service-load-balancer.ts'
import { namespaces, services } from '../../../shared/resources/resource.ts'
import { startTestCluster, type TestCluster } from './environment.ts'

let cluster: TestCluster | undefined
afterEach(async () => cluster?.stop())

it('follows the machine into another network', async () => {
  let address = '192.0.2.7'
  const controller = createServiceLoadBalancerController({ addresses: () => [address], lookEveryMs: 20 })
  cluster = await startTestCluster({ controllers: [controller] })
  const { client, cache } = cluster
  await client.create(namespaces, { metadata: { name: 'default' } })
  const spec = { type: 'LoadBalancer', ports: [{ port: 80 }] }
  await client.create(services, { metadata: { name: 'web', namespace: 'default' }, spec })
  const ingress = () => cache.get(services, 'default', 'web')?.status?.loadBalancer?.ingress?.map(({ ip }) => ip)
  await expect.poll(ingress).toEqual(['192.0.2.7'])
  address = '198.51.100.9'
  await expect.poll(ingress).toEqual(['198.51.100.9'])
})
