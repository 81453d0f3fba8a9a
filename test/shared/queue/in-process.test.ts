import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../shared/platform/clock.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import { createInProcessQueue, type WorkResult } from '../../../shared/queue/in-process.ts'

const log = createLogger({ write: () => undefined })
const queueOf = (work: (key: string) => Promise<WorkResult>, concurrency = 8) =>
  createInProcessQueue({ work, clock: systemClock, log, concurrency, backOff: { firstMs: 1, maxMs: 8 } })

const gate = () => {
  let open = () => undefined as void
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, opened }
}

describe('in-process queue', () => {
  it('folds additions of a waiting key and runs it once more when it was added while being worked on', async () => {
    const runs: string[] = []
    const { open, opened } = gate()
    const queue = queueOf(async (key) => {
      runs.push(key)
      await opened
    }, 1)
    queue.add('a')
    for (let i = 0; i < 5; i++) {
      queue.add('a')
      queue.add('b')
    }
    open()
    await queue.idle()
    expect(runs).toEqual(['a', 'b', 'a'])
  })

  it('never works on one key twice at once and bounds what runs in all', async () => {
    const active = new Map<string, number>()
    let most = 0
    const queue = queueOf(async (key) => {
      active.set(key, (active.get(key) ?? 0) + 1)
      expect(active.get(key)).toBe(1)
      most = Math.max(
        most,
        [...active.values()].reduce((a, b) => a + b, 0),
      )
      await new Promise((resolve) => setImmediate(resolve))
      active.set(key, 0)
    }, 3)
    for (let i = 0; i < 200; i++) queue.add(`k${i % 10}`)
    await queue.idle()
    expect(most).toBe(3)
  })

  it('retries a failing key until it succeeds', async () => {
    let runs = 0
    await new Promise<void>((resolve) => {
      const queue = queueOf(async () => {
        if (++runs < 4) throw new Error('not yet')
        resolve()
      })
      queue.add('a')
    })
    expect(runs).toBe(4)
  })

  it('hands a key out again after requeueAfter, and only for the latest wish', async () => {
    let runs = 0
    await new Promise<void>((resolve) => {
      const queue = queueOf(async () => {
        runs++
        if (runs === 1) return { requeueAfter: 60_000 }
        if (runs === 2) return { requeueAfter: 1 }
        resolve()
        return undefined
      })
      queue.add('a')
      void queue.idle().then(() => queue.add('a'))
    })
    expect(runs).toBe(3)
  })

  it('keeps due times apart from thousands of wishes that were replaced', async () => {
    const seen: string[] = []
    await new Promise<void>((resolve) => {
      let runs = 0
      const queue = queueOf(async (key) => {
        if (key === 'timer') return resolve()
        seen.push(key)
        if (++runs < 3000) queue.addAfter(key, 0)
        return { requeueAfter: 3_600_000 }
      })
      queue.addAfter('timer', 30)
      queue.add('busy')
    })
    expect(seen.length).toBe(3000)
  })

  it('keeps the order of due times', async () => {
    const seen: string[] = []
    await new Promise<void>((resolve) => {
      const queue = queueOf(async (key) => {
        seen.push(key)
        if (seen.length === 4) resolve()
      })
      queue.addAfter('d', 40)
      queue.addAfter('b', 10)
      queue.addAfter('c', 25)
      queue.addAfter('a', 0)
    })
    expect(seen).toEqual(['a', 'b', 'c', 'd'])
  })

  it('waits for the work under way when it stops and takes nothing more', async () => {
    const done: string[] = []
    const { open, opened } = gate()
    const queue = queueOf(async (key) => {
      await opened
      done.push(key)
    }, 1)
    queue.add('a')
    queue.add('b')
    const stopped = queue.stop()
    queue.add('c')
    open()
    await stopped
    expect(done).toEqual(['a'])
  })
})
