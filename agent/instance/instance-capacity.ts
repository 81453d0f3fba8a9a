import type { ECSClient } from '@aws-sdk/client-ecs'
import type Docker from 'dockerode'
import { machineCapacity, type NodeCapacity } from '../node/capacity.ts'
import type { NodeEdge } from '../node/node-edge.ts'
import type { AgentParts } from '../node/start-with-server.ts'
import { type Room, registeredRoom } from './container-instance.ts'
import { foreignRoom } from './foreign-tasks.ts'
import { untilDone } from './until-done.ts'

export interface CapacityOptions {
  readonly ecs: Pick<ECSClient, 'send'>
  readonly ecsCluster: string
  /** its ARN */
  readonly containerInstance: string
  readonly docker: Docker
  readonly dataDir: string
}

/** What the machine has, and what of it pods may ask for: the latter changes with the tasks of others. */
export const openCapacity = async (
  { ecs, ecsCluster: cluster, containerInstance: instance, docker, dataDir }: CapacityOptions,
  parts: AgentParts,
): Promise<Pick<NodeEdge, 'capacity' | 'allocatable'>> => {
  const machine = await machineCapacity(dataDir)
  const registered = await untilDone('the container instance', () => registeredRoom(ecs, { cluster, instance }), parts)
  const allocatable = async () => allocatableOf(machine, { registered, foreign: await foreignRoom(docker) })
  return { capacity: { ...machine, allocatable: await allocatable() }, allocatable }
}

/**
 * The least that a task holds, be its pod's requests zero: as `shared/placement/ecs` has it. Room for some pods of that kind is kept
 * aside, which the scheduler does not count.
 */
const smallestTask: Room = { cpuUnits: 2, memoryMiB: 6 }
const smallPods = 16

/**
 * What pods may ask for on an instance: what ECS lets tasks reserve, which leaves out ECS_RESERVED_MEMORY, but for `foreign`, the
 * room of tasks that are not ours. Pure.
 */
export const allocatableOf = (
  machine: NodeCapacity,
  { registered, foreign }: { registered: Room; foreign: Room },
): Record<string, string> => {
  const cpuUnits = registered.cpuUnits - foreign.cpuUnits - smallPods * smallestTask.cpuUnits
  const memoryMiB = registered.memoryMiB - foreign.memoryMiB - smallPods * smallestTask.memoryMiB
  return {
    ...machine.allocatable,
    cpu: `${Math.max(0, Math.floor((cpuUnits * 1000) / 1024))}m`,
    memory: `${Math.max(0, memoryMiB)}Mi`,
  }
}
