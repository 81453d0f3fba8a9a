import type { AgentParts } from '../node/start-with-server.ts'

const firstDelayMs = 1000
const longestDelayMs = 15_000

/** Tries until it succeeds with something: what an instance needs comes up beside the agent, in any order. Throws once the signal aborts. */
export const untilDone = async <T>(
  what: string,
  attempt: () => Promise<T | undefined>,
  { clock, log, signal }: AgentParts,
): Promise<T> => {
  for (let delayMs = firstDelayMs; ; delayMs = Math.min(2 * delayMs, longestDelayMs)) {
    signal.throwIfAborted()
    try {
      const found = await attempt()
      if (found !== undefined) return found
      log.info('waiting', { for: what })
    } catch (error) {
      log.warn('not there yet, trying again', { what, error: error instanceof Error ? error.message : String(error) })
    }
    await clock.sleep(delayMs, signal)
  }
}
