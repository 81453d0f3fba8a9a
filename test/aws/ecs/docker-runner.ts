import type Docker from 'dockerode'
import type { FakeTask, TaskRunner } from '../../fakes/fake-ecs.ts'

/**
 * Starts a task's container on an engine as the ECS agent does: its labels (agent/engine/docker_task_engine.go:74-79), the task's
 * cgroup as parent (agent/api/task/task_linux.go:122-152, 255-268), no network, the overrides, and where the credentials of the task's
 * role are (agent/api/task/task.go:1056-1086).
 */
export const createDockerRunner = (options: { docker: Docker; image: string; systemdCgroups: boolean }): TaskRunner => {
  const { docker, image, systemdCgroups } = options
  const nameOf = ({ taskArn }: FakeTask) => `ecs-windlass-pod-1-sandbox-${taskArn.split('/').at(-1)}`
  return {
    start: async (task, ended) => {
      const id = task.taskArn.split('/').at(-1) ?? ''
      const [override] = task.overrides?.containerOverrides ?? []
      const container = await docker.createContainer({
        name: nameOf(task),
        Image: image,
        Env: [
          ...(override?.environment ?? []).map(({ name, value }) => `${name}=${value}`),
          `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/credentials/${id}`,
        ],
        Labels: {
          'com.amazonaws.ecs.task-arn': task.taskArn,
          'com.amazonaws.ecs.container-name': 'sandbox',
          'com.amazonaws.ecs.task-definition-family': 'windlass-pod',
          'com.amazonaws.ecs.task-definition-version': '1',
          'com.amazonaws.ecs.cluster': 'test',
        },
        HostConfig: {
          NetworkMode: 'none',
          CpuShares: Math.max(2, task.cpuUnits),
          MemoryReservation: task.memoryMiB * 1024 ** 2,
          CgroupParent: systemdCgroups ? `ecstasks-${id}.slice` : `/ecs/${id}`,
        },
      })
      await container.start()
      void container.wait().then(
        () => ended('Essential container in task exited'),
        () => ended('the engine has gone'),
      )
    },
    stop: async (task) => {
      await docker
        .getContainer(nameOf(task))
        .remove({ force: true })
        .catch((error: { statusCode?: number }) => {
          if (error.statusCode !== 404 && error.statusCode !== 409) throw error
        })
    },
  }
}
