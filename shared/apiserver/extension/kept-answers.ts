import type { Clock } from '../../platform/clock.ts'
import type { ExtensionService } from './extension-version.ts'

const keptMs = 60_000

interface Kept<T> {
  readonly atMs: number
  /** of the APIService */
  readonly revision: string
  readonly answer: Promise<T>
}

/** What extension servers said, by their APIServices: each is asked once a minute at most, and anew when its APIService changed. */
export class KeptAnswers<T> {
  readonly #clock: Clock
  readonly #kept = new Map<string, Kept<T>>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  of({ metadata }: ExtensionService, ask: (last: Promise<T> | undefined) => Promise<T>): Promise<T> {
    const { name, resourceVersion: revision = '' } = metadata
    const known = this.#kept.get(name)
    const now = this.#clock.now()
    if (known && known.revision === revision && now - known.atMs < keptMs) return known.answer
    const answer = ask(known?.answer)
    this.#kept.set(name, { atMs: now, revision, answer })
    return answer
  }

  forgetAllBut(names: ReadonlySet<string>): void {
    for (const name of this.#kept.keys()) if (!names.has(name)) this.#kept.delete(name)
  }
}
