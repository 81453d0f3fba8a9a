import type { Clock } from '../../shared/platform/clock.ts'
import type { Probe } from '../../shared/resources/generated/types.ts'
import type { ProbeKind, ProbeOutcome, ProbeResult } from './probe.ts'

export interface ProbeLoopOptions {
  readonly kind: ProbeKind
  readonly probe: Probe
  readonly clock: Clock
  readonly signal: AbortSignal
  /** milliseconds since the epoch */
  readonly startedAt: number
  /** probes other than startup rest until the container has started */
  readonly started: () => boolean
  readonly attempt: () => Promise<ProbeOutcome>
  readonly onResult: (result: ProbeResult) => void
  /** `output` of a failed try */
  readonly onUnhealthy: (message: string) => void
  readonly onWarning: (message: string) => void
}

const triesOnError = 3
/** A container that was not ready at once is asked a second time soon, as a kubelet does when it sees the container run. */
const earlySecondTryMs = 1000

/** Probes one container until the signal aborts, telling results past their threshold. */
export const probeLoop = async (options: ProbeLoopOptions): Promise<void> => {
  const { kind, probe, clock, signal, startedAt } = options
  const periodMs = (probe.periodSeconds ?? 10) * 1000
  const counter = new ThresholdCounter(probe)
  const until = async (at: number) => {
    const leftMs = at - clock.now()
    if (leftMs > 0) await clock.sleep(leftMs, signal)
  }
  await until(startedAt + (probe.initialDelaySeconds ?? 0) * 1000)
  let tries = 0
  while (!signal.aborted) {
    const begun = clock.now()
    if (kind === 'startup' || options.started()) {
      const outcome = await attempt(options)
      if (signal.aborted) return
      tries++
      const result = outcome && counter.count(outcome.ok)
      if (result) options.onResult(result)
      // The container is restarted, or has started: nothing more to learn.
      if (result && (kind === 'startup' || (kind === 'liveness' && result === 'failure'))) return
      const early = kind === 'readiness' && tries === 1 && outcome?.ok === false && periodMs > earlySecondTryMs
      await until(begun + (early ? earlySecondTryMs : periodMs))
    } else {
      await clock.sleep(50, signal)
    }
  }
}

const attempt = async (options: ProbeLoopOptions): Promise<ProbeOutcome | undefined> => {
  const name = { liveness: 'Liveness', readiness: 'Readiness', startup: 'Startup' }[options.kind]
  for (let tries = 1; ; tries++) {
    try {
      const outcome = await options.attempt()
      if (options.signal.aborted) return outcome
      if (!outcome.ok) options.onUnhealthy(`${name} probe failed: ${outcome.output}`)
      else if (outcome.warning !== undefined) options.onWarning(`${name} probe warning: ${outcome.warning}`)
      return outcome
    } catch (error) {
      if (options.signal.aborted) return undefined
      if (tries < triesOnError) continue
      options.onUnhealthy(
        `${name} probe errored and resulted in unknown state: ${error instanceof Error ? error.message : error}`,
      )
      return undefined
    }
  }
}

/** Turns single outcomes into results once enough of them came in a row. */
export class ThresholdCounter {
  readonly #success: number
  readonly #failure: number
  #last: boolean | undefined
  #run = 0

  constructor({ successThreshold = 1, failureThreshold = 3 }: Pick<Probe, 'successThreshold' | 'failureThreshold'>) {
    this.#success = successThreshold
    this.#failure = failureThreshold
  }

  count(ok: boolean): ProbeResult | undefined {
    this.#run = this.#last === ok ? this.#run + 1 : 1
    this.#last = ok
    if (this.#run < (ok ? this.#success : this.#failure)) return undefined
    return ok ? 'success' : 'failure'
  }
}
