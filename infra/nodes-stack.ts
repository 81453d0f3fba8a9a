import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { architectureOf } from './architecture.ts'
import type { ClusterConfiguration } from './configuration.ts'
import { AgentPackage } from './constructs/agent-package.ts'
import type { ClusterFunction } from './constructs/cluster-function.ts'
import { EventRule, spotEvents, terminationEvents } from './constructs/event-rule.ts'
import { LoadBalancerGroup } from './constructs/load-balancer-group.ts'
import type { Machines } from './constructs/machines.ts'
import { NodeGroup } from './constructs/node-group.ts'
import { NodeNetwork } from './constructs/node-network.ts'
import { nodeUserData } from './constructs/node-user-data.ts'

export interface NodesStackProps extends StackProps, ClusterConfiguration {
  readonly machines: Machines
  readonly cloudEvents: ClusterFunction
  readonly reconcile: ClusterFunction
  readonly clock: ClusterFunction
  /** what an agent is told, by the names of environment variables */
  readonly agentVariables: Readonly<Record<string, string>>
}

/** The instances that pods run on, and their network. */
export class NodesStack extends Stack {
  constructor(scope: Construct, id: string, props: NodesStackProps) {
    super(scope, id, { description: "Windlass: a cluster's nodes", ...props })
    const { machines, cloudEvents, instanceType, vpcCidr } = props
    const architecture = architectureOf(instanceType)
    const { vpc, securityGroup } = new NodeNetwork(this, 'Network', { cidr: vpcCidr })
    const agent = new AgentPackage(this, 'Agent', { architecture })
    agent.grantRead(machines.instanceRole)
    const group = new NodeGroup(this, 'Group', {
      vpc,
      securityGroup,
      clusterName: props.clusterName,
      instanceType,
      role: machines.instanceRole,
      minimum: props.nodeMinimum,
      maximum: props.nodeMaximum,
      userData: nodeUserData({
        architecture,
        agent: agent.asset,
        ecsCluster: machines.clusterName,
        agentVariables: { ...props.agentVariables, AWS_REGION: this.region },
      }),
    })
    group.tag(new LoadBalancerGroup(this, 'LoadBalancers', { vpc, nodes: securityGroup }).tags)
    group.grantEndInstances(props.reconcile)
    group.grantScale(props.clock)
    const handler = cloudEvents
    const terminations = terminationEvents(group.autoScalingGroup.autoScalingGroupName)
    new EventRule(this, 'SpotEvents', { description: 'interruptions of spot instances', pattern: spotEvents, handler })
    new EventRule(this, 'TerminationEvents', { description: 'instances about to end', pattern: terminations, handler })
    new CfnOutput(this, 'AutoScalingGroupName', { value: group.autoScalingGroup.autoScalingGroupName })
  }
}
