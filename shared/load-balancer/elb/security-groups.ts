import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  type EC2Client,
  type IpPermission,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroup,
} from '@aws-sdk/client-ec2'
import type { WantedLoadBalancer } from '../load-balancers.ts'
import { clusterTag, namesOf, serviceTag } from './names.ts'

const everybody = ['0.0.0.0/0']

export interface SecurityGroupsOptions {
  readonly client: Pick<EC2Client, 'send'>
  readonly clusterName: string
}

/** A security group for each Service: who may connect, on which ports. */
export const createSecurityGroups = ({ client, clusterName }: SecurityGroupsOptions) => {
  const find = async (name: string): Promise<SecurityGroup | undefined> => {
    const Filters = [
      { Name: 'group-name', Values: [name] },
      { Name: `tag:${clusterTag}`, Values: [clusterName] },
    ]
    const { SecurityGroups: [found] = [] } = await client.send(new DescribeSecurityGroupsCommand({ Filters }))
    return found
  }
  return {
    /** Its id. */
    ensure: async ({ service, ports, sourceRanges }: WantedLoadBalancer, vpc: string): Promise<string> => {
      const name = namesOf(clusterName, service).securityGroup
      const found = await find(name)
      const GroupId = found?.GroupId ?? (await create(client, { name, vpc, tags: tagsOf(clusterName, service) }))
      const held = new Map((found?.IpPermissions ?? []).flatMap(each).map((rule) => [textOf(rule), rule]))
      const wanted = new Map(
        ports.flatMap(({ port, protocol }) =>
          (sourceRanges.length > 0 ? sourceRanges : everybody).map((cidr) => {
            const rule = ruleOf(protocol.toLowerCase(), port, cidr)
            return [textOf(rule), rule] as const
          }),
        ),
      )
      const missing = [...wanted].flatMap(([text, rule]) => (held.has(text) ? [] : [rule]))
      const surplus = [...held].flatMap(([text, rule]) => (wanted.has(text) ? [] : [rule]))
      if (missing.length) await client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: missing }))
      if (surplus.length) await client.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: surplus }))
      return GroupId
    },
    /** False: it is still in use. */
    remove: async (service: WantedLoadBalancer['service']): Promise<boolean> => {
      const found = await find(namesOf(clusterName, service).securityGroup)
      if (!found) return true
      try {
        await client.send(new DeleteSecurityGroupCommand({ GroupId: found.GroupId }))
        return true
      } catch (error) {
        if (error instanceof Error && error.name === 'DependencyViolation') return false
        if (error instanceof Error && error.name === 'InvalidGroup.NotFound') return true
        throw error
      }
    },
  }
}

const create = async (
  client: SecurityGroupsOptions['client'],
  { name, vpc, tags }: { name: string; vpc: string; tags: { Key: string; Value: string }[] },
): Promise<string> => {
  const { GroupId = '' } = await client.send(
    new CreateSecurityGroupCommand({
      GroupName: name,
      Description: 'Windlass: who may connect to a Service',
      VpcId: vpc,
      TagSpecifications: [{ ResourceType: 'security-group', Tags: tags }],
    }),
  )
  return GroupId
}

export const tagsOf = (clusterName: string, { namespace, name }: WantedLoadBalancer['service']) => [
  { Key: clusterTag, Value: clusterName },
  { Key: serviceTag, Value: `${namespace}/${name}` },
]

const ruleOf = (protocol: string, port: number, cidr: string): IpPermission => ({
  IpProtocol: protocol,
  FromPort: port,
  ToPort: port,
  ...(cidr.includes(':') ? { Ipv6Ranges: [{ CidrIpv6: cidr }] } : { IpRanges: [{ CidrIp: cidr }] }),
})

/** One permission of EC2 holds many ranges. */
const each = ({ IpProtocol = '', FromPort = 0, IpRanges = [], Ipv6Ranges = [] }: IpPermission): IpPermission[] =>
  [...IpRanges.map(({ CidrIp }) => CidrIp), ...Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6)].flatMap((cidr) =>
    cidr === undefined ? [] : [ruleOf(IpProtocol, FromPort, cidr)],
  )

const textOf = ({ IpProtocol, FromPort, IpRanges, Ipv6Ranges }: IpPermission) =>
  `${IpProtocol} ${FromPort} ${IpRanges?.[0]?.CidrIp ?? Ipv6Ranges?.[0]?.CidrIpv6}`
