import { RE2JS } from 're2js'
import { CelError } from '../value/value.ts'

/** Why Go's engine would not have an expression, in its words. */
export class PatternError extends Error {
  asValue(prefix = ''): CelError {
    return new CelError(prefix + this.message)
  }
}

/** A regular expression whose matching takes time linear in the text. */
export class Pattern {
  readonly #compiled: RE2JS
  constructor(compiled: RE2JS) {
    this.#compiled = compiled
  }

  matches(text: string): boolean {
    return this.#compiled.test(text)
  }

  /** Matches from the left that do not overlap, at most `limit`. */
  findAll(text: string, limit: number): string[] {
    const found: string[] = []
    const matcher = this.#compiled.matcher(text)
    let lastEnd = -1
    while (found.length < limit && matcher.find()) {
      // As Go: nothing is no match right behind one.
      if (matcher.end() > matcher.start() || matcher.start() !== lastEnd) found.push(matcher.group() ?? '')
      lastEnd = matcher.end()
    }
    return found
  }
}

/** Beyond it the oldest are compiled again when they are asked for. */
const mostKept = 500
const kept = new Map<string, Pattern | PatternError>()

export const compileRegex = (expression: string): Pattern | PatternError => {
  const made = kept.get(expression) ?? compile(expression)
  kept.delete(expression)
  kept.set(expression, made)
  if (kept.size > mostKept) kept.delete(kept.keys().next().value!)
  return made
}

const compile = (expression: string): Pattern | PatternError => {
  try {
    return new Pattern(RE2JS.compile(expression))
  } catch (error) {
    const { message } = error as Error
    return new PatternError(message.endsWith('at end of expression') ? `${message}: \`\`` : message)
  }
}
