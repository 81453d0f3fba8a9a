import { readFile } from 'node:fs/promises'
import type { NodeStats } from './usage-meter.ts'

/** Of a `clock tick`, which Linux shows a hundred of in a second to every program, whatever it counts in. */
const nanosecondsPerTick = 10_000_000

/** What all of this machine uses: its working set is what is neither free nor a file's that can be dropped at once. */
export const machineStats = async (root = '/proc'): Promise<NodeStats> => {
  const [stat, meminfo] = await Promise.all([readFile(`${root}/stat`, 'utf8'), readFile(`${root}/meminfo`, 'utf8')])
  return { cpuNanoseconds: busyTicks(stat) * nanosecondsPerTick, memoryWorkingSetBytes: workingSet(meminfo) }
}

/** user, nice, system, idle, iowait, irq, softirq, steal; guests' time is in user's. */
const busyTicks = (stat: string): number => {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = (/^cpu +(.*)$/m.exec(stat)?.[1] ?? '').split(' ').map(Number)
  return user + nice + system + irq + softirq
}

const workingSet = (meminfo: string): number => {
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(meminfo)?.[1] ?? 0) * 1024
  return Math.max(0, bytes('MemTotal') - bytes('MemFree') - bytes('Inactive\\(file\\)'))
}
