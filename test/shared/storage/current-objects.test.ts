import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../../shared/platform/clock.ts'
import { configMaps } from '../../../shared/resources/resource.ts'
import { createCurrentObjects } from '../../../shared/storage/current-objects.ts'
import { openLmdbStore } from '../../../shared/storage/lmdb/open.ts'
import type { LogTail } from '../../../shared/storage/log-tail.ts'
import type { Store } from '../../../shared/storage/store.ts'
import { openLogTail } from '../../../shared/storage/tail/open.ts'

const path = mkdtempSync(join(tmpdir(), 'windlass-current-'))
let store: Store
let tail: LogTail
let readings = 0
let nowMs = 1_000_000
beforeAll(async () => {
  store = await openLmdbStore({ path })
  tail = await openLogTail({ store })
})
afterAll(async () => {
  await tail.close()
  await store.close()
  rmSync(path, { recursive: true, force: true })
})

it.each([
  ['a moment later', 1000, 0],
  ['when it is too old', 2001, 1],
  ['after the clock was set back', -3_600_000, 1],
])('what may be two seconds old is read anew %s as often as it must be', async (_when, passedMs, more) => {
  const counted: LogTail = Object.assign(Object.create(tail) as LogTail, {
    listen: (listener: Parameters<LogTail['listen']>[0]) => tail.listen(listener),
    catchUp: () => {
      readings++
      return tail.catchUp()
    },
  })
  const current = createCurrentObjects({ store, tail: counted, clock: { ...systemClock, now: () => nowMs } })
  await current.reader(2000).list(configMaps)
  const before = readings
  nowMs += passedMs
  await current.reader(2000).list(configMaps)
  expect(readings - before).toBe(more)
})

it('all objects are there at once, and the same array, until one of them changes', async () => {
  const current = createCurrentObjects({ store, tail, clock: { ...systemClock, now: () => nowMs } })
  const first = current.reader(2000).all(configMaps)
  expect(first).toBeInstanceOf(Promise)
  const before = await first
  expect(current.reader(2000).all(configMaps)).toBe(before)
  const key = { resource: 'configmaps', namespace: 'here', name: 'new' }
  const encode = (revision: number) =>
    Buffer.from(JSON.stringify({ metadata: { resourceVersion: String(revision), name: 'new', namespace: 'here' } }))
  await store.create(key, encode)
  const after = await current.reader(0).all(configMaps)
  expect(after).not.toBe(before)
  expect(after.map(({ metadata }) => metadata.name)).toEqual([...before.map(({ metadata }) => metadata.name), 'new'])
  expect(current.reader(2000).all(configMaps)).toBe(after)
})
