import type { Token } from './lexer.ts'

/** Thrown after the first mistake that nothing sensible can be read behind. */
export class SyntaxFailure extends Error {}

const literals = ["'true'", "'false'", "'null'", 'NUM_FLOAT', 'NUM_INT', 'NUM_UINT', 'STRING', 'BYTES', 'IDENTIFIER']

/** What may begin an operand, in the order of upstream's messages. */
export const expectedAtStart: readonly string[] = ["'['", "'{'", "'('", "'.'", "'-'", "'!'", ...literals]
/** What may follow a `!` or `-`. */
export const expectedInMember: readonly string[] = ["'['", "'{'", "'('", "'.'", "'-'", ...literals]

/** As upstream's parser generator words it. */
export const syntaxMessage = (found: Token, expected: readonly string[], passed: boolean): string => {
  const all = expected.length === 1 ? expected[0] : `{${expected.join(', ')}}`
  return `Syntax error: ${passed ? 'extraneous' : 'mismatched'} input '${found.text}' expecting ${all}`
}
