import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isCode } from '../../../shared/platform/process-mark.ts'
import type { ContainerStats } from '../runtime.ts'

/** Where a container's counters are; of v2 all are in one folder. */
export type Cgroup =
  | { readonly version: 1; readonly cpu: string; readonly memory: string }
  | { readonly version: 2; readonly path: string }

/**
 * Of the container's first process. undefined: it has ended, or is none of this machine's. A process' groups and what is mounted are both
 * told as this process sees them: https://man7.org/linux/man-pages/man7/cgroups.7.html
 */
export const findCgroup = async (pid: number, id: string, proc = '/proc'): Promise<Cgroup | undefined> => {
  const groups = await readFile(`${proc}/${pid}/cgroup`, 'utf8').catch(unlessGone)
  // The number may be another process's by now.
  if (!groups?.includes(id)) return undefined
  const mounts = cgroupMounts(await readFile(`${proc}/self/mountinfo`, 'utf8'))
  const paths = new Map(groups.split('\n').flatMap((line) => controllersOf(line)))
  const folder = (controller: string): string | undefined => {
    const path = paths.get(controller)
    const mount = mounts.get(controller)
    return path === undefined || !mount ? undefined : join(mount.at, below(path, mount.root))
  }
  const [cpu, memory, unified] = [folder('cpuacct'), folder('memory'), folder('')]
  if (cpu && memory) return { version: 1, cpu, memory }
  return unified === undefined ? undefined : { version: 2, path: unified }
}

/** `4:memory:/docker/…` → memory; `0::/…` is v2's, whose name is empty. */
const controllersOf = (line: string): [string, string][] => {
  const match = /^\d+:([^:]*):(.*)$/.exec(line)
  return match ? match[1]!.split(',').map((name) => [name, match[2]!]) : []
}

/** `36 35 98:0 /root /at options - cgroup source super,options` */
const cgroupMounts = (mountinfo: string): ReadonlyMap<string, { root: string; at: string }> => {
  const mounts = new Map<string, { root: string; at: string }>()
  for (const line of mountinfo.split('\n')) {
    const [, root, at, type, options] = /^\d+ \d+ \S+ (\S+) (\S+) .*? - (cgroup2?) \S+ (\S+)$/.exec(line) ?? []
    if (root === undefined || at === undefined) continue
    const names = type === 'cgroup2' ? [''] : (options ?? '').split(',')
    for (const name of names) if (!mounts.has(name)) mounts.set(name, { root, at })
  }
  return mounts
}

const below = (path: string, root: string): string =>
  root !== '/' && (path === root || path.startsWith(`${root}/`)) ? path.slice(root.length) || '/' : path

/** undefined: the container has ended */
export const readCgroup = async (cgroup: Cgroup): Promise<ContainerStats | undefined> => {
  try {
    return await (cgroup.version === 1 ? readV1(cgroup) : readV2(cgroup))
  } catch (error) {
    return unlessGone(error)
  }
}

const readV1 = async ({ cpu, memory }: Cgroup & { version: 1 }): Promise<ContainerStats> => {
  const [usage, used, stat] = await Promise.all([
    readFile(join(cpu, 'cpuacct.usage'), 'utf8'),
    readFile(join(memory, 'memory.usage_in_bytes'), 'utf8'),
    readFile(join(memory, 'memory.stat'), 'utf8'),
  ])
  return stats(Number(usage), Number(used), entry(stat, 'total_inactive_file'))
}

const readV2 = async ({ path }: Cgroup & { version: 2 }): Promise<ContainerStats> => {
  const [cpu, used, stat] = await Promise.all([
    readFile(join(path, 'cpu.stat'), 'utf8'),
    readFile(join(path, 'memory.current'), 'utf8'),
    readFile(join(path, 'memory.stat'), 'utf8'),
  ])
  return stats(entry(cpu, 'usage_usec') * 1000, Number(used), entry(stat, 'inactive_file'))
}

const stats = (cpuNanoseconds: number, memoryBytes: number, droppable: number): ContainerStats => ({
  cpuNanoseconds,
  memoryBytes,
  memoryWorkingSetBytes: Math.max(0, memoryBytes - droppable),
})

const entry = (text: string, name: string): number => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0)

const unlessGone = (error: unknown): undefined => {
  if (isCode(error, 'ENOENT') || isCode(error, 'ESRCH') || isCode(error, 'ENODEV')) return undefined
  throw error
}
