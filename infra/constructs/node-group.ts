import { Duration, Stack, Tags, Validations } from 'aws-cdk-lib'
import { AutoScalingGroup, DefaultResult, GroupMetrics, LifecycleTransition, UpdatePolicy } from 'aws-cdk-lib/aws-autoscaling'
import {
  BlockDeviceVolume,
  EbsDeviceVolumeType,
  InstanceType,
  type ISecurityGroup,
  type IVpc,
  LaunchTemplate,
  LaunchTemplateHttpTokens,
  SubnetType,
  type UserData,
} from 'aws-cdk-lib/aws-ec2'
import { AmiHardwareType, EcsOptimizedImage } from 'aws-cdk-lib/aws-ecs'
import { type IRole, Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import { groupTags } from '../../shared/node-group/auto-scaling-group.ts'
import { architectureOf } from '../architecture.ts'
import type { ClusterFunction } from './cluster-function.ts'
import { findingOf } from './wildcard-grant.ts'

export interface NodeGroupProps {
  readonly vpc: IVpc
  readonly securityGroup: ISecurityGroup
  /** functions find the group by it */
  readonly clusterName: string
  readonly instanceType: string
  readonly role: IRole
  readonly userData: UserData
  readonly minimum: number
  readonly maximum: number
  /** of each node's disk; @default 30 */
  readonly diskGiB?: number
}

/** Instances of one type, made from the newest ECS-optimized image at deployment, that join the ECS cluster. */
export class NodeGroup extends Construct {
  readonly autoScalingGroup: AutoScalingGroup

  constructor(scope: Construct, id: string, props: NodeGroupProps) {
    super(scope, id)
    const { vpc, securityGroup, instanceType, role, userData, minimum, maximum, diskGiB = 30 } = props
    const hardware = architectureOf(instanceType) === 'arm64' ? AmiHardwareType.ARM : AmiHardwareType.STANDARD
    const launchTemplate = new LaunchTemplate(this, 'Template', {
      machineImage: EcsOptimizedImage.amazonLinux2023(hardware),
      instanceType: new InstanceType(instanceType),
      role,
      userData,
      securityGroup,
      // One hop does not reach into a pod's network: the instance's role is not for pods.
      httpTokens: LaunchTemplateHttpTokens.REQUIRED,
      httpPutResponseHopLimit: 1,
      blockDevices: [
        {
          deviceName: '/dev/xvda',
          volume: BlockDeviceVolume.ebs(diskGiB, { encrypted: true, volumeType: EbsDeviceVolumeType.GP3 }),
        },
      ],
    })
    this.autoScalingGroup = new AutoScalingGroup(this, 'Instances', {
      vpc,
      vpcSubnets: { subnetType: SubnetType.PUBLIC },
      launchTemplate,
      minCapacity: minimum,
      maxCapacity: maximum,
      groupMetrics: [GroupMetrics.all()],
      updatePolicy: UpdatePolicy.rollingUpdate({ maxBatchSize: 1, minInstancesInService: 0 }),
    })
    this.tag({ [groupTags.cluster]: props.clusterName, [groupTags.instanceType]: instanceType })
    // At most: the instance goes as soon as its pods have left.
    this.autoScalingGroup.addLifecycleHook('Terminating', {
      lifecycleTransition: LifecycleTransition.INSTANCE_TERMINATING,
      heartbeatTimeout: Duration.minutes(5),
      defaultResult: DefaultResult.CONTINUE,
    })
    Validations.of(this.autoScalingGroup).acknowledge(
      { id: 'AwsSolutions-AS3', reason: 'EventBridge tells of terminations; the rest is seen in the Node objects' },
      { id: 'AwsSolutions-EC28', reason: 'detailed monitoring costs $2.10 an instance a month; the agent reports use' },
      { id: 'AwsSolutions-EC29', reason: 'the group takes its instances down itself: a node is replaceable' },
    )
  }

  /** For functions, which are deployed before there is a group. */
  tag(tags: Readonly<Record<string, string>>): void {
    for (const [key, value] of Object.entries(tags)) Tags.of(this.autoScalingGroup).add(key, value)
  }

  /** To make the group larger and smaller, and to know what its machines offer. */
  grantScale(clock: ClusterFunction): void {
    this.#policy('Scale', clock, ['autoscaling:SetDesiredCapacity', 'autoscaling:TerminateInstanceInAutoScalingGroup'])
  }

  /** To say that an instance which is to end may: a policy of this stack, since the function's stack does not know the group. */
  grantEndInstances(reconcile: ClusterFunction): void {
    this.#policy('EndInstances', reconcile, ['autoscaling:CompleteLifecycleAction'])
  }

  #policy(id: string, grantee: ClusterFunction, actions: string[]): void {
    const { autoScalingGroupArn } = this.autoScalingGroup
    const policy = new Policy(this, id, {
      roles: [grantee.role!],
      statements: [new PolicyStatement({ actions, resources: [autoScalingGroupArn] })],
    })
    Validations.of(policy).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${findingOf(Stack.of(this), autoScalingGroupArn)}]`,
      reason: "what stands for * is an id that AWS chooses; the group's name follows",
    })
  }
}
