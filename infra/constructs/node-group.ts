import { Duration, Validations } from 'aws-cdk-lib'
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
import type { IRole } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import { architectureOf } from '../architecture.ts'

export interface NodeGroupProps {
  readonly vpc: IVpc
  readonly securityGroup: ISecurityGroup
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
    // Long enough to evict pods that end in their usual 30 seconds.
    this.autoScalingGroup.addLifecycleHook('Terminating', {
      lifecycleTransition: LifecycleTransition.INSTANCE_TERMINATING,
      heartbeatTimeout: Duration.minutes(2),
      defaultResult: DefaultResult.CONTINUE,
    })
    Validations.of(this.autoScalingGroup).acknowledge(
      { id: 'AwsSolutions-AS3', reason: 'EventBridge tells of terminations; the rest is seen in the Node objects' },
      { id: 'AwsSolutions-EC28', reason: 'detailed monitoring costs $2.10 an instance a month; the agent reports use' },
      { id: 'AwsSolutions-EC29', reason: 'the group takes its instances down itself: a node is replaceable' },
    )
  }
}
