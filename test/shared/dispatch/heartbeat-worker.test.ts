import { expect, it } from 'vitest'
import { createHeartbeatWorker } from '../../../shared/dispatch/heartbeat-worker.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import { ManualClock } from '../../fakes/manual-clock.ts'

const clock = new ManualClock()

const noted = async (...bodies: unknown[]) => {
  const recorded: ReadonlyMap<string, number>[] = []
  const said: string[] = []
  const heartbeats = {
    record: async (beats: ReadonlyMap<string, number>) => {
      recorded.push(beats)
    },
    all: async () => new Map(),
    forget: async () => undefined,
  }
  const work = createHeartbeatWorker({ heartbeats, clock, log: createLogger({ write: (line) => said.push(line) }) })
  const again = await work(
    bodies.map((body, i) => ({ id: String(i), body: typeof body === 'string' ? body : JSON.stringify(body) })),
  )
  expect([recorded.length, again]).toEqual([1, []])
  return { beats: Object.fromEntries(recorded[0]!), said }
}

it('notes the newest of each node, all at once', async () => {
  const now = clock.now()
  const { beats, said } = await noted({ node: 'a', atMs: now - 2 }, { node: 'b', atMs: now - 3 }, { node: 'a', atMs: now - 1 })
  expect([beats, said]).toEqual([{ a: now - 1, b: now - 3 }, []])
})

it('believes no clock that is ahead', async () => {
  const now = clock.now()
  expect((await noted({ node: 'a', atMs: now + 86_400_000 })).beats).toEqual({ a: now })
})

it.each([
  'no JSON',
  'null',
  { node: 'a' },
  { node: 'a', atMs: 'now' },
  { atMs: 1 },
  { node: '', atMs: 1 },
  { node: 'x'.repeat(254), atMs: 1 },
  { node: 'not a name', atMs: 1 },
])('drops %j and nothing beside it', async (bad) => {
  const now = clock.now()
  const { beats, said } = await noted(bad, { node: 'a', atMs: now })
  expect([beats, said.length]).toEqual([{ a: now }, 1])
})
