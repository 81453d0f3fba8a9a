import { setTimeout as sleep } from 'node:timers/promises'
import type Docker from 'dockerode'
import type { Logger } from '../../../shared/platform/log.ts'

export interface EngineEvent {
  readonly id: string
  /** start, die, destroy, oom, … */
  readonly action: string
  /** labels, and what the action has to say: `signal` of a kill */
  readonly attributes: Readonly<Record<string, string>>
}

export interface EngineEventsOptions {
  readonly docker: Docker
  /** labels and names of events */
  readonly filter: { readonly label: readonly string[]; readonly event: readonly string[] }
  readonly log: Logger
  readonly signal: AbortSignal
  readonly onEvent: (event: EngineEvent) => void
  /** called whenever the stream stands (again): what happened before it is not told */
  readonly onConnected: () => void
}

const firstDelayMs = 250
const longestDelayMs = 4000

/** Follows the engine's events of some containers until the signal aborts; connects again when the engine went away. */
export const followEngineEvents = async (options: EngineEventsOptions): Promise<void> => {
  const { docker, log, signal } = options
  const filters = { type: ['container'], ...options.filter }
  let delayMs = firstDelayMs
  while (!signal.aborted) {
    try {
      const stream = await docker.getEvents({ filters: JSON.stringify(filters), abortSignal: signal })
      options.onConnected()
      delayMs = firstDelayMs
      let rest = ''
      for await (const chunk of stream) {
        const lines = (rest + chunk.toString()).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) {
          if (line.trim() === '') continue
          const event = JSON.parse(line) as { Action: string; Actor: { ID: string; Attributes?: Record<string, string> } }
          options.onEvent({ id: event.Actor.ID, action: event.Action, attributes: event.Actor.Attributes ?? {} })
        }
      }
    } catch (error) {
      if (signal.aborted) return
      log.warn('engine events broke, connecting again', { error: error instanceof Error ? error.message : error, delayMs })
    }
    if (!signal.aborted) await sleep(delayMs)
    delayMs = Math.min(2 * delayMs, longestDelayMs)
  }
}
