import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Change, Store } from '../../../../shared/storage/store.ts'
import { seededRandom } from '../../../contract/random.ts'
import { readAll } from '../../../contract/store/changes.ts'
import { type Directory, newDirectory } from './directory.ts'

const crashes = Number(process.env.STORE_CRASHES ?? 12)
const seed = Number(process.env.STORE_SEED ?? 1)

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

/** The state that the log leads to, from nothing. */
const replay = (changes: readonly Change[]): Map<string, number> => {
  const state = new Map<string, number>()
  for (const { type, key, revision } of changes) {
    if (type === 'deleted') state.delete(key.name)
    else state.set(key.name, revision)
  }
  return state
}

const expectSound = async (store: Store, acknowledged: readonly Acknowledged[]) => {
  const changes = await readAll(store, 1)
  const revision = await store.revision()
  expect(changes.map((change) => change.revision)).toEqual(Array.from({ length: revision - 1 }, (_, i) => i + 2))
  for (const { type, name, revision: at } of acknowledged) {
    expect(changes[at - 2]).toMatchObject({ type, revision: at, key: { name } })
  }
  const { entries } = await store.list('pods')
  expect(new Map(entries.map((entry) => [entry.key.name, entry.revision]))).toEqual(replay(changes))
  for (const { value, revision: at } of entries) {
    expect(JSON.parse(Buffer.from(value).toString()).metadata.resourceVersion).toBe(String(at))
  }
}

describe('LMDB store killed at random points', () => {
  let directory: Directory
  beforeEach(async () => {
    directory = await newDirectory()
  })
  afterEach(() => directory.remove())

  it(`keeps every acknowledged write and no hole in the log (${crashes} kills, seed ${seed})`, {
    timeout: 10_000 + crashes * 3000,
  }, async () => {
    const random = seededRandom(seed)
    const acknowledged: Acknowledged[] = []
    for (let crash = 0; crash < crashes; crash++) {
      acknowledged.push(...(await runAndKill(directory.path, random.below(2 ** 31), 1 + random.below(80))))
      const store = await directory.open()
      await expectSound(store, acknowledged)
      await store.close()
    }
    expect(acknowledged.length).toBeGreaterThan(crashes)
  })
})
