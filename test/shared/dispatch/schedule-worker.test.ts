import { expect, it } from 'vitest'
import type { Cache } from '../../../shared/client/cache.ts'
import { createScheduleWorker } from '../../../shared/dispatch/schedule-worker.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import type { WorkMessage } from '../../../shared/queue/work.ts'
import { ManualClock } from '../../fakes/manual-clock.ts'

const open = (run: () => Promise<number | undefined>) => {
  const later: { work: WorkMessage; delayMs: number }[] = []
  const work = createScheduleWorker({
    scheduler: { load: () => undefined, observe: () => undefined, run },
    cache: { sync: async () => undefined } as unknown as Cache,
    tail: { listen: () => () => undefined },
    events: { recorder: () => ({ record: async () => undefined }), flush: async () => undefined },
    queues: {
      send: async () => undefined,
      fire: async () => undefined,
      bury: async () => undefined,
      sendLater: async (sent, delayMs) => void later.push({ work: sent, delayMs }),
    },
    clock: new ManualClock(),
    log: createLogger({ write: () => undefined }),
  })
  return { later, work }
}

it('is one run for a batch of reasons, and a timer for what is left', async () => {
  let runs = 0
  const { work, later } = open(async () => {
    runs++
    return 30_000
  })
  const bodies = ['1', '2'].map((id) => ({ id, body: '{}' }))
  expect(await work(bodies)).toEqual([])
  expect(runs).toBe(1)
  expect(later).toEqual([{ work: { controller: 'scheduler', key: 'cluster' }, delayMs: 30_000 }])
})

it('ends in time when a run takes too long, and takes that run up in the next batch', async () => {
  const results: PromiseWithResolvers<number | undefined>[] = []
  const { work, later } = open(() => {
    const result = Promise.withResolvers<number | undefined>()
    results.push(result)
    return result.promise
  })
  const first = work([{ id: '1', body: '{}' }], 20)
  await expect.poll(() => results.length).toBe(1)
  expect(await first).toEqual([])
  expect(later).toEqual([{ work: { controller: 'scheduler', key: 'cluster' }, delayMs: 1000 }])
  const second = work([{ id: '2', body: '{}' }])
  results[0]!.resolve(undefined)
  expect(await second).toEqual([])
  expect(results).toHaveLength(1)
  expect(later).toHaveLength(1)
})
