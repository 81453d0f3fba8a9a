import { readFile, statfs } from 'node:fs/promises'
import type { NodeHealth } from './conditions.ts'

const leastMemoryBytes = 100 * 1024 * 1024
const leastDiskBytes = 200 * 1024 * 1024

/** Whether the machine is short of memory or disk; `notReady` is for the caller to say. */
export const machineHealth = async (dataDir: string): Promise<Pick<NodeHealth, 'memoryPressure' | 'diskPressure'>> => {
  const [meminfo, disk] = await Promise.all([readFile('/proc/meminfo', 'utf8'), statfs(dataDir)])
  const availableBytes = Number(/^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1] ?? Number.POSITIVE_INFINITY) * 1024
  return { memoryPressure: availableBytes < leastMemoryBytes, diskPressure: disk.bavail * disk.bsize < leastDiskBytes }
}
