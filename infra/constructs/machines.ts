import { Duration, Stack, Validations } from 'aws-cdk-lib'
import { CfnCluster, ContainerImage, Ec2TaskDefinition, NetworkMode } from 'aws-cdk-lib/aws-ecs'
import { Grant, type IGrantable, ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import { pauseImage } from '../../agent/runtime/docker/pause-image.ts'
import { grantWildcard } from './wildcard-grant.ts'

export interface MachinesProps {
  /** of the nodes, in Node.js' words */
  readonly architecture: 'arm64' | 'x64'
  /** whether a shell on instances can be had by SSM's Session Manager; @default false */
  readonly shell?: boolean
}

/** Where pods' room is held: an ECS cluster, the one task definition of all pods, and the role of its instances. */
export class Machines extends Construct {
  readonly clusterArn: string
  readonly clusterName: string
  readonly taskDefinition: Ec2TaskDefinition
  readonly instanceRole: Role

  constructor(scope: Construct, id: string, { architecture, shell = false }: MachinesProps) {
    super(scope, id)
    const cluster = new CfnCluster(this, 'Cluster', { clusterSettings: [{ name: 'containerInsights', value: 'disabled' }] })
    this.clusterArn = cluster.attrArn
    this.clusterName = cluster.ref
    Validations.of(cluster).acknowledge({
      id: 'AwsSolutions-ECS4',
      reason: 'its metrics are paid for per task, and tell of the sandbox, not of the pod',
    })
    this.taskDefinition = new Ec2TaskDefinition(this, 'Pod', { networkMode: NetworkMode.NONE })
    const sandbox = this.taskDefinition.addContainer('sandbox', {
      // Imported on each instance before the ECS agent starts, so no registry is asked.
      image: ContainerImage.fromRegistry(pauseImage(architecture).name),
      cpu: 2,
      // The sandbox takes no notice of the stop signal: so long an agent has to end the pod, before the sandbox is killed.
      stopTimeout: Duration.minutes(5),
      // The engine takes no less. Of each pod `place` says how much.
      memoryReservationMiB: 6,
    })
    Validations.of(sandbox.taskDefinition).acknowledge({
      id: 'AwsSolutions-ECS7',
      reason: "the sandbox writes nothing; the agent keeps the pod's logs",
    })
    this.instanceRole = new Role(this, 'InstanceRole', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') })
    this.#grantEcsAgent(this.instanceRole)
    if (shell) this.#allowShell(this.instanceRole)
  }

  /** To hold room for pods and to give it back. */
  grantPlace(grantee: IGrantable): void {
    Grant.addToPrincipal({
      grantee,
      actions: ['ecs:StartTask'],
      resourceArns: [this.taskDefinition.taskDefinitionArn],
      conditions: this.#inCluster,
    })
    this.taskDefinition.taskRole.grantPassRole(grantee.grantPrincipal)
    this.grantSweep(grantee)
  }

  /** To look at what is held, and to give it back. */
  grantSweep(grantee: IGrantable): void {
    grantWildcard(this, {
      grantee,
      actions: ['ecs:DescribeTasks', 'ecs:StopTask'],
      resourceArn: this.#arnOf('task'),
      reason: 'tasks come and go with pods',
    })
    grantWildcard(this, {
      grantee,
      actions: ['ecs:ListTasks'],
      resourceArn: '*',
      conditions: this.#inCluster,
      reason: 'has no resource when it lists by who started a task: the condition names the cluster',
    })
  }

  /** As AmazonEC2ContainerServiceforEC2Role, but for this cluster only, and without making clusters and pulling from ECR. */
  #grantEcsAgent(role: Role): void {
    Grant.addToPrincipal({
      grantee: role,
      actions: [
        'ecs:RegisterContainerInstance',
        'ecs:DeregisterContainerInstance',
        'ecs:SubmitAttachmentStateChanges',
        'ecs:SubmitContainerStateChange',
        'ecs:SubmitTaskStateChange',
      ],
      resourceArns: [this.clusterArn],
    })
    grantWildcard(this, {
      grantee: role,
      actions: ['ecs:Poll', 'ecs:StartTelemetrySession', 'ecs:UpdateContainerInstancesState'],
      resourceArn: this.#arnOf('container-instance'),
      conditions: this.#inCluster,
      reason: 'an instance gets its ARN when it registers',
    })
    grantWildcard(this, {
      grantee: role,
      // How much tasks may reserve: our agent's question.
      actions: ['ecs:DescribeContainerInstances'],
      resourceArn: this.#arnOf('container-instance'),
      conditions: this.#inCluster,
      reason: 'an instance gets its ARN when it registers',
    })
    grantWildcard(this, {
      grantee: role,
      actions: ['ecs:DiscoverPollEndpoint'],
      resourceArn: '*',
      reason: 'the action knows no resource',
    })
  }

  #allowShell(role: Role): void {
    role.addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName('AmazonSSMManagedInstanceCore'))
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/AmazonSSMManagedInstanceCore]',
      reason: 'what the SSM agent needs is for AWS to say; it is off unless asked for',
    })
  }

  get #inCluster() {
    return { ArnEquals: { 'ecs:cluster': this.clusterArn } }
  }

  #arnOf(resource: 'task' | 'container-instance'): string {
    return Stack.of(this).formatArn({ service: 'ecs', resource, resourceName: `${this.clusterName}/*` })
  }
}
