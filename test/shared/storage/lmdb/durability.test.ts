import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { restoreLmdbStore } from '../../../../shared/storage/lmdb/backup.ts'
import { RevisionExpired, StoreUnavailable } from '../../../../shared/storage/store.ts'
import { brief, createPod, deletePod, names, noted, pod, rejection, updatePod } from '../../../contract/store/objects.ts'
import { type Directory, newDirectory } from './directory.ts'

/** Its two meta pages take turns; the number of a commit stands 0x98 bytes into one. */
const lastTransaction = (file: string): number => {
  const bytes = readFileSync(file)
  return Math.max(...[0, 4096].map((page) => Number(bytes.readBigUInt64LE(page + 0x98))))
}

describe('LMDB store on disk', () => {
  let directory: Directory
  beforeEach(async () => {
    directory = await newDirectory()
  })
  afterEach(() => directory.remove())

  it('goes on where it was after a restart', async () => {
    const first = await directory.open()
    const a = await createPod(first, 'a')
    const b = await updatePod(first, await createPod(first, 'b'), 'changed')
    await first.heartbeats.record(new Map([['node-1', 42_000]]))
    await first.close()
    const second = await directory.open()
    expect((await second.list('pods')).entries.map(brief)).toEqual([
      `default/a@${a.revision}=new`,
      `default/b@${b.revision}=changed`,
    ])
    expect((await second.changes(1)).changes).toHaveLength(3)
    expect((await createPod(second, 'c')).revision).toBe(b.revision + 1)
    expect(await second.heartbeats.all()).toEqual(new Map([['node-1', 42_000]]))
  })

  it('flushes once for what comes together', async () => {
    const store = await directory.open()
    const before = lastTransaction(join(directory.path, 'windlass.mdb'))
    await Promise.all(Array.from({ length: 300 }, (_, i) => createPod(store, `p${i}`)))
    expect(lastTransaction(join(directory.path, 'windlass.mdb')) - before).toBeLessThan(10)
    expect((await store.list('pods')).entries).toHaveLength(300)
  })

  it('grows without a restart', async () => {
    const store = await directory.open({ mapSize: 256 * 1024 })
    const filler = 'x'.repeat(100_000)
    for (let i = 0; i < 200; i++) await store.create(pod(`p${i}`), noted(pod(`p${i}`), filler))
    expect((await store.list('pods')).entries).toHaveLength(200)
  })

  it('reuses the space of history that it dropped', async () => {
    const store = await directory.open()
    let entry = await createPod(store, 'a')
    const filler = 'x'.repeat(20_000)
    const rewrite = async () => {
      for (let i = 0; i < 100; i++) entry = await updatePod(store, entry, filler)
      await store.compact(entry.revision)
    }
    await rewrite()
    const { size } = statSync(join(directory.path, 'windlass.mdb'))
    for (let round = 0; round < 5; round++) await rewrite()
    expect(statSync(join(directory.path, 'windlass.mdb')).size).toBeLessThan(2 * size)
  })

  it('keeps heartbeats out of the log', async () => {
    const store = await directory.open()
    const revision = await store.revision()
    await store.heartbeats.record(
      new Map([
        ['a', 1000],
        ['b', 2000],
      ]),
    )
    await store.heartbeats.record(new Map([['a', 3000]]))
    await store.heartbeats.forget(['b'])
    expect(await store.heartbeats.all()).toEqual(new Map([['a', 3000]]))
    expect(await store.revision()).toBe(revision)
  })

  it('backs up while it is written, and restores without giving a revision twice', async () => {
    const store = await directory.open()
    const a = await createPod(store, 'a')
    const writer = (async () => {
      for (let i = 0; i < 100; i++) await createPod(store, `p${i}`)
    })()
    const backup = join(directory.root, 'backup')
    await store.backup(backup)
    await writer
    const last = await deletePod(store, a)

    const path = join(directory.root, 'restored')
    await restoreLmdbStore({ from: backup, path })
    const restored = await directory.open({ path })
    const { entries, revision } = await restored.list('pods')
    expect(brief(entries[0]!)).toBe(`default/a@${a.revision}=new`)
    expect(names(entries)).toEqual(names((await restored.list('pods', { at: revision })).entries))
    expect(revision).toBeGreaterThan(last.revision)
    expect(await rejection(restored.changes(last.revision))).toBeInstanceOf(RevisionExpired)
    expect((await createPod(restored, 'new')).revision).toBeGreaterThan(revision)
    expect(String(await rejection(restoreLmdbStore({ from: backup, path })))).toContain('not empty')
    expect(String(await rejection(store.backup(backup)))).toContain('not empty')
  })

  it('refuses what is not its own, and writes nothing there', async () => {
    mkdirSync(directory.path)
    writeFileSync(join(directory.path, 'diary.txt'), 'dear diary')
    expect(String(await rejection(directory.open()))).toContain('is not empty and not a store')
    expect(readdirSync(directory.path)).toEqual(['diary.txt'])
    const missing = join(directory.root, 'missing')
    expect(String(await rejection(directory.open({ path: missing, role: 'worker' })))).toContain('there is no store')
    expect(existsSync(missing)).toBe(false)
  })

  it('refuses a damaged or truncated map by name', async () => {
    const store = await directory.open()
    for (let i = 0; i < 50; i++) await createPod(store, `p${i}`, 'x'.repeat(20_000))
    await store.close()
    const file = join(directory.path, 'windlass.mdb')
    const kept = join(directory.root, 'kept')
    copyFileSync(file, kept)
    truncateSync(file, statSync(file).size / 2)
    expect(String(await rejection(directory.open()))).toMatch(/windlass\.mdb" is damaged, it ends after \d+ bytes/)
    writeFileSync(file, 'not a map at all'.repeat(1000))
    expect(String(await rejection(directory.open()))).toContain('is damaged, it does not start as one')
    copyFileSync(kept, file)
    expect((await (await directory.open()).list('pods')).entries).toHaveLength(50)
  })

  it('refuses use after it was closed', async () => {
    const store = await directory.open()
    await store.close()
    for (const attempt of [store.get(pod('a')), store.list('pods'), createPod(store, 'a'), store.changes(1)]) {
      expect(await rejection(attempt)).toBeInstanceOf(StoreUnavailable)
    }
    await store.close()
  })

  it.skipIf(process.getuid?.() !== 0)('names a directory that it may not write (needs root: mounts one)', async () => {
    const disk = join(directory.root, 'disk')
    mkdirSync(disk)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', disk])
    try {
      const error = await rejection(directory.open({ path: join(disk, 'store') }))
      expect(error).toBeInstanceOf(StoreUnavailable)
      expect(String(error)).toMatch(/can't use the data directory ".*\/disk\/store": (EROFS|ENOENT)/)
    } finally {
      execFileSync('umount', [disk])
    }
  })

  it.skipIf(process.getuid?.() !== 0)(
    'refuses writes on a full disk, loses nothing, and goes on when there is space (needs root: mounts a small tmpfs)',
    async () => {
      const disk = join(directory.root, 'disk')
      mkdirSync(disk)
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk])
      try {
        const path = join(disk, 'store')
        const store = await directory.open({ path })
        const acknowledged: string[] = []
        let failure: unknown
        for (let i = 0; !failure; i++) {
          try {
            await createPod(store, `p${i}`, 'x'.repeat(50_000))
            acknowledged.push(`default/p${i}`)
          } catch (error) {
            failure = error
          }
        }
        expect(failure).toBeInstanceOf(StoreUnavailable)
        expect(String(failure)).toMatch(/disk of .* is full .* free space on it/)
        expect(names((await store.list('pods')).entries).sort()).toEqual(acknowledged.sort())
        execFileSync('mount', ['-o', 'remount,size=30m', disk])
        await createPod(store, 'later')
        await store.close()
        expect((await (await directory.open({ path })).list('pods')).entries).toHaveLength(acknowledged.length + 1)
      } finally {
        await directory.closeAll()
        execFileSync('umount', [disk])
      }
    },
  )
})
