import type { EC2Client, IpPermission } from '@aws-sdk/client-ec2'
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'

type Fields = Record<string, unknown>
interface Balancer extends Fields {
  LoadBalancerName: string
  LoadBalancerArn: string
}
interface Listener extends Fields {
  LoadBalancerArn: string
  ListenerArn: string
  Protocol: string
  Port: number
  DefaultActions: { TargetGroupArn: string }[]
}
interface TargetGroup extends Fields {
  TargetGroupName: string
  TargetGroupArn: string
  targets: Set<string>
}
interface Group {
  GroupId: string
  GroupName: string
  rules: Set<string>
}

/** Elastic load balancing and EC2's security groups, as far as load balancers of Services need them, with their refusals. */
export class FakeElb {
  readonly balancers: Balancer[] = []
  readonly listeners: Listener[] = []
  readonly targetGroups: TargetGroup[] = []
  readonly securityGroups: Group[] = []
  readonly calls: string[] = []
  /** of these calls the effect comes, and no answer */
  loseAnswersOf = new Set<string>()
  #last = 0

  readonly client = { send: (command: object) => this.#send(command) } as unknown as Pick<ElasticLoadBalancingV2Client, 'send'>
  readonly ec2 = { send: (command: object) => this.#send(command) } as unknown as Pick<EC2Client, 'send'>

  /** `TCP 80 -> 30080 on i-1, i-2` */
  routes(): string[] {
    return this.listeners.map(({ Protocol, Port, DefaultActions }) => {
      const group = this.targetGroups.find(({ TargetGroupArn }) => TargetGroupArn === DefaultActions[0]?.TargetGroupArn)
      return `${Protocol} ${Port} -> ${String(group?.Port)} on ${[...(group?.targets ?? [])].sort().join(', ')}`
    })
  }

  async #send(command: object): Promise<unknown> {
    const name = command.constructor.name.replace(/Command$/, '')
    this.calls.push(name)
    const answer = this.#handlers[name]?.((command as { input: Fields }).input)
    if (answer === undefined) throw new Error(`unexpected ${name}`)
    if (this.loseAnswersOf.delete(name)) throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError' })
    return answer
  }

  readonly #handlers: Readonly<Record<string, (input: Fields) => unknown>> = {
    DescribeLoadBalancers: ({ Names }) => {
      const found = this.balancers.filter(({ LoadBalancerName }) => (Names as string[]).includes(LoadBalancerName))
      if (found.length === 0) throw named('LoadBalancerNotFoundException')
      return { LoadBalancers: found }
    },
    CreateLoadBalancer: ({ Name, ...rest }) => {
      const made = {
        ...rest,
        LoadBalancerName: String(Name),
        LoadBalancerArn: `arn:lb/${Name}`,
        DNSName: `${Name}-1.elb.eu-west-1.amazonaws.com`,
        State: { Code: 'provisioning' },
      }
      this.balancers.push(made)
      return { LoadBalancers: [made] }
    },
    DeleteLoadBalancer: ({ LoadBalancerArn }) => {
      remove(this.balancers, (each) => each.LoadBalancerArn === LoadBalancerArn)
      remove(this.listeners, (each) => each.LoadBalancerArn === LoadBalancerArn)
      return {}
    },
    SetSecurityGroups: ({ LoadBalancerArn, SecurityGroups }) => {
      for (const each of this.balancers) if (each.LoadBalancerArn === LoadBalancerArn) each.SecurityGroups = SecurityGroups
      return {}
    },
    DescribeListeners: ({ LoadBalancerArn }) => ({
      Listeners: this.listeners.filter((each) => each.LoadBalancerArn === LoadBalancerArn),
    }),
    CreateListener: (input) => {
      const taken = this.listeners.some((each) => each.LoadBalancerArn === input.LoadBalancerArn && each.Port === input.Port)
      if (taken) throw named('DuplicateListenerException')
      const [{ TargetGroupArn = '' } = {}] = input.DefaultActions as Listener['DefaultActions']
      const others = this.listeners.filter((each) => each.LoadBalancerArn !== input.LoadBalancerArn)
      if (others.some(({ DefaultActions }) => DefaultActions[0]?.TargetGroupArn === TargetGroupArn))
        throw named('TargetGroupAssociationLimitException')
      this.listeners.push({ ...(input as Listener), ListenerArn: `arn:listener/${++this.#last}` })
      return {}
    },
    ModifyListener: ({ ListenerArn, DefaultActions }) => {
      for (const each of this.listeners)
        if (each.ListenerArn === ListenerArn) each.DefaultActions = DefaultActions as Listener['DefaultActions']
      return {}
    },
    DeleteListener: ({ ListenerArn }) => {
      remove(this.listeners, (each) => each.ListenerArn === ListenerArn)
      return {}
    },
    DescribeTargetGroups: ({ Names }) => {
      const found = this.targetGroups.filter(({ TargetGroupName }) => !Names || (Names as string[]).includes(TargetGroupName))
      if (Names && found.length === 0) throw named('TargetGroupNotFoundException')
      return { TargetGroups: found }
    },
    CreateTargetGroup: ({ Name, ...rest }) => {
      const made = { ...rest, TargetGroupName: String(Name), TargetGroupArn: `arn:tg/${Name}`, targets: new Set<string>() }
      this.targetGroups.push(made)
      return { TargetGroups: [made] }
    },
    ModifyTargetGroup: ({ TargetGroupArn, ...rest }) => {
      for (const each of this.targetGroups) if (each.TargetGroupArn === TargetGroupArn) Object.assign(each, rest)
      return {}
    },
    DeleteTargetGroup: ({ TargetGroupArn }) => {
      if (this.listeners.some(({ DefaultActions }) => DefaultActions[0]?.TargetGroupArn === TargetGroupArn))
        throw named('ResourceInUseException')
      remove(this.targetGroups, (each) => each.TargetGroupArn === TargetGroupArn)
      return {}
    },
    DescribeTargetHealth: ({ TargetGroupArn }) => ({
      TargetHealthDescriptions: [...this.#targets(TargetGroupArn)].map((Id) => ({
        Target: { Id },
        TargetHealth: { State: 'initial' },
      })),
    }),
    RegisterTargets: ({ TargetGroupArn, Targets }) => {
      for (const { Id } of Targets as { Id: string }[]) this.#targets(TargetGroupArn).add(Id)
      return {}
    },
    DeregisterTargets: ({ TargetGroupArn, Targets }) => {
      for (const { Id } of Targets as { Id: string }[]) this.#targets(TargetGroupArn).delete(Id)
      return {}
    },
    DescribeSecurityGroups: ({ Filters }) => {
      const [name] = (Filters as { Values: string[] }[])[0]?.Values ?? []
      const found = this.securityGroups.filter(({ GroupName }) => GroupName === name)
      return { SecurityGroups: found.map((each) => ({ ...each, IpPermissions: permissionsOf(each) })) }
    },
    CreateSecurityGroup: ({ GroupName }) => {
      const GroupId = `sg-${++this.#last}`
      this.securityGroups.push({ GroupId, GroupName: String(GroupName), rules: new Set() })
      return { GroupId }
    },
    AuthorizeSecurityGroupIngress: ({ GroupId, IpPermissions }) => {
      for (const text of (IpPermissions as IpPermission[]).map(ruleText)) this.#rules(GroupId).add(text)
      return {}
    },
    RevokeSecurityGroupIngress: ({ GroupId, IpPermissions }) => {
      for (const text of (IpPermissions as IpPermission[]).map(ruleText)) this.#rules(GroupId).delete(text)
      return {}
    },
    DeleteSecurityGroup: ({ GroupId }) => {
      if (this.balancers.some(({ SecurityGroups }) => (SecurityGroups as string[]).includes(String(GroupId))))
        throw named('DependencyViolation')
      remove(this.securityGroups, (each) => each.GroupId === GroupId)
      return {}
    },
  }

  #targets(arn: unknown): Set<string> {
    const found = this.targetGroups.find(({ TargetGroupArn }) => TargetGroupArn === arn)
    if (!found) throw named('TargetGroupNotFoundException')
    return found.targets
  }

  #rules(id: unknown): Set<string> {
    return this.securityGroups.find(({ GroupId }) => GroupId === id)?.rules ?? new Set()
  }
}

const named = (name: string) => Object.assign(new Error(name), { name })
const remove = <T>(list: T[], which: (each: T) => boolean): void => {
  for (let i = list.length - 1; i >= 0; i--) if (which(list[i]!)) list.splice(i, 1)
}
/** `tcp 80 10.0.0.0/8` */
const ruleText = ({ IpProtocol, FromPort, IpRanges }: IpPermission) => `${IpProtocol} ${FromPort} ${IpRanges?.[0]?.CidrIp}`
const permissionsOf = ({ rules }: Group): IpPermission[] =>
  [...rules].map((text) => {
    const [IpProtocol, port, CidrIp] = text.split(' ')
    return { IpProtocol, FromPort: Number(port), ToPort: Number(port), IpRanges: [{ CidrIp }] }
  })
