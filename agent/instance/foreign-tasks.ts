import type Docker from 'dockerode'
import { engineCall } from '../runtime/docker/engine-error.ts'
import type { Room } from './container-instance.ts'

const taskLabel = 'com.amazonaws.ecs.task-arn'
const nameLabel = 'com.amazonaws.ecs.container-name'
const ours = 'sandbox'
/** It only holds a network. */
const internal = /^~internal~/

/** What tasks of others hold of this machine. */
export const foreignRoom = async (docker: Docker): Promise<Room> => {
  const listed = (await engineCall(() => docker.listContainers({ filters: { label: [taskLabel] } })))!
  const others = listed.filter(({ Labels: labels }) => labels[nameLabel] !== ours && !internal.test(labels[nameLabel] ?? ''))
  const rooms = await Promise.all(others.map(({ Id: id }) => roomOf(docker, id)))
  return {
    cpuUnits: rooms.reduce((sum, { cpuUnits }) => sum + cpuUnits, 0),
    memoryMiB: rooms.reduce((sum, { memoryMiB }) => sum + memoryMiB, 0),
  }
}

/** As ECS counts it: the reservation, else the limit. */
const roomOf = async (docker: Docker, id: string): Promise<Room> => {
  const info = await engineCall(() => docker.getContainer(id).inspect(), [404])
  const { CpuShares: cpuUnits = 0, MemoryReservation: reservation = 0, Memory: limit = 0 } = info?.HostConfig ?? {}
  return { cpuUnits, memoryMiB: Math.ceil((reservation || limit) / 1024 ** 2) }
}
