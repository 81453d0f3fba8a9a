import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../../../shared/storage/store.ts'
import { minutes, runSeeds } from '../../../contract/histories/run-seeds.ts'
import { seededRandom } from '../../../contract/random.ts'
import { readAll } from '../../../contract/store/changes.ts'
import { type Directory, newDirectory } from './directory.ts'

interface Acknowledged {
  readonly type: string
  readonly name: string
  readonly revision: number
}

/** Lets a writer run for a while, kills it, and gives what it had been told was done. */
const runAndKill = async (path: string, writerSeed: number, afterMs: number): Promise<Acknowledged[]> => {
  const writer = spawn(process.execPath, [new URL('./crash-writer.ts', import.meta.url).pathname, path, String(writerSeed)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  writer.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (output === '') setTimeout(() => writer.kill('SIGKILL'), afterMs)
    output += text
  })
  const [code] = (await once(writer, 'close')) as [number | null]
  if (code !== null) throw new Error(`the writer ended by itself with ${code}`)
  return output
    .slice(0, output.lastIndexOf('\n'))
    .split('\n')
    .slice(1)
    .map((line) => {
      const [type = '', name = '', revision = ''] = line.split(' ')
      return { type, name, revision: Number(revision) }
    })
}

/** A watcher that comes back after every crash, and what the changes it saw lead to. */
class Witness {
  #position = 1
  readonly #state = new Map<string, number>()

  /** Reads on where it was; returns how many changes there were. */
  async expectSound(store: Store, acknowledged: readonly Acknowledged[]): Promise<number> {
    const from = this.#position
    const changes = await readAll(store, from)
    const revision = await store.revision()
    expect(changes.map((change) => change.revision)).toEqual(Array.from({ length: revision - from }, (_, i) => from + 1 + i))
    for (const { type, name, revision: at } of acknowledged)
      expect(changes[at - from - 1]).toMatchObject({ type, revision: at, key: { name } })
    for (const { type, key, revision: at } of changes) {
      if (type === 'deleted') this.#state.delete(key.name)
      else this.#state.set(key.name, at)
    }
    const { entries } = await store.list('pods')
    expect(new Map(entries.map((entry) => [entry.key.name, entry.revision]))).toEqual(this.#state)
    for (const { value, revision: at } of entries)
      expect(JSON.parse(Buffer.from(value).toString()).metadata.resourceVersion).toBe(String(at))
    this.#position = revision
    return changes.length
  }
}

describe('LMDB store killed at random points', () => {
  let directory: Directory
  beforeEach(async () => {
    directory = await newDirectory()
  })
  afterEach(() => directory.remove())

  it('keeps every acknowledged write and no hole in the log, and a watcher goes on where it was', {
    timeout: 60_000 + minutes * 90_000,
  }, async () => {
    const witness = new Witness()
    let told = 0
    await runSeeds({
      what: 'LMDB killed (kill -9)',
      least: 12,
      run: async (seed) => {
        const random = seededRandom(seed)
        const acknowledged = await runAndKill(directory.path, random.below(2 ** 31), 1 + random.below(80))
        told += acknowledged.length
        const store = await directory.open()
        const operations = await witness.expectSound(store, acknowledged)
        await store.close()
        return { operations, crashes: 1 }
      },
    })
    expect(told).toBeGreaterThan(12)
  })
})
