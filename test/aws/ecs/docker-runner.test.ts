import Docker from 'dockerode'
import { expect, it } from 'vitest'
import { ensurePauseImage } from '../../../agent/runtime/docker/pause-image.ts'
import { createEcsPlacement } from '../../../shared/placement/ecs/ecs-placement.ts'
import { FakeEcs } from '../../fakes/fake-ecs.ts'
import { createDockerRunner } from './docker-runner.ts'

const docker = new Docker()
const hasEngine = await docker.ping().then(
  () => true,
  () => false,
)

it.skipIf(!hasEngine)('runs a task as a container that its node finds by the labels of ECS (needs a Docker engine)', async () => {
  const image = await ensurePauseImage(docker)
  const systemdCgroups = ((await docker.info()) as { CgroupDriver?: string }).CgroupDriver === 'systemd'
  const ecs = new FakeEcs({ runner: createDockerRunner({ docker, image, systemdCgroups }) })
  const placement = createEcsPlacement({ client: ecs.client, cluster: 'test', taskDefinition: 'windlass-pod' })
  const uid = crypto.randomUUID()
  const host = ecs.addInstance('i-1')
  const reference = await placement.start({
    pod: { namespace: 'default', name: 'web', uid },
    host,
    cpuMillis: 250,
    memoryBytes: 64 * 1024 ** 2,
  })
  const filters = { label: [`com.amazonaws.ecs.task-arn=${reference}`] }
  try {
    await expect.poll(() => placement.status(reference), { timeout: 20_000 }).toEqual({ state: 'running' })
    const [found] = await docker.listContainers({ filters })
    const container = docker.getContainer(found?.Id ?? '')
    const { Config, HostConfig } = await container.inspect()
    expect(Config.Env).toEqual(expect.arrayContaining([`POD_UID=${uid}`, 'POD_NAMESPACE=default', 'POD_NAME=web']))
    expect(HostConfig).toMatchObject({ NetworkMode: 'none', CpuShares: 256, MemoryReservation: 64 * 1024 ** 2 })

    await container.kill()
    await expect
      .poll(() => placement.status(reference), { timeout: 20_000 })
      .toEqual({ state: 'stopped', reason: 'EssentialContainerExited: Essential container in task exited' })
  } finally {
    await placement.stop(reference, 'the test is over')
    await expect.poll(() => docker.listContainers({ all: true, filters }), { timeout: 20_000 }).toEqual([])
  }
})
