import { RE2JS, RE2Set } from 're2js'
import { patternWeight } from './weight.ts'

/** Why Go's engine would not have an expression, in its words. */
export class PatternError extends Error {}

/** Go's own limit is some thirty times higher: what it lets through there would take seconds here. */
const mostWeight = 100_000
const tooLarge = new PatternError('error parsing regexp: expression too large')

/** A regular expression of a user's, with Go's syntax: whatever it is, matching takes time linear in the text. Ask for it each time: it is kept, but not for ever. */
export class Pattern {
  readonly #compiled: RE2JS
  /** Steps of its program: any number of them may be looked at with each character of a text. */
  readonly steps: number
  #characters = 0

  constructor(compiled: RE2JS) {
    this.#compiled = compiled
    this.steps = compiled.programSize()
  }

  matches(text: string): boolean {
    this.#characters += text.length
    return this.#compiled.test(text)
  }

  /** Matches from the left that do not overlap, at most `limit`. */
  findAll(text: string, limit: number): string[] {
    this.#characters += text.length
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

  /** What it takes at the most, with the states that matching has come to; these end at 8 MiB. */
  get bytes(): number {
    return 5000 + 250 * this.steps + Math.min(8 << 20, this.#characters * (200 + 8 * this.steps))
  }
}

/** What is wrong with an expression; undefined: nothing. It is only read, which takes a quarter of the time of compiling it. */
export const patternFault = (expression: string): PatternError | undefined => {
  if (kept.has(expression)) return undefined
  if (patternWeight(expression) > mostWeight) return tooLarge
  const read = reading(() => new RE2Set().add(expression))
  return read instanceof PatternError ? read : undefined
}

interface Kept {
  readonly pattern: Pattern
  bytes: number
}

/** Of all that is kept; beyond it what was not asked for the longest is compiled again when it is. */
const mostBytes = 64 << 20
const kept = new Map<string, Kept>()
let keptBytes = 0

/** Compiled when it is first asked for. */
export const compilePattern = (expression: string): Pattern | PatternError => {
  const entry = kept.get(expression) ?? compile(expression)
  if (entry instanceof PatternError) return entry
  const { pattern } = entry
  kept.delete(expression)
  kept.set(expression, entry)
  keptBytes += pattern.bytes - entry.bytes
  entry.bytes = pattern.bytes
  for (const [oldest, { bytes }] of kept) {
    if (keptBytes <= mostBytes || oldest === expression) break
    kept.delete(oldest)
    keptBytes -= bytes
  }
  return pattern
}

const compile = (expression: string): Kept | PatternError => {
  if (patternWeight(expression) > mostWeight) return tooLarge
  const compiled = reading(() => RE2JS.compile(expression))
  return compiled instanceof PatternError ? compiled : { pattern: new Pattern(compiled), bytes: 0 }
}

const reading = <T>(read: () => T): T | PatternError => {
  try {
    return read()
  } catch (error) {
    const { message } = error as Error
    return new PatternError(message.endsWith('at end of expression') ? `${message}: \`\`` : message)
  }
}
