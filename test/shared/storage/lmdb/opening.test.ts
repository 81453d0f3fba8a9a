import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LmdbStore } from '../../../../shared/storage/lmdb/open.ts'
import { passGate } from '../../../../shared/storage/lmdb/opening-gate.ts'
import { minutes, runSeeds } from '../../../contract/histories/run-seeds.ts'
import { seededRandom } from '../../../contract/random.ts'
import { readAll } from '../../../contract/store/changes.ts'
import { createPod, rejection } from '../../../contract/store/objects.ts'
import { type Directory, newDirectory, quickPlace } from './directory.ts'

/** Opens and writes beside the owner for a while, then is killed; gives what it had been told was done, by name. */
const openAndKill = async (path: string, name: string, afterMs: number): Promise<[name: string, revision: number][]> => {
  const program = new URL('./opening-process.ts', import.meta.url).pathname
  const opener = spawn(process.execPath, [program, path, name], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  opener.stdout.setEncoding('utf8').on('data', (text: string) => {
    // Loading takes longer than all it does: count from the first time it was in.
    if (output === '') setTimeout(() => opener.kill('SIGKILL'), afterMs)
    output += text
  })
  const [code] = (await once(opener, 'close')) as [number | null]
  if (code !== null) throw new Error(`an opener ended by itself with ${code}`)
  const lines = output.slice(0, output.lastIndexOf('\n')).split('\n')
  return lines.map((line): [string, number] => [line.split(' ')[0]!, Number(line.split(' ')[1])])
}

describe('opening an LMDB store beside its owner', () => {
  let directory: Directory
  beforeEach(async () => {
    directory = await newDirectory()
  })
  afterEach(() => directory.remove())

  /** Writes until told to stop, one after the other, and gives the revisions. */
  const writeUntil = async (store: LmdbStore, name: string, stop: AbortSignal) => {
    const written: [name: string, revision: number][] = []
    for (let i = 0; !stop.aborted; i++) {
      const { key, revision } = await createPod(store, `${name}-${i}`)
      written.push([key.name, revision])
    }
    return written
  }

  it('loses no write and stops no writer, whoever is killed while opening', { timeout: 120_000 + minutes * 90_000 }, () =>
    runSeeds({
      what: 'LMDB opened and killed',
      least: 3,
      run: async (seed) => {
        const random = seededRandom(seed)
        const own = await newDirectory(quickPlace())
        const { path } = own
        const store = await own.open()
        const first = await store.revision()
        const stop = new AbortController()
        const writers = ['x', 'y'].map((name) => writeUntil(store, name, stop.signal))
        const openers = ['a', 'b', 'c'].map((name) => openAndKill(path, name, random.below(400)))
        const theirs = await Promise.all(openers)
        const { key, revision } = await createPod(store, 'after')
        stop.abort()
        const acknowledged = [...(await Promise.all(writers)), ...theirs, [[key.name, revision] as const]].flat()
        const changes = await readAll(store, first)
        expect(changes.map((change) => change.revision)).toEqual(changes.map((_, i) => first + 1 + i))
        const found = new Map(changes.map((change) => [change.key.name, change.revision]))
        for (const [name, at] of acknowledged) expect(`${name} ${found.get(name)}`).toBe(`${name} ${at}`)
        await own.remove()
        return { operations: changes.length, crashes: 3 }
      },
    }),
  )

  it('lets writes go on when one that opens fails', async () => {
    const store = await directory.open()
    const failing = passGate({
      directory: directory.path,
      open: () => {
        throw new Error('no memory left')
      },
    })
    expect(String(await rejection(failing))).toContain('no memory left')
    await createPod(store, 'after')
    expect(readdirSync(directory.path).filter((name) => name.startsWith('worker.'))).toEqual([])
  })

  it('lets a new owner in while others wait for one', async () => {
    await (await directory.open()).close()
    const waiting = directory.open({ role: 'worker' })
    const store = await directory.open()
    const worker = await waiting
    const { revision } = await createPod(worker, 'a')
    expect(await store.revision()).toBe(revision)
  })
})
