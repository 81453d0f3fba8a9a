import { afterEach, beforeEach, expect, it } from 'vitest'
import { cleanupFinalizer } from '../../shared/load-balancer/load-balancer-controller.ts'
import { events, nodes, type Service, services } from '../../shared/resources/resource.ts'
import { type Functions, startFunctions } from './environment.ts'

let run: Functions
beforeEach(async () => {
  run = await startFunctions()
  await run.resync('start')
  await run.addNode('i-1')
  await run.addNode('i-2')
  await run.settle()
})
afterEach(() => run.stop())

const create = async (spec: Partial<Service['spec']> = {}, annotations: Record<string, string> = {}): Promise<Service> => {
  await run.client.create(services, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default', annotations },
    spec: {
      type: 'LoadBalancer',
      selector: { app: 'web' },
      ports: [{ name: 'http', port: 80, nodePort: 30080, protocol: 'TCP' }],
      ...spec,
    },
  })
  await run.settle()
  return current()
}
const current = () => run.client.get(services, 'default', 'web')
const change = async (body: Record<string, unknown>) => {
  await run.client.patch(services, 'default', 'web', { type: 'merge', body })
  await run.settle()
}
const reasons = async () =>
  (await run.client.list(events)).items.flatMap(({ involvedObject, reason }) =>
    involvedObject?.kind === 'Service' ? [reason] : [],
  )

it('gives a Service a load balancer over all nodes, and its name', async () => {
  const service = await create({
    ports: [
      { name: 'http', port: 80, nodePort: 30080, protocol: 'TCP' },
      { name: 'dns', port: 53, nodePort: 30053, protocol: 'UDP' },
    ],
  })
  expect(run.elb.routes()).toEqual(['TCP 80 -> 30080 on i-1, i-2', 'UDP 53 -> 30053 on i-1, i-2'])
  const [balancer] = run.elb.balancers
  expect(balancer).toMatchObject({
    Type: 'network',
    Scheme: 'internet-facing',
    Subnets: ['subnet-a', 'subnet-b'],
    SecurityGroups: ['sg-balancers', run.elb.securityGroups[0]?.GroupId],
    Tags: [
      { Key: 'windlass.dev/cluster', Value: 'test' },
      { Key: 'windlass.dev/service', Value: 'default/web' },
    ],
  })
  expect(service.status?.loadBalancer).toEqual({ ingress: [{ hostname: String(balancer?.DNSName) }] })
  expect(run.elb.securityGroups.map(({ rules }) => [...rules])).toEqual([['tcp 80 0.0.0.0/0', 'udp 53 0.0.0.0/0']])
  expect(service.metadata.finalizers).toEqual([cleanupFinalizer])
  expect(await reasons()).toEqual(['EnsuringLoadBalancer', 'EnsuredLoadBalancer'])
  expect(run.elb.targetGroups.map(({ HealthCheckProtocol, HealthCheckPort }) => [HealthCheckProtocol, HealthCheckPort])).toEqual([
    ['TCP', 'traffic-port'],
    ['HTTP', '10256'],
  ])
})

it('follows ports, nodes and policy, and does nothing when nothing changed', async () => {
  await create()
  await change({ spec: { ports: [{ name: 'http', port: 8080, nodePort: 30081, protocol: 'TCP' }] } })
  expect(run.elb.routes()).toEqual(['TCP 8080 -> 30081 on i-1, i-2'])
  expect(run.elb.targetGroups).toHaveLength(1)

  await run.addNode('i-3')
  await run.client.patch(nodes, '', 'i-1', {
    type: 'merge',
    body: { metadata: { labels: { 'node.kubernetes.io/exclude-from-external-load-balancers': '' } } },
  })
  await run.settle()
  expect(run.elb.routes()).toEqual(['TCP 8080 -> 30081 on i-2, i-3'])

  await change({ spec: { externalTrafficPolicy: 'Local' } })
  const { healthCheckNodePort } = (await current()).spec
  expect(run.elb.targetGroups[0]).toMatchObject({
    HealthCheckProtocol: 'HTTP',
    HealthCheckPort: String(healthCheckNodePort),
    HealthCheckPath: '/healthz',
  })

  const before = run.elb.calls.length
  await change({ metadata: { annotations: { note: 'x' } } })
  expect(run.elb.calls.slice(before).filter((call) => !call.startsWith('Describe'))).toEqual([])
})

it('lets in only those whom the Service names', async () => {
  await create({ loadBalancerSourceRanges: ['192.0.2.0/24', '198.51.100.7/32'] })
  expect(run.elb.securityGroups.map(({ rules }) => [...rules])).toEqual([['tcp 80 192.0.2.0/24', 'tcp 80 198.51.100.7/32']])
  expect(run.elb.balancers[0]?.SecurityGroups).toEqual(['sg-balancers', run.elb.securityGroups[0]?.GroupId])
  await change({ spec: { loadBalancerSourceRanges: ['192.0.2.0/24'] } })
  expect(run.elb.securityGroups.map(({ rules }) => [...rules])).toEqual([['tcp 80 192.0.2.0/24']])
  await change({ spec: { loadBalancerSourceRanges: null } })
  expect(run.elb.securityGroups.map(({ rules }) => [...rules])).toEqual([['tcp 80 0.0.0.0/0']])
})

it('is internal when asked to be, with another load balancer', async () => {
  await create()
  await change({ metadata: { annotations: { 'service.beta.kubernetes.io/aws-load-balancer-internal': 'true' } } })
  expect(run.elb.balancers.map(({ Scheme }) => Scheme)).toEqual(['internal'])
  expect(run.elb.routes()).toEqual(['TCP 80 -> 30080 on i-1, i-2'])
  expect((await current()).status?.loadBalancer?.ingress).toEqual([{ hostname: String(run.elb.balancers[0]?.DNSName) }])
})

it.each(['CreateLoadBalancer', 'CreateTargetGroup', 'CreateListener', 'RegisterTargets', 'CreateSecurityGroup'])(
  'makes nothing twice when the answer to %s is lost',
  async (call) => {
    run.elb.loseAnswersOf.add(call)
    const service = await create({ loadBalancerSourceRanges: ['192.0.2.0/24'] })
    expect(service.status?.loadBalancer?.ingress).toHaveLength(1)
    expect(
      [run.elb.balancers, run.elb.targetGroups, run.elb.listeners, run.elb.securityGroups].map(({ length }) => length),
    ).toEqual([1, 1, 1, 1])
    expect(await reasons()).toContain('SyncLoadBalancerFailed')
  },
)

it('leaves nothing behind: the Service goes when all is gone', async () => {
  await create({ loadBalancerSourceRanges: ['192.0.2.0/24'] })
  await run.client.delete(services, 'default', 'web')
  await run.settle(60_000)
  expect((await run.client.list(services, { namespace: 'default' })).items.map(({ metadata }) => metadata.name)).not.toContain(
    'web',
  )
  expect([run.elb.balancers, run.elb.targetGroups, run.elb.listeners, run.elb.securityGroups]).toEqual([[], [], [], []])
  expect(await reasons()).toContain('DeletedLoadBalancer')
})

it('takes the load balancer away from a Service that is of that type no more', async () => {
  await create()
  await change({ spec: { type: 'ClusterIP' } })
  const service = await current()
  expect(run.elb.balancers).toEqual([])
  expect(service.metadata.finalizers ?? []).toEqual([])
  expect(service.status?.loadBalancer).toEqual({})
})

it.each([
  [{ loadBalancerClass: 'example.com/other' }, {}, []],
  [
    {
      ports: [
        { name: 'a', port: 53, nodePort: 30053, protocol: 'TCP' },
        { name: 'b', port: 53, nodePort: 30053, protocol: 'UDP' },
      ],
    },
    {},
    ['EnsuringLoadBalancer', 'SyncLoadBalancerFailed'],
  ],
  [{}, { 'service.beta.kubernetes.io/aws-load-balancer-scheme': 'public' }, ['EnsuringLoadBalancer', 'SyncLoadBalancerFailed']],
])('makes none for %j %j, and says why', async (spec, annotations, said) => {
  await create(spec, annotations)
  expect(run.elb.balancers).toEqual([])
  expect(await reasons()).toEqual(said)
})
