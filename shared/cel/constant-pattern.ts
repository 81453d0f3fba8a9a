import { patternWeight } from '../meta/pattern/weight.ts'
import { tokenize } from './parse/lexer.ts'
import { Source } from './parse/source.ts'
import { unescapeString } from './parse/unescape.ts'

/** What the patterns that stand in an expression weigh at the most, found before it is compiled: compiling reads them. */
export const constantPatternWeight = (expression: string): number => {
  if (!/\b(?:matches|find|findAll)\b/.test(expression)) return 0
  let weight = 0
  for (const { kind, text } of tokenize(new Source(expression))) {
    const literal = kind === 'STRING' ? unescapeString(text) : ''
    if (typeof literal === 'string') weight += patternWeight(literal)
  }
  return weight
}
