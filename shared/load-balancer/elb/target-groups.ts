import {
  CreateTargetGroupCommand,
  DeleteTargetGroupCommand,
  DeregisterTargetsCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
  ModifyTargetGroupCommand,
  RegisterTargetsCommand,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { BalancedPort, WantedLoadBalancer } from '../load-balancers.ts'
import { namesOf } from './names.ts'
import { tagsOf } from './security-groups.ts'

type Client = Pick<ElasticLoadBalancingV2Client, 'send'>

/** where every node's agent answers, as kube-proxy does, as long as the node takes connections; the ECS agent's port is closed to others */
export const healthPort = '10256'

/** What a port's connections go to: the node port on every machine. Answers its ARN. */
export const ensureTargetGroup = async (
  client: Client,
  { clusterName, vpc, wanted, port }: { clusterName: string; vpc: string; wanted: WantedLoadBalancer; port: BalancedPort },
): Promise<string> => {
  const Name = namesOf(clusterName, wanted.service).targetGroup(port, wanted)
  const check = healthCheckOf(wanted, port)
  let found = await find(client, Name)
  if (!found) {
    const { TargetGroups: [made] = [] } = await client.send(
      new CreateTargetGroupCommand({
        Name,
        Protocol: port.protocol,
        Port: port.nodePort,
        VpcId: vpc,
        TargetType: 'instance',
        ...check,
        Tags: tagsOf(clusterName, wanted.service),
      }),
    )
    found = made
  }
  const TargetGroupArn = found?.TargetGroupArn ?? ''
  const differs = Object.entries(check).some(([key, value]) => found?.[key as keyof TargetGroup] !== value)
  if (differs) await client.send(new ModifyTargetGroupCommand({ TargetGroupArn, ...check }))
  await registerMachines(client, TargetGroupArn, wanted.machines)
  return TargetGroupArn
}

/** False: some are still in use by what is going. */
export const removeTargetGroups = async (client: Client, prefix: string, kept: ReadonlySet<string>): Promise<boolean> => {
  let all = true
  let Marker: string | undefined
  do {
    const page = await client.send(new DescribeTargetGroupsCommand({ Marker, PageSize: 400 }))
    for (const { TargetGroupName = '', TargetGroupArn = '' } of page.TargetGroups ?? []) {
      if (!TargetGroupName.startsWith(prefix) || kept.has(TargetGroupArn)) continue
      try {
        await client.send(new DeleteTargetGroupCommand({ TargetGroupArn }))
      } catch (error) {
        if (!(error instanceof Error && error.name === 'ResourceInUseException')) throw error
        all = false
      }
    }
    Marker = page.NextMarker
  } while (Marker !== undefined)
  return all
}

const find = async (client: Client, name: string): Promise<TargetGroup | undefined> => {
  try {
    const { TargetGroups = [] } = await client.send(new DescribeTargetGroupsCommand({ Names: [name] }))
    return TargetGroups[0]
  } catch (error) {
    if (error instanceof Error && error.name === 'TargetGroupNotFoundException') return undefined
    throw error
  }
}

/** Of UDP only something else can tell whether a node is healthy. */
const healthCheckOf = ({ healthCheck }: WantedLoadBalancer, { protocol }: BalancedPort) => {
  const rest = { HealthCheckIntervalSeconds: 10, HealthyThresholdCount: 2, UnhealthyThresholdCount: 2 }
  if (healthCheck)
    return {
      HealthCheckProtocol: 'HTTP' as const,
      HealthCheckPort: String(healthCheck.port),
      HealthCheckPath: healthCheck.path,
      ...rest,
    }
  if (protocol !== 'UDP') return { HealthCheckProtocol: 'TCP' as const, HealthCheckPort: 'traffic-port', ...rest }
  return { HealthCheckProtocol: 'HTTP' as const, HealthCheckPort: healthPort, HealthCheckPath: '/healthz', ...rest }
}

const registerMachines = async (client: Client, TargetGroupArn: string, machines: readonly string[]): Promise<void> => {
  const { TargetHealthDescriptions = [] } = await client.send(new DescribeTargetHealthCommand({ TargetGroupArn }))
  const registered = TargetHealthDescriptions.filter(({ TargetHealth }) => TargetHealth?.State !== 'draining')
  const held = new Set(registered.flatMap(({ Target }) => Target?.Id ?? []))
  const wanted = new Set(machines)
  const Targets = (ids: readonly string[]) => ids.map((Id) => ({ Id }))
  const missing = machines.filter((id) => !held.has(id))
  const surplus = [...held].filter((id) => !wanted.has(id))
  if (missing.length) await client.send(new RegisterTargetsCommand({ TargetGroupArn, Targets: Targets(missing) }))
  if (surplus.length) await client.send(new DeregisterTargetsCommand({ TargetGroupArn, Targets: Targets(surplus) }))
}
