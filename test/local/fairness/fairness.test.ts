import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FloodKind, FloodMessage } from './flood.ts'
import { type Access, connectPerson } from './person.ts'
import { startServer } from './server.ts'

let server: Awaited<ReturnType<typeof startServer>>
let alice: ReturnType<typeof connectPerson>
let mallory: Access
beforeAll(async () => {
  server = await startServer({ seats: 10, objects: 500, changes: 6000 })
  alice = connectPerson(await server.accessOf('alice'))
  mallory = await server.accessOf('mallory')
  await measure()
})
afterAll(async () => {
  alice.close()
  await server.stop()
})

const path = '/api/v1/namespaces/calm/configmaps'
const attempts = 4
const aim = 3
const mostBytes = 768 << 20
/** until the flood is what it will be */
const warmUpMs = 2000
let number = 0

interface Latencies {
  readonly wallMs: number[]
  /** of this process, which is the server's */
  readonly cpuMs: number[]
}
interface Measured {
  readonly get: Latencies
  readonly create: Latencies
}

/** one at a time */
const samples = { get: 300, create: 200 }

const measure = async (): Promise<Measured> => {
  const time = async (count: number, status: number, call: () => ReturnType<typeof alice.call>): Promise<Latencies> => {
    const latencies: Latencies = { wallMs: [], cpuMs: [] }
    for (let i = 0; i < count; i++) {
      const cpu = process.cpuUsage()
      const at = performance.now()
      expect((await call()).status).toBe(status)
      latencies.wallMs.push(performance.now() - at)
      const { user, system } = process.cpuUsage(cpu)
      latencies.cpuMs.push((user + system) / 1000)
    }
    return latencies
  }
  return {
    get: await time(samples.get, 200, () => alice.call('GET', `${path}/known-7`)),
    create: await time(samples.create, 201, () =>
      alice.call('POST', path, JSON.stringify({ metadata: { name: `own-${number++}` } })),
    ),
  }
}

const p99 = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.ceil(values.length * 0.99) - 1]!
/** On a machine that others load time measures them: then it is the work that the server does before it answers. */
const ratio = (flooded: Latencies, alone: Latencies) =>
  Math.min(p99(flooded.wallMs) / p99(alone.wallMs), p99(flooded.cpuMs) / p99(alone.cpuMs))

const startFlood = async (kind: FloodKind, inFlight: number): Promise<ChildProcess> => {
  const flood = fork(new URL('flood.ts', import.meta.url), { execArgv: ['--no-warnings'] })
  flood.send({ access: mallory, kind, inFlight } satisfies FloodMessage)
  await once(flood, 'message')
  return flood
}
const countsOf = async (flood: ChildProcess): Promise<Record<string, number>> => {
  flood.send('counts')
  const [counts] = (await once(flood, 'message')) as [Record<string, number>]
  return counts
}
const stopFlood = async (flood: ChildProcess) => {
  const exited = once(flood, 'exit')
  flood.disconnect()
  await exited
}

// What is shown: of four attempts the best one's p99, reads and writes each for themselves, in time or in the server's own work. Three is the
// aim. Watches that are opened and dropped cost more behind their seat than is made to wait yet: 30 holds only that others are not shut out.
const kinds: readonly (readonly [FloodKind, number, number, number])[] = [
  ['gets', 500, 1, aim],
  ['creates', 500, 1, aim],
  ['lists', 500, 1, aim],
  ['watches', 500, 1, 30],
  ['watches that stay', 3000, 1, aim],
  ['watches from far back', 3000, 1, aim],
  ['slow bodies', 500, 0, aim],
  ['half-closed connections', 500, 0, aim],
]

describe.each(kinds)('a client that keeps %s in flight, %i of them', (kind, inFlight, answers, most) => {
  const name = `leaves another one's p99 within ${most} times of what it is alone at best of ${attempts} attempts, and memory bounded`
  it(name, { timeout: 120_000 }, async () => {
    const best = { get: Number.POSITIVE_INFINITY, create: Number.POSITIVE_INFINITY }
    const residentBytes = process.memoryUsage.rss()
    // What others do on the machine makes an attempt worse, never the best of them better.
    for (let attempt = 0; attempt < attempts && Math.max(best.get, best.create) > most; attempt++) {
      const alone = await measure()
      const flood = await startFlood(kind, inFlight)
      await pause(warmUpMs)
      const flooded = await measure()
      const counts = await countsOf(flood)
      await stopFlood(flood)
      // it was one
      expect(counts['200'] ?? counts['201'] ?? 0, JSON.stringify(counts)).toBeGreaterThanOrEqual(answers)
      expect(process.memoryUsage.rss() - residentBytes).toBeLessThan(mostBytes)
      best.get = Math.min(best.get, ratio(flooded.get, alone.get))
      best.create = Math.min(best.create, ratio(flooded.create, alone.create))
    }
    expect(Math.max(best.get, best.create), JSON.stringify(best)).toBeLessThanOrEqual(most)
  })
})
