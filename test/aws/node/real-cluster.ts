import { randomBytes } from 'node:crypto'
import { ensurePauseImage } from '../../../agent/runtime/docker/pause-image.ts'
import { buildImages } from '../../../examples/orders/images/build.ts'
import { docker } from '../../agent/runtime/engine.ts'
import { type AwsCluster, type AwsClusterOptions, startAwsCluster } from '../cluster.ts'
import { createDockerRunner } from '../ecs/docker-runner.ts'
import { kubectlOf } from '../system/kubectl.ts'
import { type RealInstance, startRealInstance } from './real-instance.ts'
import { createWorld, type World } from './world.ts'

export interface RealCluster {
  readonly aws: AwsCluster
  readonly instances: readonly RealInstance[]
  /** of the instances, in the world's network */
  readonly addresses: readonly string[]
  readonly kubectl: ReturnType<typeof kubectlOf>
  /** the end of what each agent has said */
  logs(): string
  dispose(): Promise<void>
}

/** The stacks in an AWS of our own, and so many instances of the nodes' group on this machine, which run real containers. */
export const startRealCluster = async (
  count: number,
  options: Pick<AwsClusterOptions, 'synthesized' | 'disturb'>,
): Promise<RealCluster> => {
  await buildImages(() => undefined)
  const image = await ensurePauseImage(docker)
  const systemdCgroups = ((await docker.info()) as { CgroupDriver?: string }).CgroupDriver === 'systemd'
  const aws = await startAwsCluster({ ...options, runner: createDockerRunner({ docker, image, systemdCgroups }) })
  const addresses = Array.from({ length: count }, (_, i) => `198.51.100.${11 + i}`)
  let world: World | undefined
  let instances: RealInstance[] = []
  const dispose = async () => {
    for (const { taskArn } of aws.ecs.running()) aws.ecs.endTask(taskArn, 'the test is over')
    try {
      await Promise.all(instances.map((instance) => instance.dispose()))
      await aws.stop()
    } finally {
      // One that was left would have the next one's addresses.
      await world?.dispose()
    }
  }
  try {
    const made = await createWorld()
    world = made
    await aws.tick()
    instances = await Promise.all(
      addresses.map((address) =>
        startRealInstance(aws, made, { instanceId: `i-${randomBytes(8).toString('hex')}`, address, docker }),
      ),
    )
  } catch (error) {
    await dispose()
    throw error
  }
  const logs = () => instances.map((instance) => instance.log().slice(-2000)).join('\n\n')
  return { aws, instances, addresses, kubectl: kubectlOf(aws.kubeconfig), logs, dispose }
}
