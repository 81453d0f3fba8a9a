import { DescribeContainerInstancesCommand, type ECSClient, type Resource } from '@aws-sdk/client-ecs'

const timeoutMs = 2000

/** The ARN under which this machine's ECS agent has registered it; undefined: it has not, yet. */
export const containerInstanceArn = async ({ endpoint }: { endpoint: string }): Promise<string | undefined> => {
  const response = await fetch(new URL('/v1/metadata', endpoint), { signal: AbortSignal.timeout(timeoutMs) })
  if (!response.ok) throw new Error(`the ECS agent answered ${response.status}`)
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-introspection.html
  const { ContainerInstanceArn } = (await response.json()) as { ContainerInstanceArn?: string | null }
  return ContainerInstanceArn || undefined
}

export interface Room {
  /** 1024 are a processor */
  readonly cpuUnits: number
  readonly memoryMiB: number
}

/** All that tasks may reserve on a container instance, whether reserved or not. Rejects when ECS does not know it. */
export const registeredRoom = async (
  client: Pick<ECSClient, 'send'>,
  { cluster, instance }: { cluster: string; instance: string },
): Promise<Room> => {
  const command = new DescribeContainerInstancesCommand({ cluster, containerInstances: [instance] })
  const { containerInstances = [], failures = [] } = await client.send(command)
  const [found] = containerInstances
  if (!found) throw new Error(`ECS does not know the container instance ${instance}: ${failures[0]?.reason}`)
  const amount = (wanted: string) => amountOf(found.registeredResources, wanted)
  return { cpuUnits: amount('CPU'), memoryMiB: amount('MEMORY') }
}

const amountOf = (resources: readonly Resource[] | undefined, wanted: string): number => {
  const value = resources?.find(({ name }) => name === wanted)?.integerValue
  if (value === undefined) throw new Error(`ECS tells of no ${wanted} of the container instance`)
  return value
}
