import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  DeleteListenerCommand,
  DeleteLoadBalancerCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  type ElasticLoadBalancingV2Client,
  type LoadBalancer,
  ModifyListenerCommand,
  SetSecurityGroupsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { BalancedPort, LoadBalancers, WantedLoadBalancer } from '../load-balancers.ts'
import { namesOf } from './names.ts'
import type { BalancerNetwork } from './network.ts'
import { type createSecurityGroups, tagsOf } from './security-groups.ts'
import { ensureTargetGroup, removeTargetGroups } from './target-groups.ts'

export interface NetworkLoadBalancersOptions {
  readonly client: Pick<ElasticLoadBalancingV2Client, 'send'>
  readonly clusterName: string
  readonly network: () => Promise<BalancerNetwork>
  readonly securityGroups: ReturnType<typeof createSecurityGroups>
}

/** Network load balancers: found again by name after a lost answer, corrected where they differ. */
export const createNetworkLoadBalancers = (options: NetworkLoadBalancersOptions): LoadBalancers => {
  const { client, clusterName, network, securityGroups } = options
  return {
    ensure: async (wanted) => {
      const names = namesOf(clusterName, wanted.service)
      const { vpc, subnets, balancerGroup } = await network()
      // First, since its target groups serve one load balancer at a time.
      await removeBalancer(client, names.loadBalancer(!wanted.internal))
      const groups = [balancerGroup, await securityGroups.ensure(wanted, vpc)]
      const balancer = await ensureBalancer(options, { wanted, subnets, groups })
      const targets = new Map<BalancedPort, string>()
      for (const port of wanted.ports) targets.set(port, await ensureTargetGroup(client, { clusterName, vpc, wanted, port }))
      await ensureListeners(options, { wanted, balancer, targets })
      // What another shape of the Service needed.
      await removeTargetGroups(client, names.targetGroupPrefix, new Set(targets.values()))
      return { hostname: (balancer.DNSName ?? '').toLowerCase() }
    },
    remove: async (service) => {
      const names = namesOf(clusterName, service)
      for (const internal of [false, true]) await removeBalancer(client, names.loadBalancer(internal))
      const free = await removeTargetGroups(client, names.targetGroupPrefix, new Set())
      return (await securityGroups.remove(service)) && free
    },
  }
}

type Client = NetworkLoadBalancersOptions['client']

const ensureBalancer = async (
  { client, clusterName }: NetworkLoadBalancersOptions,
  { wanted, subnets, groups }: { wanted: WantedLoadBalancer; subnets: readonly string[]; groups: readonly string[] },
): Promise<LoadBalancer> => {
  const Name = namesOf(clusterName, wanted.service).loadBalancer(wanted.internal)
  const found = await findBalancer(client, Name)
  if (!found) {
    const { LoadBalancers: [made] = [] } = await client.send(
      new CreateLoadBalancerCommand({
        Name,
        Type: 'network',
        Scheme: wanted.internal ? 'internal' : 'internet-facing',
        IpAddressType: 'ipv4',
        Subnets: [...subnets],
        SecurityGroups: [...groups],
        Tags: tagsOf(clusterName, wanted.service),
      }),
    )
    if (!made) throw new Error(`${Name} was made, but not said to be`)
    return made
  }
  if (found.State?.Code === 'failed')
    throw new Error(`the load balancer ${Name} has failed: ${found.State.Reason ?? 'no reason is given'}`)
  const same = [...(found.SecurityGroups ?? [])].sort().join() === [...groups].sort().join()
  if (!same)
    await client.send(new SetSecurityGroupsCommand({ LoadBalancerArn: found.LoadBalancerArn, SecurityGroups: [...groups] }))
  return found
}

const findBalancer = async (client: Client, name: string): Promise<LoadBalancer | undefined> => {
  try {
    const { LoadBalancers = [] } = await client.send(new DescribeLoadBalancersCommand({ Names: [name] }))
    return LoadBalancers[0]
  } catch (error) {
    if (error instanceof Error && error.name === 'LoadBalancerNotFoundException') return undefined
    throw error
  }
}

const removeBalancer = async (client: Client, name: string): Promise<void> => {
  const found = await findBalancer(client, name)
  if (found) await client.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: found.LoadBalancerArn }))
}

const ensureListeners = async (
  { client, clusterName }: NetworkLoadBalancersOptions,
  context: { wanted: WantedLoadBalancer; balancer: LoadBalancer; targets: ReadonlyMap<BalancedPort, string> },
): Promise<void> => {
  const { wanted, balancer, targets } = context
  const { LoadBalancerArn } = balancer
  const { Listeners = [] } = await client.send(new DescribeListenersCommand({ LoadBalancerArn }))
  const idOf = (protocol: string | undefined, port: number | undefined) => `${protocol} ${port}`
  const held = new Map(Listeners.map((listener) => [idOf(listener.Protocol, listener.Port), listener]))
  const ports = new Map([...targets].map(([port, arn]) => [idOf(port.protocol, port.port), { port, arn }]))
  // First those that go: a port holds one listener, of one protocol.
  for (const [id, { ListenerArn }] of held) if (!ports.has(id)) await client.send(new DeleteListenerCommand({ ListenerArn }))
  for (const [id, { port, arn }] of ports) {
    const DefaultActions = [{ Type: 'forward' as const, TargetGroupArn: arn }]
    const listener = held.get(id)
    if (!listener) {
      const Tags = tagsOf(clusterName, wanted.service)
      const listening = { LoadBalancerArn, Protocol: port.protocol, Port: port.port, DefaultActions, Tags }
      await client.send(new CreateListenerCommand(listening))
    } else if (listener.DefaultActions?.[0]?.TargetGroupArn !== arn)
      await client.send(new ModifyListenerCommand({ ListenerArn: listener.ListenerArn, DefaultActions }))
  }
}
