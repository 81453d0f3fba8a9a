import { mkdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { NodeUsage } from '../../../../shared/resources/metrics/node-usage.ts'
import { openEnvironment } from '../../../../shared/storage/lmdb/environment.ts'
import { createLmdbHeartbeats } from '../../../../shared/storage/lmdb/heartbeats.ts'
import { openLmdbStore } from '../../../../shared/storage/lmdb/open.ts'
import { WriteQueue } from '../../../../shared/storage/lmdb/write-queue.ts'
import { newDirectory } from './directory.ts'

it('writes at the end what was recorded while other heartbeats were being written', async () => {
  const directory = await newDirectory()
  const { path } = directory
  mkdirSync(path)
  const environment = openEnvironment({ path })
  const queue = new WriteQueue({ environment, path, now: Date.now, committed: () => undefined })
  const heartbeats = createLmdbHeartbeats({ environment, queue })
  await heartbeats.record(new Map([['a', 1]]))
  const flushing = heartbeats.flush()
  await heartbeats.record(new Map([['b', 2]]))
  await heartbeats.close()
  await flushing
  expect(await createLmdbHeartbeats({ environment, queue }).all()).toEqual(
    new Map([
      ['a', 1],
      ['b', 2],
    ]),
  )
  await environment.root.close()
  await directory.remove()
})

it('keeps what nodes use over a restart, and forgets it with them', async () => {
  const directory = await newDirectory()
  const usage = (cpuNanoCores: number): NodeUsage => ({ atMs: 1, windowMs: 60_000, cpuNanoCores, memoryBytes: 7, pods: [] })
  const opened = () => openLmdbStore({ path: directory.path })
  const first = await opened()
  await first.heartbeats.recordUsage(new Map(Object.entries({ a: usage(1), b: usage(2) })))
  await first.heartbeats.record(new Map(Object.entries({ a: 1, b: 2 })))
  const before = await first.revision()
  expect(await first.heartbeats.usages(['b'])).toEqual(new Map([['b', usage(2)]]))
  await first.close()
  const second = await opened()
  expect(await second.revision()).toBe(before)
  expect(await second.heartbeats.usages()).toEqual(new Map(Object.entries({ a: usage(1), b: usage(2) })))
  await second.heartbeats.forget(['a'])
  await second.heartbeats.recordUsage(new Map([['b', usage(3)]]))
  expect(await second.heartbeats.usages()).toEqual(new Map([['b', usage(3)]]))
  expect(await second.heartbeats.usages(['a'])).toEqual(new Map())
  await second.close()
  await directory.remove()
})
