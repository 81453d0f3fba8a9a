import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, realpath, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { removeTree } from '../../../agent/files/remove-tree.ts'
import { createEmptyDirPlugin } from '../../../agent/volumes/empty-dir.ts'
import { hostPathPlugin } from '../../../agent/volumes/host-path.ts'
import { HostVolumes } from '../../../agent/volumes/host-volumes.ts'
import { unmountBelow } from '../../../agent/volumes/mount.ts'
import { projectedPlugins } from '../../../agent/volumes/projected-plugins.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import type { Container, PodSpec, Volume } from '../../../shared/resources/generated/types.ts'
import type { Pod } from '../../../shared/resources/resource.ts'

const missing = process.getuid?.() === 0 ? undefined : 'needs root, to mount and to give files away'

/** `mode owner:group`, as of what the path leads to. */
const shown = async (path: string) => {
  const { mode, uid, gid } = await stat(path)
  return `${(mode & 0o7777).toString(8)} ${uid}:${gid}`
}

describe.skipIf(missing)(`modes and owners of what volumes show${missing ? ` (${missing})` : ''}`, () => {
  let dir: string
  let volumes: HostVolumes
  beforeEach(async () => {
    dir = await realpath(await mkdtemp(join(tmpdir(), 'windlass-modes-')))
    const data = async () => ({ data: new Map([['a', Buffer.from('1')]]) })
    const config = { configMap: data, secret: data } as never
    const token = { get: async () => 'token', forget: () => undefined }
    const plugins = [
      createEmptyDirPlugin({ allocatable: {} }),
      hostPathPlugin,
      ...projectedPlugins({ config, token, hostIP: '192.0.2.1', allocatable: {} }),
    ]
    volumes = new HostVolumes({ dataDir: dir, plugins, log: createLogger({ write: () => undefined }) })
  })
  afterEach(async () => {
    await unmountBelow(dir)
    await removeTree(tmpdir(), basename(dir))
  })
  const mount = async (volume: Omit<Volume, 'name'>, spec: Partial<PodSpec> = {}) => {
    const all = { containers: [{ name: 'c' }], volumes: [{ name: 'v', ...volume }], ...spec }
    const pod = { metadata: { name: 'web', namespace: 'default', uid: 'u1' }, spec: all } as unknown as Pod
    return (await volumes.mount(pod)).get('v')!.path
  }

  const modes = [undefined, 0, 0o400, 0o440, 0o600, 0o644, 0o755, 0o777]
  const keys = modes.map((mode) => ({ key: 'a', path: `d/${mode}`, mode }))
  const fields = modes.map((mode) => ({ path: `d/${mode}`, fieldRef: { fieldPath: 'metadata.name' }, mode }))
  const kinds: [string, string, (defaultMode: number | undefined) => Omit<Volume, 'name'>][] = [
    ['configMap', '777', (defaultMode) => ({ configMap: { name: 'x', defaultMode, items: keys } })],
    ['secret', '1777', (defaultMode) => ({ secret: { secretName: 'x', defaultMode, items: keys } })],
    ['downwardAPI', '1777', (defaultMode) => ({ downwardAPI: { defaultMode, items: fields } })],
    ...[
      { configMap: { name: 'x', items: keys } },
      { secret: { name: 'x', items: keys } },
      { downwardAPI: { items: fields } },
    ].map((source): (typeof kinds)[number] => [
      `projected ${Object.keys(source)[0]}`,
      '1777',
      (defaultMode) => ({ projected: { defaultMode, sources: [source] } }),
    ]),
  ]
  const users: PodSpec['securityContext'][] = [
    {},
    { runAsUser: 1000, runAsGroup: 3000, supplementalGroups: [4000] },
    { runAsUser: 1000, fsGroup: 2000 },
    { fsGroup: 2000, fsGroupChangePolicy: 'OnRootMismatch' },
    { fsGroup: 2000, fsGroupChangePolicy: 'Always' },
    { fsGroup: 0 },
  ]

  it.each(kinds)('of a %s volume are those asked for, and readable by the fsGroup', async (_, root, volumeOf) => {
    for (const securityContext of users) {
      for (const defaultMode of modes) {
        const path = await mount(volumeOf(defaultMode), { securityContext })
        const { fsGroup } = securityContext!
        const group = fsGroup ?? 0
        const rootMode = fsGroup === undefined ? root : (Number.parseInt(root, 8) | 0o2000).toString(8)
        const folder = `${fsGroup === undefined ? '755' : '2755'} 0:${group}`
        const files = modes.map((mode) => {
          const asked = mode ?? defaultMode ?? 0o644
          return `${(fsGroup === undefined ? asked : asked | 0o440).toString(8)} 0:${group}`
        })
        const names = ['', '..data', 'd', ...modes.map((mode) => `d/${mode}`)]
        expect(await Promise.all(names.map((name) => shown(join(path, name))))).toEqual([
          `${rootMode} 0:${group}`,
          folder,
          folder,
          ...files,
        ])
        await volumes.remove('u1')
      }
    }
  })

  const as = (...ids: (number | undefined)[]): Container[] =>
    ids.map((runAsUser, index) => ({ name: `c${index}`, securityContext: runAsUser === undefined ? {} : { runAsUser } }))
  it.each<[string, Partial<PodSpec>, string]>([
    ['nobody says who it is', { containers: as(undefined) }, '644 0:0'],
    ['the pod says it', { securityContext: { runAsUser: 1000 }, containers: as(undefined) }, '600 1000:0'],
    ['each container says the same', { containers: as(1000, 1000) }, '600 1000:0'],
    ['all are root', { containers: as(0) }, '600 0:0'],
    ['containers differ', { containers: as(1000, 1001) }, '644 0:0'],
    ['one does not say it', { containers: as(1000, undefined) }, '644 0:0'],
    ['a container is another than its pod', { securityContext: { runAsUser: 1000 }, containers: as(1001) }, '600 1001:0'],
    ['one is another than the pod', { securityContext: { runAsUser: 1000 }, containers: as(1001, undefined) }, '644 0:0'],
    ['an init container differs', { initContainers: as(1), containers: as(1000) }, '644 0:0'],
    ['there is a group only', { securityContext: { fsGroup: 2000 }, containers: as(undefined) }, '640 0:2000'],
    ['containers differ in a group', { securityContext: { fsGroup: 2000 }, containers: as(1, 2) }, '640 0:2000'],
    ['there is one user in a group', { securityContext: { fsGroup: 2000, runAsUser: 1000 } }, '640 1000:2000'],
  ])('of a token when %s', async (_, spec, expected) => {
    const path = await mount({ projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }, spec)
    expect(await shown(join(path, 'token'))).toBe(expected)
  })

  it.each<[Volume['emptyDir'], number | undefined, string]>([
    [{}, undefined, '777 0:0'],
    [{}, 2000, '2777 0:2000'],
    [{ medium: 'Memory' }, undefined, '1777 0:0'],
    [{ medium: 'Memory' }, 2000, '3777 0:2000'],
    [{ medium: 'Memory', sizeLimit: '1Mi' }, 2000, '3777 0:2000'],
  ])('of emptyDir %j with fsGroup %s', async (emptyDir, fsGroup, expected) => {
    expect(await shown(await mount({ emptyDir }, { securityContext: { fsGroup } }))).toBe(expected)
  })

  it('of a hostPath are left as they are, and those that are made are everybody’s to read', async () => {
    const path = join(dir, 'host')
    await mkdir(path)
    await writeFile(join(path, 'own'), '')
    for (const name of ['', 'own']) await chmod(join(path, name), 0o700)
    const securityContext = { fsGroup: 2000, runAsUser: 1000 }
    for (const [name, type, expected] of [
      ['', 'Directory', '700 0:0'],
      ['', 'DirectoryOrCreate', '700 0:0'],
      ['own', 'File', '700 0:0'],
      ['own', 'FileOrCreate', '700 0:0'],
      ['new', 'DirectoryOrCreate', '755 0:0'],
      ['new-file', 'FileOrCreate', '644 0:0'],
    ] as const) {
      expect(await shown(await mount({ hostPath: { path: join(path, name), type } }, { securityContext }))).toBe(expected)
    }
  })

  it('refuses a pipe where a hostPath is to be a file, and does not wait for it', async () => {
    const path = join(dir, 'pipe')
    execFileSync('mkfifo', [path])
    await expect(mount({ hostPath: { path, type: 'FileOrCreate' } })).rejects.toThrow('is not a file')
    await expect(mount({ hostPath: { path: dir, type: 'FileOrCreate' } })).rejects.toThrow('is not a file')
  })

  it('makes folders for what is mounted inside, and keeps them when files change', async () => {
    const containers = [
      {
        name: 'c',
        volumeMounts: [
          { name: 'v', mountPath: '/etc/app/' },
          { name: 'w', mountPath: '/etc/app/certs/live' },
          { name: 'x', mountPath: '/etc/app/certs/live/deeper' },
          { name: 'x', mountPath: '/etc/app/a' },
          { name: 'x', mountPath: '/etc/app-other/x' },
          { name: 'x', mountPath: '/etc/app/..data' },
        ],
      },
    ]
    const spec = { containers, securityContext: { fsGroup: 2000 } }
    for (let turn = 0; turn < 2; turn++) {
      const path = await mount({ configMap: { name: 'x' } }, spec)
      expect(await shown(join(path, 'certs/live'))).toBe('2755 0:2000')
      await expect(stat(join(path, 'certs/live/deeper'))).rejects.toThrow('ENOENT')
      await expect(stat(join(path, 'x'))).rejects.toThrow('ENOENT')
      expect(await shown(join(path, 'a'))).toBe('644 0:2000')
    }
  })
})
