import { hasMoved } from '../../shared/resources/metrics/moved.ts'
import type { NodeUsage } from '../../shared/resources/metrics/node-usage.ts'
import type { UsageMeter } from './usage-meter.ts'

export interface UsageReporterOptions {
  readonly meter: Pick<UsageMeter, 'measure'>
  readonly now: () => number
  /** how often it is measured at most; default: as often as somebody asks */
  readonly everyMs?: number | undefined
}

/** What has not moved is said again so often: whoever listens may have lost it. */
const againMs = 10 * 60_000

/** Chooses what is worth saying of a node's usage. A listener takes what it heard last for true while the node lives. */
export class UsageReporter {
  readonly #options: UsageReporterOptions
  #measuredMs = Number.NEGATIVE_INFINITY
  #told: NodeUsage | undefined

  constructor(options: UsageReporterOptions) {
    this.#options = options
  }

  /** undefined: nothing new. What is given to `told` counts as known from then on. */
  async news(): Promise<NodeUsage | undefined> {
    const { meter, now, everyMs = 0 } = this.#options
    // Whoever asks at the right moments is not put off by a hair.
    if (now() - this.#measuredMs < everyMs - everyMs / 10) return undefined
    this.#measuredMs = now()
    const usage = await meter.measure()
    if (!usage || (this.#told && usage.atMs - this.#told.atMs < againMs && !hasMoved(this.#told, usage))) return undefined
    return usage
  }

  told(usage: NodeUsage): void {
    this.#told = usage
  }
}
