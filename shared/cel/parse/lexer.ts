import type { Source } from './source.ts'

/** Names as upstream's messages have them: what a literal token shows is its text in quotes. */
export type TokenKind =
  | 'IDENTIFIER'
  | 'ESC_IDENTIFIER'
  | 'NUM_FLOAT'
  | 'NUM_INT'
  | 'NUM_UINT'
  | 'STRING'
  | 'BYTES'
  | '<EOF>'
  | `'${string}'`

export interface Token {
  readonly kind: TokenKind
  readonly text: string
  /** In UTF-16 units. */
  readonly start: number
}

const escaped = String.raw`\\(?:[abfnrtv"'\\?${'`'}]|[0-3][0-7]{2}|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})`
const string = [
  `"""(?:${escaped}|[^\\\\])*?"""`,
  `'''(?:${escaped}|[^\\\\])*?'''`,
  `"(?:${escaped}|[^\\\\"\\n\\r])*"`,
  `'(?:${escaped}|[^\\\\'\\n\\r])*'`,
  `[rR]"""[^]*?"""`,
  `[rR]'''[^]*?'''`,
  `[rR]"[^"\\n\\r]*"`,
  `[rR]'[^'\\n\\r]*'`,
].join('|')

const sticky = (pattern: string) => new RegExp(pattern, 'y')
const space = sticky('(?:[\\t \\r\\n\\f]+|//[^\\n]*)')
const kinds: readonly [TokenKind, RegExp][] = [
  ['BYTES', sticky(`[bB](?:${string})`)],
  ['STRING', sticky(string)],
  ['NUM_FLOAT', sticky('\\d+\\.\\d+(?:[eE][+-]?\\d+)?|\\d+[eE][+-]?\\d+|\\.\\d+(?:[eE][+-]?\\d+)?')],
  ['NUM_UINT', sticky('(?:0x[0-9a-fA-F]+|\\d+)[uU]')],
  ['NUM_INT', sticky('0x[0-9a-fA-F]+|\\d+')],
  ['IDENTIFIER', sticky('[A-Za-z_][A-Za-z0-9_]*')],
  ['ESC_IDENTIFIER', sticky('`[A-Za-z0-9_.\\-/ ]+`')],
]
const operator = sticky('==|!=|<=|>=|&&|\\|\\||[<>[\\]{}().,\\-!?:+*/%]')
const keywords = new Set(['in', 'true', 'false', 'null'])

const matchAt = (pattern: RegExp, text: string, at: number): string | undefined => {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

const hex = '[0-9a-fA-F]'
const brokenEscape = `\\\\(?:[xX]${hex}?|u${hex}{0,3}|U${hex}{0,7}|[0-3][0-7]?)?[^]?`

/** What could begin a token but does not go on: it is reported and skipped with the character that ended it. */
const unfinished = sticky(
  `[bB]?(?:"(?:${escaped}|[^\\\\"\\n\\r])*|'(?:${escaped}|[^\\\\'\\n\\r])*)(?:${brokenEscape}|[^])?|[=&|][^]?|\`[A-Za-z0-9_.\\-/ ]*[^]?|[^]`,
)

const shown = (text: string): string => text.replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')

/** The last token is the end. */
export const tokenize = (source: Source): Token[] => {
  const { text } = source
  const tokens: Token[] = []
  let at = 0
  next: while (at < text.length) {
    const skipped = matchAt(space, text, at)
    if (skipped) {
      at += skipped.length
      continue
    }
    for (const [kind, pattern] of kinds) {
      const found = matchAt(pattern, text, at)
      if (!found) continue
      tokens.push({ kind: keywords.has(found) ? `'${found}'` : kind, text: found, start: at })
      at += found.length
      continue next
    }
    const found = matchAt(operator, text, at)
    if (found) {
      tokens.push({ kind: `'${found}'`, text: found, start: at })
      at += found.length
      continue
    }
    const bad = matchAt(unfinished, text, at)!
    const whole = /[\ud800-\udbff]$/.test(bad) ? bad + (text[at + bad.length] ?? '') : bad
    source.report(at, `Syntax error: token recognition error at: '${shown(whole)}'`)
    at += whole.length
  }
  tokens.push({ kind: '<EOF>', text: '<EOF>', start: text.length })
  return tokens
}
