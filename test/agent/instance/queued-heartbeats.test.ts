import { expect, it } from 'vitest'
import { createQueuedHeartbeats } from '../../../agent/instance/queued-heartbeats.ts'

const { delayMs } = createQueuedHeartbeats({ send: async () => undefined })

it.each([
  { nowMs: 0, nextMs: 10_000 },
  { nowMs: 3000, nextMs: 10_000 },
  { nowMs: 7000, nextMs: 20_000 },
  // A timer that fires a little early, or late.
  { nowMs: 9999, nextMs: 20_000 },
  { nowMs: 10_004, nextMs: 20_000 },
])('beats after $nowMs at $nextMs, as every node does', ({ nowMs, nextMs }) => {
  expect(nowMs + delayMs(nowMs, 10_000)).toBe(nextMs)
})
