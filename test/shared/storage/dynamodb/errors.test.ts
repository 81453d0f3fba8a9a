import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createBackoff, isAmbiguous, isThrottled } from '../../../../shared/storage/dynamodb/errors.ts'

describe('back-off', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  /** Milliseconds before each attempt until patience is at an end. */
  const waits = async (random: () => number) => {
    const backoff = createBackoff({ random })
    const found: number[] = []
    for (let attempt = 1; ; attempt++) {
      const start = Date.now()
      const going = backoff.before(attempt)
      await vi.runAllTimersAsync()
      if (!(await going)) return found
      found.push(Date.now() - start)
    }
  }

  it('doubles up to two seconds, and ends', async () => {
    expect(await waits(() => 1)).toEqual([40, 80, 160, 320, 640, 1280, 2000, 2000, 2000, 2000, 2000, 2000])
  })

  it('spreads those who were refused together over the whole time', async () => {
    expect((await waits(() => 0.25)).slice(0, 3)).toEqual([10, 20, 40])
  })
})

const named = (name: string) => Object.assign(new Error('planted'), { name })

it.each([
  ['ThrottlingException', true, false],
  ['ProvisionedThroughputExceededException', true, false],
  ['TransactionInProgressException', true, false],
  ['TimeoutError', false, true],
  ['InternalServerError', false, true],
  ['AccessDeniedException', false, false],
  ['ValidationException', false, false],
])('takes %s for what passes (%s), or may have been done (%s)', (name, throttled, ambiguous) => {
  expect([isThrottled(named(name)), isAmbiguous(named(name))]).toEqual([throttled, ambiguous])
})
