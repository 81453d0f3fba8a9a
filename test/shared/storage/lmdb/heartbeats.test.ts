import { mkdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { openEnvironment } from '../../../../shared/storage/lmdb/environment.ts'
import { createLmdbHeartbeats } from '../../../../shared/storage/lmdb/heartbeats.ts'
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
