import { type IVpc, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2'
import { Construct } from 'constructs'
import { networkTags } from '../../shared/load-balancer/elb/network.ts'
import { healthPort } from '../../shared/load-balancer/elb/target-groups.ts'

export interface LoadBalancerGroupProps {
  readonly vpc: IVpc
  readonly nodes: SecurityGroup
}

/** https://kubernetes.io/docs/reference/networking/ports-and-protocols/ */
const nodePorts = [30_000, 32_767] as const

/** The security group that nodes let in to their node ports: functions give it to the load balancers that they make for Services. */
export class LoadBalancerGroup extends Construct {
  /** for the Auto Scaling group, where functions find them */
  readonly tags: Readonly<Record<string, string>>

  constructor(scope: Construct, id: string, { vpc, nodes }: LoadBalancerGroupProps) {
    super(scope, id)
    const balancers = new SecurityGroup(this, 'Balancers', { vpc, description: 'Load balancers of Services' })
    for (const port of [Port.tcpRange(...nodePorts), Port.udpRange(...nodePorts), Port.tcp(Number(healthPort))])
      nodes.addIngressRule(balancers, port, 'load balancers: node ports, and health')
    this.tags = { [networkTags.vpc]: vpc.vpcId, [networkTags.balancerGroup]: balancers.securityGroupId }
  }
}
