import { setTimeout as sleep } from 'node:timers/promises'
import type Docker from 'dockerode'
import type { Logger } from '../../../shared/platform/log.ts'
import { type Owner, ownerFilter } from './labels.ts'

export interface EngineEvent {
  readonly id: string
  /** start, die, destroy, oom, … */
  readonly action: string
}

export interface EngineEventsOptions {
  readonly docker: Docker
  readonly owner: Owner
  readonly log: Logger
  readonly signal: AbortSignal
  readonly onEvent: (event: EngineEvent) => void
  /** called whenever the stream stands (again): what happened before it is not told */
  readonly onConnected: () => void
}

const firstDelayMs = 250
const longestDelayMs = 4000

/** Follows the engine's events of the owner's containers until the signal aborts; connects again when the engine went away. */
export const followEngineEvents = async (options: EngineEventsOptions): Promise<void> => {
  const { docker, owner, log, signal } = options
  const filters = { type: ['container'], label: ownerFilter(owner), event: ['start', 'die', 'destroy', 'oom'] }
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
          const event = JSON.parse(line) as { Action: string; Actor: { ID: string } }
          options.onEvent({ id: event.Actor.ID, action: event.Action })
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
