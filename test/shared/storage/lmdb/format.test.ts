import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { open } from 'lmdb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { StoreFormat } from '../../../../shared/storage/format.ts'
import type { Environment } from '../../../../shared/storage/lmdb/environment.ts'
import { StoreUnavailable } from '../../../../shared/storage/store.ts'
import { brief, createPod, rejection } from '../../../contract/store/objects.ts'
import { type Directory, newDirectory } from './directory.ts'

/** Makes of each value that ends in one mark one that ends in the next; what it did already it finds done. */
const renote = (from: string, to: string) => (environment: Environment) => {
  for (const { key, value } of [...environment.objects.getRange()]) {
    const text = Buffer.from(value).toString('latin1')
    environment.objects.putSync(key, Buffer.from(text.replace(`"note":"${from}"`, `"note":"${to}"`), 'latin1'))
  }
}

const third: StoreFormat<Environment> = {
  version: 3,
  upgrades: [
    { from: 2, run: renote('two', 'three') },
    { from: 1, run: renote('one', 'two') },
  ],
}

describe('format of an LMDB store', () => {
  let directory: Directory
  beforeEach(async () => {
    directory = await newDirectory()
  })
  afterEach(() => directory.remove())

  const formatFile = () => readFileSync(join(directory.path, 'FORMAT'), 'utf8')
  const makeFirst = async () => {
    const store = await directory.open()
    const { revision } = await createPod(store, 'a', 'one')
    await store.close()
    return revision
  }

  it('upgrades an older store in place, step by step, once', async () => {
    const revision = await makeFirst()
    for (let start = 0; start < 2; start++) {
      const store = await directory.open({ format: third })
      expect((await store.list('pods')).entries.map(brief)).toEqual([`default/a@${revision}=three`])
      expect(formatFile()).toBe('windlass store 3\n')
      await store.close()
    }
    const before = String(await rejection(directory.open()))
    expect(before).toContain('holds "windlass store 3", this version reads "windlass store 1": start the newer version')
  })

  it('goes on in a map of small pages, as older versions made it', async () => {
    const older = open({ path: join(directory.path, 'windlass.mdb'), noSubdir: true, pageSize: 4096, maxDbs: 8 })
    const pageSize = () => readFileSync(join(directory.path, 'windlass.mdb')).readUInt32LE(48)
    await older.close()
    writeFileSync(join(directory.path, 'FORMAT'), 'windlass store 1\n')
    for (const count of [1, 2]) {
      const store = await directory.open()
      await createPod(store, `a${count}`, 'x'.repeat(3000))
      expect((await store.list('pods')).entries).toHaveLength(count)
      expect((await store.changes(1)).changes).toHaveLength(count)
      await store.close()
    }
    expect(pageSize()).toBe(4096)
  })

  it('takes an upgrade up again that was cut off, and lets no older program in between', async () => {
    const revision = await makeFirst()
    const failing = (environment: Environment) => {
      renote('two', 'half')(environment)
      throw new Error('killed')
    }
    const cutOff = { version: 3, upgrades: [third.upgrades[1]!, { from: 2, run: failing }] }
    expect(String(await rejection(directory.open({ format: cutOff })))).toContain('killed')
    expect(String(await rejection(directory.open()))).toContain('start the newer version')
    const store = await directory.open({ format: third })
    expect((await store.list('pods')).entries.map(brief)).toEqual([`default/a@${revision}=three`])
  })

  it('leaves the upgrade to the owner', async () => {
    await makeFirst()
    const error = String(await rejection(directory.open({ role: 'worker', format: third })))
    expect(error).toContain('holds "windlass store 1", which its owner has to upgrade first')
  })

  it('makes a new store in the newest format, without any step', async () => {
    const refusing = { version: 3, upgrades: [] }
    await createPod(await directory.open({ format: refusing }), 'a', 'one')
    await directory.closeAll()
    await directory.open({ format: refusing })
    expect(formatFile()).toBe('windlass store 3\n')
  })

  it.each([
    ['windlass store 7', 'start the newer version that made it'],
    ['windlass store 2', 'it is too old'],
    ['windlass store 0', 'it is no store of ours'],
    ['a diary', 'it is no store of ours'],
  ])('refuses "%s" by name where there is no way to it, and writes nothing there', async (content, why) => {
    mkdirSync(directory.path)
    writeFileSync(join(directory.path, 'FORMAT'), content)
    const format = { version: 4, upgrades: [{ from: 3, run: () => undefined }] }
    const error = await rejection(directory.open({ format }))
    expect(error).toBeInstanceOf(StoreUnavailable)
    expect(String(error)).toContain(`holds "${content}", this version reads "windlass store 4": ${why}`)
    expect(readdirSync(directory.path)).toEqual(['FORMAT'])
    expect(formatFile()).toBe(content)
  })
})
