import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { minutes, runSeeds } from '../../../contract/histories/run-seeds.ts'
import { seededRandom } from '../../../contract/random.ts'
import { readAll } from '../../../contract/store/changes.ts'
import { newDirectory, quickPlace } from './directory.ts'

const program = new URL('./owning-process.ts', import.meta.url).pathname

/** A process that owns the store or works beside its owner, and what it was told was done. */
class Member {
  readonly acknowledged: [name: string, revision: number][] = []
  readonly #process: ChildProcess
  readonly #opened = Promise.withResolvers<void>()
  #rest = ''
  isIn = false

  constructor(path: string, name: string, role: 'owner' | 'worker') {
    this.#process = spawn(process.execPath, [program, path, name, role], { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#process.stdout!.setEncoding('utf8').on('data', (text: string) => this.#take(text))
    this.#process.once('exit', (code) => this.#opened.reject(new Error(`a member ended with ${code}`)))
    this.#opened.promise.catch(() => undefined)
  }

  get opened(): Promise<void> {
    return this.#opened.promise
  }

  async kill(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const closed = once(this.#process, 'close')
    this.#process.kill('SIGKILL')
    await closed
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line === 'opened') {
        this.isIn = true
        this.#opened.resolve()
      } else if (line === 'closing') this.isIn = false
      else this.acknowledged.push([line.split(' ')[0]!, Number(line.split(' ')[1])])
    }
  }
}

describe('an LMDB store whose owners are killed', () => {
  it('has one owner at a time, and loses no write of anybody', { timeout: 120_000 + minutes * 90_000 }, () =>
    runSeeds({
      what: 'LMDB owners killed',
      least: 2,
      run: async (seed) => {
        const random = seededRandom(seed)
        const own = await newDirectory(quickPlace())
        const { path } = own
        const owners = ['a', 'b', 'c'].map((name) => new Member(path, name, 'owner'))
        const workers = ['x', 'y'].map((name) => new Member(path, name, 'worker'))
        try {
          for (let alive = owners; alive.length > 0; ) {
            await Promise.race(alive.map(({ opened }) => opened))
            await delay(random.below(250))
            const inside = alive.filter(({ isIn }) => isIn)
            expect(inside.length).toBeLessThanOrEqual(1)
            const killed = inside[0] ?? random.pick(alive)
            await killed.kill()
            alive = alive.filter((owner) => owner !== killed)
          }
        } finally {
          await Promise.all([...owners, ...workers].map((member) => member.kill()))
        }
        const store = await own.open()
        const changes = await readAll(store, 1)
        expect(changes.map(({ revision }) => revision)).toEqual(changes.map((_, i) => i + 2))
        const found = new Map(changes.map(({ key, revision }) => [key.name, revision]))
        for (const { acknowledged } of [...owners, ...workers])
          for (const [name, at] of acknowledged) expect(`${name} ${found.get(name)}`).toBe(`${name} ${at}`)
        await own.remove()
        return { operations: changes.length, crashes: owners.length }
      },
    }),
  )
})
