import type { NodeCapacity } from '../node/capacity.ts'
import type { Room } from './container-instance.ts'

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
