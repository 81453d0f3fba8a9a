import { afterEach, describe, expect, it, vi } from 'vitest'
import { systemClock, timestamp } from '../../../shared/platform/clock.ts'
import { openTimeLimit } from '../../../shared/platform/time-limit.ts'
import { ManualClock } from '../../fakes/manual-clock.ts'

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

it('writes whole seconds, whichever was asked for before', () => {
  const second = 1_764_334_800_000
  for (const ms of [second, second + 999, second + 1000, second, second - 1, 0, -0.5, -1, -1000, -1001, 999.9, second + 0.5])
    expect(timestamp(ms), String(ms)).toBe(`${new Date(ms).toISOString().slice(0, 19)}Z`)
})

describe('sleeping by the system clock', () => {
  it('gives Node nothing to warn of, though time passes between two looks at it', async () => {
    const warnings: Error[] = []
    const note = (warning: Error) => warnings.push(warning)
    process.on('warning', note)
    let now = 1000
    vi.spyOn(Date, 'now').mockImplementation(() => now++)
    for (const ms of [-3, 0, 0.4, 1]) await systemClock.sleep(ms)
    vi.restoreAllMocks()
    // Warnings come in a later turn.
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', note)
    expect(warnings).toEqual([])
  })

  it.each([2 ** 31 - 1, 2 ** 31, 10 ** 11])('sleeps for all of %i ms', async (ms) => {
    vi.useFakeTimers()
    let awake = false
    void systemClock.sleep(ms).then(() => {
      awake = true
    })
    await vi.advanceTimersByTimeAsync(ms - 1)
    expect(awake).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(awake).toBe(true)
  })
})

describe('a time limit', () => {
  const next = () => new Promise((resolve) => setImmediate(resolve))

  it.each([0.5, 1, 4000 / 3, 20_000 / 3, 2 ** 31, 2 ** 53])('of %d ms aborts when it is over, not before', async (ms) => {
    const clock = new ManualClock(0)
    const { signal } = openTimeLimit(clock, ms)
    clock.advance(ms / 2)
    await next()
    expect(signal.aborted).toBe(false)
    clock.advance(ms)
    await next()
    expect(signal.aborted).toBe(true)
  })

  it.each([0, -1, Number.MIN_SAFE_INTEGER])('of %d ms is over at once', (ms) => {
    expect(openTimeLimit(new ManualClock(), ms).signal.aborted).toBe(true)
  })

  it('aborts with a sooner signal, and never once it is closed', async () => {
    const clock = new ManualClock()
    const sooner = new AbortController()
    const hurried = openTimeLimit(clock, 1000, sooner.signal)
    const closed = openTimeLimit(clock, 1000)
    closed.close()
    sooner.abort()
    expect(hurried.signal.aborted).toBe(true)
    clock.advance(2000)
    await next()
    expect(closed.signal.aborted).toBe(false)
  })
})
