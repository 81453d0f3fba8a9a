import { Buffer } from 'node:buffer'
import type { Clock } from '../../platform/clock.ts'
import type { Random } from '../../platform/random.ts'
import type { ApiResponse } from '../request.ts'
import { tooManyRequests } from './seat.ts'

/**
 * How long a refusal is held back: whoever asks again at once, as often as an answer comes, would have the process do nothing but refuse. Clients
 * are told to wait as long anyway. Those who were refused together do not all come back together.
 */
const leastHeldMs = 500
const mostHeldMs = 1500
/** between two that one user is told */
const apartMs = 10
/** beyond that they are told at once */
const mostHeld = 10_000

/** What is answered to whom there is no seat for, as upstream words it. */
export const createRefusals = ({
  clock,
  random,
}: {
  clock: Clock
  random: Random
}): ((user: string, signal: AbortSignal) => Promise<ApiResponse>) => {
  let held = 0
  const lastMs = new Map<string, number>()
  return async (user, signal) => {
    if (held < mostHeld) {
      held++
      const soonMs = clock.now() + leastHeldMs + random.integer(mostHeldMs - leastHeldMs)
      const untilMs = Math.max(soonMs, (lastMs.get(user) ?? 0) + apartMs)
      lastMs.set(user, untilMs)
      await clock.sleep(untilMs - clock.now(), signal)
      held--
      if (lastMs.get(user) === untilMs) lastMs.delete(user)
    }
    return {
      status: 429,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff', 'retry-after': '1' },
      body: Buffer.from(`${tooManyRequests().message}\n`),
    }
  }
}
