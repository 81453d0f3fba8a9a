import {
  DescribeTasksCommand,
  type ECSClient,
  type Failure,
  ListTasksCommand,
  StartTaskCommand,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs'
import type { HeldRoom, HeldStatus, Placement, PlacementRequest } from '../placement.ts'
import { PlacementRefused } from '../placement.ts'
import { createTaskReader } from './task-reader.ts'

export interface EcsPlacementOptions {
  /** must not retry by itself (`maxAttempts: 1`): StartTask knows no client token, so a lost answer is looked up before it is asked again */
  readonly client: Pick<ECSClient, 'send'>
  readonly cluster: string
  /** the one task definition of all pods: one tiny container of the name `sandbox`, network mode `none` */
  readonly taskDefinition: string
}

/** of the task definition's container */
const containerName = 'sandbox'
/** the engine takes no less */
const leastMemoryMiB = 6
const leastCpuUnits = 2

/** One ECS task a pod: `startedBy` is the pod's uid. Sizes are the container's reservations, for those of a task are hard limits. */
export const createEcsPlacement = ({ client, cluster, taskDefinition }: EcsPlacementOptions): Placement => {
  const read = createTaskReader(async (tasks) => {
    const { tasks: found = [] } = await client.send(new DescribeTasksCommand({ cluster, tasks: [...tasks] }))
    return found
  })
  const find = async (podUid: string): Promise<string | undefined> => {
    const { taskArns = [] } = await client.send(new ListTasksCommand({ cluster, startedBy: podUid }))
    if (taskArns.length < 2) return taskArns[0]
    // All agree on the one that the node's agent goes by: the newest; the sweep stops the others.
    const tasks = await Promise.all(taskArns.toSorted().map(read))
    const newest = tasks.toSorted((a, b) => (b?.createdAt?.getTime() ?? 0) - (a?.createdAt?.getTime() ?? 0))[0]
    return newest?.taskArn ?? taskArns.toSorted()[0]
  }
  return {
    find,
    start: async (request) => {
      const held = await find(request.pod.uid)
      if (held !== undefined) return held
      const command = new StartTaskCommand(startOf(request, { cluster, taskDefinition }))
      const { tasks = [], failures = [] } = await client.send(command).catch((error: unknown) => {
        throw isRefusal(error) ? new PlacementRefused(error.name, { message: `ECS: ${error.message}`, passing: true }) : error
      })
      const arn = tasks[0]?.taskArn
      if (arn !== undefined) return arn
      throw refusalOf(failures[0], request)
    },
    stop: async (reference, reason) => {
      try {
        await client.send(new StopTaskCommand({ cluster, task: reference, reason }))
      } catch (error) {
        if (!isGone(error)) throw error
      }
    },
    status: async (reference) => {
      const task = await read(reference)
      return task && statusOf(task)
    },
    list: async (host) => {
      const arns: string[] = []
      let nextToken: string | undefined
      do {
        const page = await client.send(new ListTasksCommand({ cluster, containerInstance: host, nextToken }))
        arns.push(...(page.taskArns ?? []))
        nextToken = page.nextToken
      } while (nextToken !== undefined)
      const tasks = await Promise.all(arns.map(read))
      return tasks.flatMap((task) => (task ? heldRoomOf(task) : []))
    },
  }
}

const startOf = (
  { pod, host, cpuMillis, memoryBytes }: PlacementRequest,
  { cluster, taskDefinition }: { cluster: string; taskDefinition: string },
) => ({
  cluster,
  taskDefinition,
  containerInstances: [host],
  startedBy: pod.uid,
  enableECSManagedTags: false,
  overrides: {
    containerOverrides: [
      {
        name: containerName,
        cpu: Math.max(leastCpuUnits, Math.ceil((cpuMillis * 1024) / 1000)),
        memoryReservation: Math.max(leastMemoryMiB, Math.ceil(memoryBytes / 1024 ** 2)),
        // startedBy never reaches the instance.
        environment: [
          { name: podVariables.namespace, value: pod.namespace },
          { name: podVariables.name, value: pod.name },
          { name: podVariables.uid, value: pod.uid },
        ],
      },
    ],
  },
})

/** How the node's agent learns whose task it is. */
export const podVariables = { namespace: 'POD_NAMESPACE', name: 'POD_NAME', uid: 'POD_UID' } as const

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html */
const refusalOf = (failure: Failure | undefined, { host }: PlacementRequest): PlacementRefused => {
  const reason = failure?.reason ?? 'UNKNOWN'
  const detail = failure?.detail ? ` (${failure.detail})` : ''
  const refused = (message: string, passing: boolean) =>
    new PlacementRefused(reason, { message: `${message}: ${reason}${detail}`, passing })
  if (reason.startsWith('RESOURCE')) return refused('the node has no room for the pod', false)
  // Happens several times an hour in normal operation.
  if (reason === 'AGENT') return refused("the node's ECS agent is not connected", true)
  if (reason === 'MISSING' || reason === 'INACTIVE') return refused(`there is no container instance ${host} any more`, false)
  if (reason === 'ATTRIBUTE') return refused('the node lacks an attribute that pods need', false)
  return refused('ECS started no task', true)
}

const statusOf = ({ lastStatus, desiredStatus, stoppedReason, stopCode }: Task): HeldStatus => {
  if (lastStatus === 'STOPPED' || desiredStatus === 'STOPPED') {
    return { state: 'stopped', reason: [stopCode, stoppedReason].filter(Boolean).join(': ') }
  }
  return { state: lastStatus === 'RUNNING' ? 'running' : 'starting' }
}

/** Tasks of others on the same machine are none of ours. */
const heldRoomOf = (task: Task): HeldRoom[] => {
  const { taskArn, startedBy, containers = [] } = task
  const ours = containers.some(({ name }) => name === containerName) && startedBy && /^[0-9a-f-]{36}$/.test(startedBy)
  return ours && taskArn ? [{ ...statusOf(task), reference: taskArn, podUid: startedBy }] : []
}

/** What no other call brings about: a task definition that was deregistered, a permission that was taken away. */
const isRefusal = (error: unknown): error is Error =>
  error instanceof Error &&
  ['AccessDeniedException', 'ClientException', 'ClusterNotFoundException', 'InvalidParameterException'].includes(error.name)

const isGone = (error: unknown) =>
  error instanceof Error && error.name === 'InvalidParameterException' && /task was not found/i.test(error.message)
