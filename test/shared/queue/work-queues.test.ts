import { beforeEach, describe, expect, it } from 'vitest'
import type { MessageQueue, OutgoingMessage } from '../../../shared/queue/message-queue.ts'
import type { TimedWork } from '../../../shared/queue/work.ts'
import { createWorkQueues, schedulerWork, type WorkQueues } from '../../../shared/queue/work-queues.ts'
import { ManualClock } from '../../fakes/manual-clock.ts'

let clock: ManualClock
let sent: Record<string, OutgoingMessage[]>
let queues: WorkQueues
beforeEach(() => {
  clock = new ManualClock()
  sent = {}
  const queue = (name: string): MessageQueue => ({
    send: async (messages) => {
      sent[name] = [...(sent[name] ?? []), ...messages]
    },
  })
  const named = {
    reconcile: queue('reconcile'),
    schedule: queue('schedule'),
    place: queue('place'),
    deadLetter: queue('deadLetter'),
  }
  queues = createWorkQueues({ queues: named, timers: queue('timers'), clock })
})
const web = { controller: 'deployment', key: 'default/web' }

it('sends work to the function that does it', async () => {
  await queues.send([
    { work: web, cause: '7' },
    { work: schedulerWork, cause: '7' },
    { work: { controller: 'placement', key: 'default/web/uid' }, cause: '7' },
  ])
  expect(Object.keys(sent).toSorted()).toEqual(['place', 'reconcile', 'schedule'])
  expect(sent.reconcile).toEqual([{ body: web, group: 'deployment/default/web', deduplicationId: 'deployment/default/web@7' }])
})

it('sends the same work of one call once, for its last cause', async () => {
  await queues.send(['7', '8', '9'].map((cause) => ({ work: web, cause })))
  expect(sent.reconcile?.map(({ deduplicationId }) => deduplicationId)).toEqual(['deployment/default/web@9'])
})

describe('work for later', () => {
  const waiting = () => sent.timers?.map(({ body, delaySeconds }) => ({ ...(body as TimedWork), delaySeconds })) ?? []

  it('waits in steps, since SQS delays nothing for longer than 15 minutes', async () => {
    await queues.sendLater(web, 3_600_000)
    const [first] = waiting()
    expect(first?.delaySeconds).toBe(900)
    clock.advance(900_000)
    await queues.fire([first!])
    expect(sent.reconcile).toBeUndefined()
    expect(waiting()[1]).toMatchObject({ dueMs: first!.dueMs, delaySeconds: 900 })
    clock.advance(first!.dueMs - clock.now())
    await queues.fire([first!])
    expect(sent.reconcile).toHaveLength(1)
  })

  it('is never early, and late by an eighth of its delay at most', async () => {
    for (const delayMs of [500, 5000, 40_000, 299_000, 3_600_000]) {
      const before = waiting().length
      await queues.sendLater(web, delayMs)
      const lateMs = waiting()[before]!.dueMs - clock.now() - delayMs
      expect(lateMs).toBeGreaterThanOrEqual(0)
      expect(lateMs).toBeLessThanOrEqual(Math.max(1000, delayMs / 8))
    }
  })

  it('comes within a second of an exact time', async () => {
    for (const delayMs of [500, 40_000, 3_600_000]) {
      const before = waiting().length
      await queues.sendLater(web, delayMs, { exact: true })
      const lateMs = waiting()[before]!.dueMs - clock.now() - delayMs
      expect(lateMs).toBeGreaterThanOrEqual(0)
      expect(lateMs).toBeLessThan(1000)
    }
  })

  it('is looked at on the hour when it is due later, so that what every look leaves becomes one again', async () => {
    for (let i = 0; i < 20; i++) await queues.sendLater(web, 30 * 86_400_000 + i, { exact: i % 2 === 0 })
    const [{ dueMs } = { dueMs: 0 }] = waiting()
    expect(dueMs % 3_600_000).toBe(0)
    expect(dueMs - clock.now()).toBeLessThanOrEqual(3_600_000)
    clock.advance(dueMs - clock.now())
    await queues.fire(waiting())
    expect(new Set(sent.reconcile?.map(({ deduplicationId }) => deduplicationId)).size).toBe(1)
  })

  it('falls together when many ask at nearly the same time', async () => {
    for (let i = 0; i < 20; i++) {
      await queues.sendLater(web, 40_000)
      clock.advance(100)
    }
    clock.advance(60_000)
    await queues.fire(waiting())
    expect(new Set(sent.reconcile?.map(({ deduplicationId }) => deduplicationId)).size).toBeLessThanOrEqual(2)
  })

  it('is taken although the same has just been fired, as early as it may be', async () => {
    for (const earlyMs of [900, 500, 250, 0]) {
      await queues.sendLater(web, 1000)
      const [due] = waiting().slice(-1)
      clock.advance(due!.dueMs - earlyMs - clock.now())
      const fired = sent.reconcile?.length ?? 0
      await queues.fire([due!])
      if ((sent.reconcile?.length ?? 0) === fired) continue
      await queues.sendLater(web, 500)
      expect(waiting().at(-1)?.dueMs).toBeGreaterThan(due!.dueMs)
    }
    expect(sent.reconcile).toHaveLength(2)
  })

  it('keeps count of its failures', async () => {
    await queues.sendLater({ ...web, failures: 3 }, 1000)
    clock.advance(5000)
    await queues.fire(waiting())
    expect(sent.reconcile?.[0]?.body).toMatchObject({ ...web, failures: 3 })
  })
})
