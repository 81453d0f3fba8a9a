import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { removeTree } from '../../../agent/files/remove-tree.ts'
import { writeAtomically } from '../../../agent/volumes/atomic-writer.ts'
import { containerMounts } from '../../../agent/volumes/container-mounts.ts'
import { unmountBelow } from '../../../agent/volumes/mount.ts'
import type { VolumeMount } from '../../../shared/resources/generated/types.ts'

const missing = process.getuid?.() === 0 ? undefined : 'needs root, to mount'

describe.skipIf(missing)(`what a container mounts${missing ? ` (${missing})` : ''}`, () => {
  let dir: string
  let volume: string
  beforeEach(async () => {
    dir = await realpath(await mkdtemp(join(tmpdir(), 'windlass-mounts-')))
    volume = join(dir, 'volume')
    await mkdir(volume, { mode: 0o755 })
  })
  afterEach(async () => {
    await unmountBelow(dir)
    await removeTree(tmpdir(), dir.slice(tmpdir().length + 1))
  })
  const mounts = (mount: Partial<VolumeMount>, options: { readOnly?: boolean; environment?: Map<string, string> } = {}) =>
    containerMounts({
      container: { name: 'main', volumeMounts: [{ name: 'v', mountPath: '/v', ...mount }] },
      volumes: new Map([['v', { path: volume, readOnly: options.readOnly ?? false }]]),
      environment: options.environment ?? new Map(),
      subPathsDir: join(dir, 'volume-subpaths'),
    })
  const source = async (mount: Partial<VolumeMount>, environment?: Map<string, string>) =>
    (await mounts(mount, environment ? { environment } : {}))[0]!.source
  const show = (entries: Record<string, string>) =>
    writeAtomically({
      dir: volume,
      files: new Map(Object.entries(entries).map(([path, text]) => [path, { content: Buffer.from(text), mode: 0o644 }])),
    })

  it('is a whole volume by its path', async () => {
    expect(await mounts({ mountPath: 'v', mountPropagation: 'HostToContainer' })).toEqual([
      { source: volume, target: '/v', readOnly: false, propagation: 'rslave' },
    ])
  })

  it.each([
    [false, undefined, false],
    [false, true, true],
    [true, undefined, true],
    [true, false, true],
  ])('is read-only if volume (%s) or mount (%s) says so: %s', async (readOnly, own, expected) => {
    const [mount] = await mounts(own === undefined ? {} : { readOnly: own }, { readOnly })
    expect(mount!.readOnly).toBe(expected)
  })

  it('makes folders that are missing, with the mode of the volume', async () => {
    for (const mode of [0o755, 0o777, 0o1777, 0o2770]) {
      await chmod(volume, mode)
      const path = await source({ subPathExpr: `logs-${mode}/$(NAME)` }, new Map([['NAME', 'web-0']]))
      await writeFile(join(path, 'x'), '')
      const made = [join(volume, `logs-${mode}`), join(volume, `logs-${mode}/web-0`), path]
      expect(await Promise.all(made.map(async (each) => (await stat(each)).mode & 0o7777))).toEqual([mode, mode, mode])
      expect(await readdir(join(volume, `logs-${mode}/web-0`))).toEqual(['x'])
    }
  })

  it.each(['a/./b//c', 'a/b/c/', './a/b/c'])('takes "%s" for what it means', async (subPath) => {
    await writeFile(join(await source({ subPath }), 'x'), '')
    expect(await readdir(join(volume, 'a/b/c'))).toEqual(['x'])
  })

  it('shows a file of a ConfigMap, and the old content until the container starts again', async () => {
    await show({ 'nginx.conf': 'one', 'deep/er': 'two' })
    const path = await source({ subPath: 'nginx.conf' })
    expect(await readFile(path, 'utf8')).toBe('one')
    await show({ 'nginx.conf': 'three', 'deep/er': 'four' })
    expect(await readFile(path, 'utf8')).toBe('one')
    expect(await readFile(await source({ subPath: 'nginx.conf' }), 'utf8')).toBe('three')
    expect(await readFile(await source({ subPath: 'deep/er' }), 'utf8')).toBe('four')
  })

  it('follows a link that stays inside', async () => {
    await mkdir(join(volume, 'real/sub'), { recursive: true })
    await symlink('real', join(volume, 'one'))
    await symlink('../one/sub', join(volume, 'real/two'))
    await writeFile(join(await source({ subPath: 'one/two' }), 'x'), '')
    expect(await readdir(join(volume, 'real/sub'))).toEqual(['x'])
  })

  it.each([{ subPath: '../etc' }, { subPath: 'a/../../b' }, { subPath: '/etc' }, { subPathExpr: '$(NOPE)' }])(
    'refuses %j',
    async (mount) => {
      await expect(mounts(mount)).rejects.toThrow()
      expect(await readdir(volume)).toEqual([])
    },
  )

  it('leaves nothing mounted of a container that starts again, and makes no two of one', async () => {
    const mountsNow = async () =>
      (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').filter((line) => line.includes(dir))
    for (let start = 0; start < 3; start++) await source({ subPath: 'a' })
    expect(await mountsNow()).toHaveLength(1)
    await mounts({})
    expect(await mountsNow()).toEqual([])
  })
})
