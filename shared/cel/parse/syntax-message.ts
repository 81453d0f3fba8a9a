import type { Token } from './lexer.ts'

const literals = ["'true'", "'false'", "'null'", 'NUM_FLOAT', 'NUM_INT', 'NUM_UINT', 'STRING', 'BYTES', 'IDENTIFIER']
const inMember = ["'['", "'{'", "'('", "'.'", "'-'", ...literals]
/** In the order in which upstream's messages list tokens. */
const order = [
  '<EOF>',
  ...["'['", "']'", "'{'", "'}'", "'('", "')'", "'.'", "','", "'-'", "'!'", "'?'", "':'"],
  ...literals,
  'ESC_IDENTIFIER',
]

/** What may follow a `-`. */
export const memberStart: ReadonlySet<string> = new Set(inMember)
/** What may begin an operand, and `more` where something else may stand in its place. */
export const operandStart = (...more: readonly string[]): readonly string[] => inOrder([...inMember, "'!'", ...more])

/** What binds two operands. */
export const operatorTokens: readonly string[] = '== != in < <= >= > && || - ? + * / %'.split(' ').map((text) => `'${text}'`)

const inOrder = (kinds: readonly string[]): string[] => [...kinds].sort((a, b) => order.indexOf(a) - order.indexOf(b))
const anyOf = (kinds: readonly string[]) => (kinds.length === 1 ? kinds[0] : `{${inOrder(kinds).join(', ')}}`)

export const mismatched = ({ text }: Token, expected: readonly string[]): string =>
  `mismatched input '${text}' expecting ${anyOf(expected)}`
export const extraneous = ({ text }: Token, expected: readonly string[]): string =>
  `extraneous input '${text}' expecting ${anyOf(expected)}`
export const missing = ({ text }: Token, expected: string): string => `missing ${expected} at '${text}'`

/** Reserved words behind a dot read better. */
export const notViable = (first: Token, second: Token): string =>
  first.text === '.' && /^(?:true|false|null)$/.test(second.text)
    ? `mismatched input '${second.text}' expecting IDENTIFIER`
    : `no viable alternative at input '${first.text}${second.kind === '<EOF>' ? '' : second.text}'`
