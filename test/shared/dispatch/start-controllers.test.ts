import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Client } from '../../../shared/client/client.ts'
import { type Controller, watch } from '../../../shared/controllers/controller.ts'
import { ownKey } from '../../../shared/controllers/key.ts'
import { createDispatcher } from '../../../shared/dispatch/dispatch.ts'
import { type RunningControllers, startControllers } from '../../../shared/dispatch/start-controllers.ts'
import { systemClock } from '../../../shared/platform/clock.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import { configMaps, secrets } from '../../../shared/resources/resource.ts'
import { openLmdbStore } from '../../../shared/storage/lmdb/open.ts'
import type { Store } from '../../../shared/storage/store.ts'
import { createStoreCache } from '../../../shared/storage/store-cache.ts'
import { openLogTail } from '../../../shared/storage/tail/open.ts'

const nobody = { record: async () => undefined }
const events = { recorder: () => nobody, flush: async () => undefined }
const log = createLogger({ write: () => undefined })

let path: string
let store: Store
let stop: (() => Promise<void>)[]
beforeEach(async () => {
  path = mkdtempSync(join(tmpdir(), 'windlass-dispatch-'))
  store = await openLmdbStore({ path })
  stop = []
})
afterEach(async () => {
  for (const each of stop.reverse()) await each()
  await store.close()
  rmSync(path, { recursive: true, force: true })
})

const put = (name: string) =>
  store.create({ resource: 'configmaps', namespace: 'default', name }, (revision) =>
    Buffer.from(JSON.stringify({ metadata: { name, namespace: 'default', resourceVersion: `${revision}` } })),
  )
const start = async (controllers: Controller[], resyncMs?: number): Promise<RunningControllers> => {
  const tail = await openLogTail({ store })
  const cache = await createStoreCache({ store, tail, resources: [configMaps, secrets] })
  const client = {} as Client
  const running = await startControllers({
    tail,
    cache,
    client,
    controllers,
    events,
    clock: systemClock,
    log,
    ...(resyncMs ? { resyncMs } : {}),
  })
  stop.push(() => tail.close(), running.stop)
  return running
}
/** Resolves when the keys were looked at, each at least once. */
const watcher = (expected: string[], look: (key: string) => void = () => undefined) => {
  let done = () => undefined as void
  const seen: string[] = []
  const all = new Promise<void>((resolve) => {
    done = resolve
  })
  const controller: Controller = {
    name: 'watcher',
    watches: [watch(configMaps, ownKey)],
    reconcile: async (key, { cache }) => {
      look(key)
      seen.push(`${key} ${cache.get(configMaps, 'default', key.split('/')[1] ?? '') ? 'there' : 'gone'}`)
      if (expected.every((each) => seen.includes(each))) done()
    },
  }
  return { controller, all, seen }
}

describe('controllers', () => {
  it('look at everything that exists, then at what changes, deletions too', async () => {
    await put('old')
    const { controller, all } = watcher(['default/old there', 'default/new there', 'default/old gone'])
    await start([controller])
    await put('new')
    const { revision, value } = (await store.get({ resource: 'configmaps', namespace: 'default', name: 'old' }))!
    await store.delete({ resource: 'configmaps', namespace: 'default', name: 'old' }, revision, () => value)
    await all
  })

  it('look at keys that must exist without any object', async () => {
    let looked = () => undefined as void
    const all = new Promise<void>((resolve) => {
      looked = resolve
    })
    await start([{ name: 'singleton', watches: [], initialKeys: ['one'], reconcile: async () => looked() }])
    await all
  })

  it('look at everything again from time to time', async () => {
    await put('quiet')
    let looks = 0
    const again = watcher(['never'], () => looks++)
    const running = await start([again.controller], 20)
    while (looks < 3) await new Promise((resolve) => setImmediate(resolve))
    await running.stop()
  })

  it('go on after a watch that throws', async () => {
    const { controller, all } = watcher(['default/a there'])
    const broken: Controller = {
      name: 'broken',
      watches: [
        watch(configMaps, () => {
          throw new Error('broken')
        }),
      ],
      reconcile: async () => undefined,
    }
    await start([controller, broken])
    await put('a')
    await all
  })
})

it('dispatches a change to those who watch the resource only', async () => {
  const named = (name: string, resource: typeof configMaps | typeof secrets): Controller => ({
    name,
    watches: [watch(resource as typeof configMaps, ownKey)],
    reconcile: async () => undefined,
  })
  const { dispatch } = createDispatcher([named('a', configMaps), named('b', secrets), named('c', configMaps)])
  const tail = await openLogTail({ store })
  stop.push(() => tail.close())
  const cache = await createStoreCache({ store, tail, resources: [configMaps, secrets] })
  const object = { metadata: { name: 'x', namespace: 'n' } }
  expect(dispatch({ resource: 'configmaps', object, previous: undefined }, cache)).toEqual([
    { controller: 'a', key: 'n/x' },
    { controller: 'c', key: 'n/x' },
  ])
})
