/** One thing wrong with an expression. `line` counts from 1, `column` from 0 in code points, as upstream's. */
export interface Issue {
  readonly line: number
  readonly column: number
  readonly message: string
}

/** `message` is what upstream prints: a paragraph an issue, `ERROR: <input>:1:5: …`, with the line and a caret. */
export class CompileError extends Error {
  override readonly name = 'CompileError'
  readonly issues: readonly Issue[]
  constructor(message: string, issues: readonly Issue[]) {
    super(message)
    this.issues = issues
  }
}
