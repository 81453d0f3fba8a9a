import { RE2JS } from 're2js'

/** A regular expression of a user's: whatever it is, matching takes time linear in the text. */
export interface Pattern {
  readonly matches: (text: string) => boolean
}

/** beyond it the oldest are compiled again when they are asked for */
const mostKept = 1000
const kept = new Map<string, Pattern | string>()

/** A text: why Go's engine would not have it. */
export const compilePattern = (expression: string): Pattern | string => {
  const known = kept.get(expression)
  if (known !== undefined) {
    kept.delete(expression)
    kept.set(expression, known)
    return known
  }
  const made = compile(expression)
  kept.set(expression, made)
  if (kept.size > mostKept) kept.delete(kept.keys().next().value!)
  return made
}

const compile = (expression: string): Pattern | string => {
  try {
    const compiled = RE2JS.compile(expression)
    return { matches: (text) => compiled.test(text) }
  } catch (error) {
    const { message } = error as Error
    return message.endsWith('at end of expression') ? `${message}: \`\`` : message
  }
}
