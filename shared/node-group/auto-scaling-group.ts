import {
  type AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
  SetDesiredCapacityCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling'
import type { NodeGroup, NodeGroupState, NodeShape } from './node-group.ts'

/** on the Auto Scaling group, so that functions find it: they are deployed before there is one */
export const groupTags = { cluster: 'windlass.dev/cluster', instanceType: 'windlass.dev/instance-type' } as const

export interface AutoScalingGroupOptions {
  readonly client: Pick<AutoScalingClient, 'send'>
  readonly clusterName: string
  /** what a node of an instance type offers */
  readonly shapeOf: (instanceType: string) => Promise<NodeShape>
}

/** The one that carries the cluster's tag, and is not being deleted. */
export const findGroup = async (
  client: AutoScalingGroupOptions['client'],
  clusterName: string,
): Promise<AutoScalingGroup | undefined> => {
  const Filters = [{ Name: `tag:${groupTags.cluster}`, Values: [clusterName] }]
  const { AutoScalingGroups = [] } = await client.send(new DescribeAutoScalingGroupsCommand({ Filters }))
  // One that is being deleted has a status.
  return AutoScalingGroups.find(({ Status }) => Status === undefined)
}

/** The Auto Scaling group that carries the cluster's tag. */
export const createAutoScalingGroup = ({ client, clusterName, shapeOf }: AutoScalingGroupOptions): NodeGroup => {
  const find = () => findGroup(client, clusterName)
  const named = async (): Promise<string> => {
    const name = (await find())?.AutoScalingGroupName
    if (name === undefined) throw new Error(`no Auto Scaling group has the tag ${groupTags.cluster} = ${clusterName}`)
    return name
  }
  return {
    describe: async () => {
      const group = await find()
      return group && stateOf(group)
    },
    freshNode: async () => {
      const type = (await find())?.Tags?.find(({ Key }) => Key === groupTags.instanceType)?.Value
      if (type === undefined) throw new Error(`the Auto Scaling group has no tag ${groupTags.instanceType}`)
      return shapeOf(type)
    },
    resize: async (DesiredCapacity) => {
      const AutoScalingGroupName = await named()
      await client.send(new SetDesiredCapacityCommand({ AutoScalingGroupName, DesiredCapacity, HonorCooldown: false }))
    },
    remove: async (InstanceId) => {
      try {
        await client.send(new TerminateInstanceInAutoScalingGroupCommand({ InstanceId, ShouldDecrementDesiredCapacity: true }))
      } catch (error) {
        const gone =
          error instanceof Error && error.name === 'ValidationError' && /not found|not in (the|an)/i.test(error.message)
        if (!gone) throw error
      }
    },
    launches: async () => {
      const AutoScalingGroupName = await named()
      const { Activities = [] } = await client.send(
        new DescribeScalingActivitiesCommand({ AutoScalingGroupName, MaxRecords: 100 }),
      )
      return new Map(
        Activities.flatMap(({ Description = '', StartTime }) => {
          const [, id] = /^Launching a new EC2 instance: (i-\w+)/.exec(Description) ?? []
          return id && StartTime ? [[id, StartTime.getTime()] as const] : []
        }),
      )
    },
  }
}

const stateOf = ({
  AutoScalingGroupName: name = '',
  MinSize = 0,
  MaxSize = 0,
  DesiredCapacity = 0,
  Instances = [],
}: AutoScalingGroup): NodeGroupState => ({
  name,
  minimum: MinSize,
  maximum: MaxSize,
  desired: DesiredCapacity,
  instances: Instances.flatMap(({ InstanceId, LifecycleState = '' }) =>
    InstanceId && !/^(Terminat|Detach)/.test(LifecycleState) ? [InstanceId] : [],
  ),
})
