import {
  type AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
  SetDesiredCapacityCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling'
import { DescribeInstanceTypesCommand, type EC2Client } from '@aws-sdk/client-ec2'
import { networkTags } from '../../shared/load-balancer/elb/network.ts'
import { groupTags } from '../../shared/node-group/auto-scaling-group.ts'
import type { Clock } from '../../shared/platform/clock.ts'

/** One Auto Scaling group, and what EC2 says of its instance type: 2 processors, 4 GiB. */
export class FakeAutoScaling {
  readonly minimum = 0
  readonly maximum = 4
  desired = 0
  /** when each was begun, by its id */
  readonly instances = new Map<string, number>()
  readonly #clock: Clock
  #last = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  readonly client = { send: (command: unknown) => this.#send(command) } as unknown as Pick<AutoScalingClient, 'send'>
  readonly ec2 = { send: (command: unknown) => this.#describeType(command) } as unknown as Pick<EC2Client, 'send'>

  /** What the group does by itself in time: begins the instances it is short of. Answers their ids. */
  launch(): string[] {
    const begun: string[] = []
    while (this.instances.size < this.desired) {
      const id = `i-${++this.#last}`
      this.instances.set(id, this.#clock.now())
      begun.push(id)
    }
    return begun
  }

  async #send(command: unknown): Promise<unknown> {
    if (command instanceof DescribeAutoScalingGroupsCommand) {
      const [filter] = command.input.Filters ?? []
      if (filter?.Name !== `tag:${groupTags.cluster}` || filter.Values?.[0] !== 'test') return { AutoScalingGroups: [] }
      return { AutoScalingGroups: [this.#group()] }
    }
    if (command instanceof SetDesiredCapacityCommand) {
      const { DesiredCapacity = 0 } = command.input
      if (DesiredCapacity > this.maximum || DesiredCapacity < this.minimum) throw validationError('New SetDesiredCapacity value')
      this.desired = DesiredCapacity
      return {}
    }
    if (command instanceof TerminateInstanceInAutoScalingGroupCommand) {
      const { InstanceId = '', ShouldDecrementDesiredCapacity } = command.input
      if (!this.instances.delete(InstanceId))
        throw validationError(`Instance Id not found - No managed instance found for ${InstanceId}`)
      if (ShouldDecrementDesiredCapacity) this.desired--
      return {}
    }
    if (command instanceof DescribeScalingActivitiesCommand) {
      const Activities = [...this.instances].map(([id, atMs]) => ({
        Description: `Launching a new EC2 instance: ${id}`,
        StartTime: new Date(atMs),
      }))
      return { Activities }
    }
    throw new Error(`unexpected ${String((command as object).constructor.name)}`)
  }

  #group() {
    return {
      AutoScalingGroupName: 'nodes',
      MinSize: this.minimum,
      MaxSize: this.maximum,
      DesiredCapacity: this.desired,
      Instances: [...this.instances.keys()].map((InstanceId) => ({ InstanceId, LifecycleState: 'InService' })),
      VPCZoneIdentifier: 'subnet-a,subnet-b',
      Tags: Object.entries({
        [groupTags.instanceType]: 't4g.medium',
        [networkTags.vpc]: 'vpc-1',
        [networkTags.balancerGroup]: 'sg-balancers',
      }).map(([Key, Value]) => ({ Key, Value })),
    }
  }

  async #describeType(command: unknown): Promise<unknown> {
    if (!(command instanceof DescribeInstanceTypesCommand)) throw new Error('unexpected command')
    const type = {
      VCpuInfo: { DefaultVCpus: 2 },
      MemoryInfo: { SizeInMiB: 4096 },
      ProcessorInfo: { SupportedArchitectures: ['arm64'] },
    }
    return { InstanceTypes: [type] }
  }
}

const validationError = (message: string) => Object.assign(new Error(message), { name: 'ValidationError' })
