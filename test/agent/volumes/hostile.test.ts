import { execFileSync } from 'node:child_process'
import { link, mkdir, mkdtemp, readdir, readFile, realpath, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { removeTree } from '../../../agent/files/remove-tree.ts'
import { writeAtomically } from '../../../agent/volumes/atomic-writer.ts'
import { createEmptyDirPlugin } from '../../../agent/volumes/empty-dir.ts'
import { mountTmpfs, unmountBelow } from '../../../agent/volumes/mount.ts'
import { bindSubPath } from '../../../agent/volumes/sub-path.ts'
import type { Pod } from '../../../shared/resources/resource.ts'
import { startRacer } from './racer.ts'

const missing = process.getuid?.() === 0 ? undefined : 'needs root, to mount'

/** A container is root in the volumes that it shares with the agent; `victim` is what it wants of the host. */
describe.skipIf(missing)(
  `a container that attacks the node by its volumes${missing ? ` (${missing})` : ''}`,
  { timeout: 120_000 },
  () => {
    let dir: string
    let volume: string
    let victim: string
    beforeEach(async () => {
      dir = await realpath(await mkdtemp(join(tmpdir(), 'windlass-hostile-')))
      volume = join(dir, 'volume')
      victim = join(dir, 'victim')
      await mkdir(volume)
      await mkdir(victim, { mode: 0o700 })
      await writeFile(join(victim, 'keep'), 'mine', { mode: 0o600 })
    })
    afterEach(async () => {
      await unmountBelow(dir)
      await removeTree(tmpdir(), basename(dir))
    })
    const victimStands = async () => {
      expect(await readdir(victim)).toEqual(['keep'])
      expect(await readFile(join(victim, 'keep'), 'utf8')).toBe('mine')
      expect((await stat(victim)).mode & 0o7777).toBe(0o700)
      expect((await stat(join(victim, 'keep'))).mode & 0o7777).toBe(0o600)
      expect([(await stat(victim)).gid, (await stat(join(victim, 'keep'))).gid]).toEqual([0, 0])
    }

    describe('in a volume whose files the agent writes', () => {
      let version = 0
      const write = () => {
        const content = Buffer.from(String(++version))
        const files = new Map(['keep', 'deep/er/file'].map((path) => [path, { content, mode: 0o644 }]))
        return writeAtomically({ dir: volume, files, fsGroup: 2000 })
      }
      const shown = async () =>
        expect(await Promise.all(['keep', 'deep/er/file'].map((path) => readFile(join(volume, path), 'utf8')))).toEqual(
          Array(2).fill(String(version)),
        )

      it.each([
        ['a relative path out', '../victim'],
        ['an absolute path', () => victim],
        ['the root', '/'],
        ['many steps up', () => `../../../../../../../..${victim}`],
        ['the volume itself', '.'],
        ['itself', '..data'],
        ['a name like the writer’s own', '..2026_01_01_00_00_00.deadbeef'],
        ['a name like the writer’s own, with a path behind it', '..2026_01_01.deadbeef/../../victim'],
      ])('loses nothing when ..data leads to %s', async (_, target) => {
        await write()
        await symlink('../victim', join(volume, '..2026_01_01_00_00_00.deadbeef'))
        await rm(join(volume, '..data'))
        await symlink(typeof target === 'string' ? target : target(), join(volume, '..data'))
        await write()
        await victimStands()
        await shown()
      })

      it.each([
        ['..data is a folder', () => mkdir(join(volume, '..data/x'), { recursive: true })],
        ['..data_tmp is a folder', () => mkdir(join(volume, '..data_tmp/x'), { recursive: true })],
        ['..data_tmp leads out', () => symlink(victim, join(volume, '..data_tmp'))],
        ['..data is a pipe', () => execFileSync('mkfifo', [join(volume, '..data')])],
        ['a file’s name is a link out', () => symlink('../victim/keep', join(volume, 'keep'))],
        ['a file’s name is a folder', () => mkdir(join(volume, 'keep/x'), { recursive: true })],
        ['a file’s name is a pipe', () => execFileSync('mkfifo', [join(volume, 'keep')])],
        ['a file’s name is a hard link', () => link(join(victim, 'keep'), join(volume, 'keep'))],
        ['a folder’s name is a link out', () => symlink(victim, join(volume, 'deep'))],
        ['a name is one of a thousand levels', () => deep(volume, 'other', 1000)],
      ])('loses nothing when %s', async (_, attack) => {
        await write()
        for (const name of ['..data', 'keep', 'deep']) await rm(join(volume, name), { recursive: true, force: true })
        await attack()
        await write()
        await victimStands()
        await shown()
      })

      it.each([
        ['a file is a pipe', (path: string) => execFileSync('mkfifo', [path])],
        ['a file is a link out', (path: string) => symlink(join(victim, 'keep'), path)],
        ['a file is a hard link', (path: string) => link(join(victim, 'keep'), path)],
        ['a file is a folder', (path: string) => mkdir(path)],
      ])('writes anew, and never through it, when in the current folder %s', async (_, attack) => {
        await write()
        await rm(join(volume, 'keep'))
        await rm(join(volume, '..data/keep'))
        await attack(join(volume, '..data/keep'))
        version--
        await write()
        await victimStands()
        await shown()
      })

      it('loses nothing when a process exchanges its fresh folders for links, a thousand times', async () => {
        const racer = await startRacer(`
        attempt(() => {
          for (const name of fs.readdirSync(${JSON.stringify(volume)})) {
            if (!name.startsWith('..2')) continue
            const path = ${JSON.stringify(volume)} + '/' + name
            const taken = ${JSON.stringify(volume)} + '/..taken' + Math.random()
            attempt(() => fs.renameSync(path, taken))
            attempt(() => fs.symlinkSync('../victim', path))
            attempt(() => fs.rmSync(taken, { recursive: true }))
          }
        })`)
        try {
          for (let turn = 0; turn < 1000; turn++) await write().catch(() => undefined)
        } finally {
          await racer.stop()
        }
        await victimStands()
      })

      it('walks into nothing that is mounted inside', async () => {
        await write()
        const inside = join(volume, '..2026_01_01_00_00_00.deadbeef')
        await mkdir(inside)
        execFileSync('mount', ['--bind', victim, inside])
        await expect(write()).rejects.toThrow(/EBUSY|still mounted/)
        await victimStands()
      })
    })

    describe('by a subPath', () => {
      const bind = (path: string, target = 'bound') => bindSubPath({ volume, path, target: join(dir, target) })

      it.each<[string, string]>([
        ['../victim', 'x'],
        ['/etc', 'x'],
        ['/', 'x'],
        ['../victim', 'x/made/by/root'],
        ['../victim/keep', 'x'],
        ['x', 'x'],
        ['y/../../victim', 'x'],
        ['/proc/1/root/etc', 'x'],
      ])('gets nothing of a link to %s at %s', async (target, path) => {
        await mkdir(join(volume, 'y'))
        await symlink(target, join(volume, 'x'))
        await expect(bind(path)).rejects.toThrow()
        await victimStands()
      })

      it('gets its own folder, or nothing, when a process exchanges it for a link, a thousand times', async () => {
        await mkdir(join(volume, 'a/b'), { recursive: true })
        await writeFile(join(volume, 'a/b/own'), '')
        const path = JSON.stringify(join(volume, 'a'))
        const racer = await startRacer(`
        attempt(() => fs.renameSync(${path}, ${path} + '-aside'))
        attempt(() => fs.symlinkSync('../victim', ${path}))
        attempt(() => fs.unlinkSync(${path}))
        attempt(() => fs.renameSync(${path} + '-aside', ${path}))`)
        let own = 0
        try {
          for (let turn = 0; turn < 500; turn++) {
            for (const subPath of ['a', 'a/b']) {
              const target = join(dir, 'bound', `${turn}-${subPath.length}`)
              await bindSubPath({ volume, path: subPath, target }).catch(() => undefined)
              const seen: string[] = await readdir(target).catch(() => [])
              expect(seen).not.toContain('keep')
              if (seen.includes('b') || seen.includes('own')) own++
            }
            if (turn % 50 === 49) await unmountBelow(dir)
          }
        } finally {
          await racer.stop()
        }
        expect(own).toBeGreaterThan(0)
        await victimStands()
      })

      it('makes no folder through a link that is put in the way meanwhile', async () => {
        const path = JSON.stringify(join(volume, 'a'))
        const racer = await startRacer(`
        attempt(() => fs.symlinkSync('../victim', ${path}))
        attempt(() => fs.unlinkSync(${path}))
        attempt(() => fs.rmSync(${path}, { recursive: true, force: true }))`)
        try {
          for (let turn = 0; turn < 500; turn++) {
            await bind('a/b/c', `bound-${turn}`).catch(() => undefined)
            if (turn % 50 === 49) await unmountBelow(dir)
          }
        } finally {
          await racer.stop()
        }
        await victimStands()
      })

      it('keeps what it was given when its path is exchanged afterwards', async () => {
        await mkdir(join(volume, 'a'))
        await bind('a')
        await rename(join(volume, 'a'), join(volume, 'b'))
        await symlink('../victim', join(volume, 'a'))
        expect(await readdir(join(dir, 'bound'))).toEqual([])
      })

      it.each(['pipe', 'socket'])('is never opened when it is a %s', async (kind) => {
        const path = join(volume, 'x')
        if (kind === 'pipe') execFileSync('mkfifo', [path])
        else execFileSync('python3', ['-c', `import socket; socket.socket(socket.AF_UNIX).bind(${JSON.stringify(path)})`])
        await bind('x')
        expect((await stat(join(dir, 'bound')))[kind === 'pipe' ? 'isFIFO' : 'isSocket']()).toBe(true)
      })

      it('is refused beyond 255 levels', async () => {
        await expect(bind(Array(300).fill('d').join('/'))).rejects.toThrow('more than 255 levels')
      })
    })

    describe('when its pod is removed', () => {
      const remove = () => removeTree(dir, 'volume')
      const gone = async () => expect(await readdir(dir)).not.toContain('volume')

      it('leaves nothing of links, pipes, hard links and names that are no UTF-8', async () => {
        await symlink('../victim', join(volume, 'out'))
        await symlink('/', join(volume, 'root'))
        await link(join(victim, 'keep'), join(volume, 'hard'))
        execFileSync('mkfifo', [join(volume, 'pipe')])
        await mkdir(Buffer.from(`${volume}/\xff\xfe`, 'latin1'))
        await writeFile(Buffer.from(`${volume}/\xff\xfe/\nline`, 'latin1'), '')
        await remove()
        await gone()
        await victimStands()
      })

      it('leaves nothing of a tree of five thousand levels', async () => {
        deep(volume, 'd', 5000)
        await remove()
        await gone()
      })

      it('does not enter what is still mounted, of another file system or of this one', async () => {
        await mkdir(join(volume, 'a/m'), { recursive: true })
        execFileSync('mount', ['--bind', victim, join(volume, 'a/m')])
        await expect(remove()).rejects.toThrow(/EBUSY|still mounted/)
        await victimStands()
        await unmountBelow(dir)
        await mountTmpfs(join(volume, 'a/m'), 'size=1m')
        await writeFile(join(volume, 'a/m/file'), '')
        await expect(remove()).rejects.toThrow(/EBUSY|still mounted/)
        expect(await readdir(join(volume, 'a/m'))).toEqual(['file'])
        await unmountBelow(dir)
        await remove()
        await gone()
      })

      it('takes nothing else with it when a process exchanges folders for links meanwhile', async () => {
        const path = JSON.stringify(join(volume, 'a'))
        const racer = await startRacer(`
        attempt(() => fs.mkdirSync(${path} + '/b', { recursive: true }))
        attempt(() => fs.renameSync(${path}, ${path} + '-aside'))
        attempt(() => fs.symlinkSync('../victim', ${path}))
        attempt(() => fs.unlinkSync(${path}))
        attempt(() => fs.renameSync(${path} + '-aside', ${path}))`)
        try {
          for (let turn = 0; turn < 500; turn++) {
            await remove().catch(() => undefined)
            await mkdir(volume).catch(() => undefined)
          }
        } finally {
          await racer.stop()
        }
        await remove()
        await victimStands()
      })
    })

    it('changes nothing by links in an emptyDir that is set up again for a new container', async () => {
      const pod = { metadata: { name: 'web', uid: 'u1' }, spec: { containers: [], securityContext: { fsGroup: 2000 } } }
      const request = { pod: pod as unknown as Pod, volume: { name: 'v', emptyDir: {} }, dir: join(dir, 'kind/v') }
      const plugin = createEmptyDirPlugin({ allocatable: {} })
      await plugin.mount(request)
      await symlink('../../victim', join(dir, 'kind/v/out'))
      await link(join(victim, 'keep'), join(dir, 'kind/v/hard'))
      await plugin.mount(request)
      await victimStands()
      expect((await stat(join(dir, 'kind/v'))).mode & 0o7777).toBe(0o2777)
    })
  },
)

/** Deeper than any path can be. */
const deep = (parent: string, name: string, levels: number) => {
  execFileSync('python3', [
    '-c',
    'import os,sys\nos.chdir(sys.argv[1])\nfor _ in range(int(sys.argv[3])):\n  os.mkdir(sys.argv[2]); os.chdir(sys.argv[2])',
    parent,
    name,
    String(levels),
  ])
}
