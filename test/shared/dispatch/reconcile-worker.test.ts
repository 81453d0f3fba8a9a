import { beforeEach, expect, it } from 'vitest'
import type { Cache } from '../../../shared/client/cache.ts'
import type { Client } from '../../../shared/client/client.ts'
import { type Controller, NotYet, watch } from '../../../shared/controllers/controller.ts'
import type { EventSink } from '../../../shared/controllers/event/event-recorder.ts'
import type { BatchWorker } from '../../../shared/dispatch/batch-worker.ts'
import { createReconcileWorker } from '../../../shared/dispatch/reconcile-worker.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import { createSqsQueue } from '../../../shared/queue/sqs/sqs-queue.ts'
import { createWorkQueues } from '../../../shared/queue/work-queues.ts'
import { pods } from '../../../shared/resources/resource.ts'
import { CacheNotLoaded } from '../../../shared/storage/store-cache.ts'
import { FakeSqs } from '../../fakes/fake-sqs.ts'
import { ManualClock } from '../../fakes/manual-clock.ts'

let sqs: FakeSqs
let url: Record<'reconcile' | 'schedule' | 'place' | 'deadLetter' | 'timers', string>
let runs: string[]
let said: string[]
let work: BatchWorker
type Result = { requeueAfter?: number } | undefined
let behave: (key: string) => Result | Promise<Result>

beforeEach(() => {
  const clock = new ManualClock()
  sqs = new FakeSqs(clock)
  url = {
    reconcile: sqs.create('reconcile.fifo'),
    schedule: sqs.create('schedule.fifo'),
    place: sqs.create('place.fifo'),
    deadLetter: sqs.create('dead.fifo'),
    timers: sqs.create('timers'),
  }
  const queue = (name: keyof typeof url) => createSqsQueue({ client: sqs.client, url: url[name], clock })
  runs = []
  said = []
  behave = () => undefined
  const controller: Controller = {
    name: 'pod-thing',
    watches: [watch(pods, () => [])],
    reconcile: async (key) => {
      runs.push(key)
      return behave(key)
    },
  }
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'a', name: 'b' } }
  const events: EventSink = {
    recorder: () => ({
      record: async (_regarding, _type, reason, message) => {
        said.push(`${reason}: ${message}`)
      },
    }),
    flush: async () => undefined,
  }
  work = createReconcileWorker({
    controllers: [controller],
    cache: { sync: async () => undefined, get: () => object } as unknown as Cache,
    client: {} as Client,
    events,
    queues: createWorkQueues({
      queues: {
        reconcile: queue('reconcile'),
        schedule: queue('schedule'),
        place: queue('place'),
        deadLetter: queue('deadLetter'),
      },
      timers: queue('timers'),
      clock,
    }),
    clock,
    log: createLogger({ write: () => undefined }),
    maxFailures: 3,
  })
})
const message = (id: string, key: string, failures?: number) => ({
  id,
  body: JSON.stringify({ controller: 'pod-thing', key, ...(failures && { failures }) }),
})

it('works once on a key that comes several times in a batch', async () => {
  expect(await work([message('1', 'a/b'), message('2', 'a/c'), message('3', 'a/b')])).toEqual([])
  expect(runs.toSorted()).toEqual(['a/b', 'a/c'])
})

it('puts a key that fails off without holding up the others, nor its own next change', async () => {
  behave = (key) => {
    if (key === 'a/b') throw new Error('no')
    return undefined
  }
  expect(await work([message('1', 'a/b'), message('2', 'a/c')])).toEqual([])
  expect(runs).toContain('a/c')
  expect(sqs.bodies(url.timers)).toEqual([expect.objectContaining({ controller: 'pod-thing', key: 'a/b', failures: 1 })])
})

it('gives a key up that fails again and again, and says so on its object', async () => {
  behave = () => {
    throw new Error('the disk is a lie')
  }
  expect(await work([message('1', 'a/b', 2)])).toEqual([])
  expect(sqs.bodies(url.timers)).toEqual([])
  expect(sqs.bodies(url.deadLetter)).toEqual([expect.objectContaining({ key: 'a/b', failures: 3, reason: 'the disk is a lie' })])
  expect(said).toEqual(['ReconcileFailed: gave up until the next resync: the disk is a lie'])
})

it('tries again what is not yet as it should be, and gives it up without a word', async () => {
  behave = () => {
    throw new NotYet('nobody answers')
  }
  expect(await work([message('1', 'a/b', 1)])).toEqual([])
  expect(sqs.bodies(url.timers)).toEqual([expect.objectContaining({ key: 'a/b', failures: 2 })])
  sqs.purge(url.timers)
  expect(await work([message('1', 'a/b', 2)])).toEqual([])
  expect([...sqs.bodies(url.timers), ...sqs.bodies(url.deadLetter), ...said]).toEqual([])
})

it('puts off what is not done when its time is over, and is done with the others', async () => {
  const never = Promise.withResolvers<undefined>()
  behave = (key) => (key === 'a/b' ? never.promise : undefined)
  expect(await work([message('1', 'a/b'), message('2', 'a/c')], 20)).toEqual([])
  expect(runs.toSorted()).toEqual(['a/b', 'a/c'])
  expect(sqs.bodies(url.timers)).toEqual([expect.objectContaining({ key: 'a/b', failures: 1 })])
})

it('looks again when it was asked to', async () => {
  behave = () => ({ requeueAfter: 40_000 })
  await work([message('1', 'a/b')])
  expect(sqs.bodies(url.timers)).toHaveLength(1)
})

it('runs again when it asks for what the cache does not hold yet', async () => {
  let first = true
  behave = () => {
    if (first) {
      first = false
      throw new CacheNotLoaded('pods')
    }
    return undefined
  }
  expect(await work([message('1', 'a/b')])).toEqual([])
  expect(runs).toEqual(['a/b', 'a/b'])
  expect(sqs.bodies(url.timers)).toEqual([])
})

it('leaves what it can not read to the dead letters, and what it does not know too', async () => {
  expect(await work([{ id: '1', body: 'nonsense' }, message('2', 'a/b')])).toEqual(['1'])
  expect(await work([{ id: '3', body: '{"controller":"nobody","key":"x"}' }])).toEqual([])
  expect(sqs.bodies(url.deadLetter)).toEqual([expect.objectContaining({ controller: 'nobody' })])
})

it('has the queue hand out again what it could not put off', async () => {
  behave = () => {
    throw new Error('no')
  }
  sqs.remove(url.timers)
  expect(await work([message('1', 'a/b'), message('2', 'a/b')])).toEqual(['1', '2'])
})
