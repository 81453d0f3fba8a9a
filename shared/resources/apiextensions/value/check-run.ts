/** Bounds of what one run of checks may take, whatever values and schemas are made to be: some seconds, and some megabytes. */
export class CheckRun {
  /** whether values are defaults: of what may be an integer or a string anything is one, as upstream has it */
  readonly ofDefaults: boolean
  /** Characters times the steps of patterns that look at them. */
  #looks = 100_000_000
  /** Characters of long texts in findings. */
  #told = 8_000_000

  constructor({ ofDefaults = false } = {}) {
    this.ofDefaults = ofDefaults
  }

  /** Whether a pattern may look at a text. */
  mayLook(text: string, steps: number): boolean {
    this.#looks -= text.length * steps
    return this.#looks >= 0
  }

  /** A text for a finding; where others have said too much its beginning. */
  tell(text: string): string {
    if (text.length <= 100) return text
    this.#told -= text.length
    return this.#told >= 0 ? text : `${text.slice(0, 100)}…`
  }
}
