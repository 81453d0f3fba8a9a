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
