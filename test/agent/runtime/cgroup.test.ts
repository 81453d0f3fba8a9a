import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { findCgroup, readCgroup } from '../../../agent/runtime/docker/cgroup.ts'
import { machineStats } from '../../../agent/usage/machine-stats.ts'

const root = mkdtempSync(join(tmpdir(), 'windlass-cgroup-'))
afterEach(() => rmSync(root, { recursive: true, force: true }))

const write = (files: Readonly<Record<string, string>>) => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
}

const id = 'f7ce0a7a6f3d'.repeat(5)
const statsOf = async () => {
  const cgroup = await findCgroup(77, id, join(root, 'proc'))
  return cgroup && readCgroup(cgroup)
}
const mount = (at: string, type: string, options: string, mounted = '/') =>
  `30 23 0:26 ${mounted} ${join(root, at)} rw,nosuid - ${type} ${type} ${options}`

it.each([
  ['v1, each by itself', ['cpu', 'cpuacct'], `/docker/${id}`],
  ['v1, two mounted as one', ['cpu,cpuacct'], `/system.slice/docker-${id}.scope`],
])('reads the counters of cgroups %s', async (_what, processors, path) => {
  const processorFolder = processors.at(-1)!
  write({
    'proc/77/cgroup': [
      `9:name=systemd:${path}`,
      ...processors.map((name) => `3:${name}:${path}`),
      `4:memory:${path}`,
      '0::/',
    ].join('\n'),
    'proc/self/mountinfo': [
      mount('all', 'tmpfs', 'rw,mode=755'),
      ...processors.map((name) => mount(`all/${name}`, 'cgroup', `rw,${name}`)),
      mount('all/memory', 'cgroup', 'rw,memory'),
      mount('all/unified', 'cgroup2', 'rw,nsdelegate'),
    ].join('\n'),
    [`all/${processorFolder}${path}/cpuacct.usage`]: '1234567890\n',
    [`all/memory${path}/memory.usage_in_bytes`]: '5000\n',
    [`all/memory${path}/memory.stat`]: 'cache 1\ninactive_file 9\ntotal_inactive_file 2000\n',
  })
  expect(await statsOf()).toEqual({ cpuNanoseconds: 1234567890, memoryBytes: 5000, memoryWorkingSetBytes: 3000 })
})

it.each([
  ['of the whole machine', '/', `/system.slice/docker-${id}.scope`, `/system.slice/docker-${id}.scope`],
  ['of which a part is mounted', '/outer', `/outer/docker/${id}`, `/docker/${id}`],
])('reads the counters of cgroups v2 %s', async (_what, mounted, path, folder) => {
  write({
    'proc/77/cgroup': `0::${path}\n`,
    'proc/self/mountinfo': mount('all', 'cgroup2', 'rw,nsdelegate', mounted),
    [`all${folder}/cpu.stat`]: 'usage_usec 1234567\nuser_usec 1000000\n',
    [`all${folder}/memory.current`]: '5000\n',
    [`all${folder}/memory.stat`]: 'anon 1\ninactive_file 6000\n',
  })
  expect(await statsOf()).toEqual({ cpuNanoseconds: 1234567000, memoryBytes: 5000, memoryWorkingSetBytes: 0 })
})

it.each([
  ['has ended', {}],
  ['has ended, and its number is another process', { 'proc/77/cgroup': '0::/docker/other\n', 'proc/self/mountinfo': '' }],
  [
    'ends while it is looked at',
    { 'proc/77/cgroup': `0::/docker/${id}\n`, 'proc/self/mountinfo': mount('all', 'cgroup2', 'rw') },
  ],
])('knows nothing of a container that %s', async (_what, files) => {
  write(files)
  expect(await statsOf()).toBeUndefined()
})

it('counts what a machine does, and what it can not drop', async () => {
  write({
    'proc/stat': 'cpu  100 10 50 9000 400 5 3 2 77 0\ncpu0 1 2 3\nintr 4\n',
    'proc/meminfo':
      'MemTotal:  1000 kB\nMemFree:  300 kB\nMemAvailable:  900 kB\nInactive:  400 kB\nInactive(anon):  1 kB\nInactive(file):  200 kB\n',
  })
  expect(await machineStats(join(root, 'proc'))).toEqual({
    cpuNanoseconds: 168 * 10_000_000,
    memoryWorkingSetBytes: 500 * 1024,
  })
})
