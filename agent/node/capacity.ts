import { statfs } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'

export interface NodeCapacity {
  readonly capacity: Readonly<Record<string, string>>
  readonly allocatable: Readonly<Record<string, string>>
  readonly memoryBytes: number
}

const maxPods = 110
const reservedMemoryBytes = 100 * 1024 * 1024

const kibi = (bytes: number) => `${Math.floor(bytes / 1024)}Ki`

/** What this machine has; allocatable leaves what upstream's default eviction thresholds leave. */
export const machineCapacity = async (dataDir: string): Promise<NodeCapacity> => {
  const disk = await statfs(dataDir)
  const diskBytes = disk.blocks * disk.bsize
  const cpu = String(availableParallelism())
  const pods = String(maxPods)
  return {
    memoryBytes: totalmem(),
    capacity: { cpu, memory: kibi(totalmem()), pods, 'ephemeral-storage': kibi(diskBytes) },
    allocatable: {
      cpu,
      memory: kibi(totalmem() - reservedMemoryBytes),
      pods,
      'ephemeral-storage': String(Math.floor(diskBytes * 0.9)),
    },
  }
}

/** A node that only exists in a simulation. */
export const simulatedCapacity: NodeCapacity = {
  memoryBytes: 64 * 1024 ** 3,
  capacity: { cpu: '16', memory: '67108864Ki', pods: '110', 'ephemeral-storage': '268435456Ki' },
  allocatable: { cpu: '16', memory: '67006464Ki', pods: '110', 'ephemeral-storage': '247390116249' },
}
