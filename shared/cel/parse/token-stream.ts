import { type Token, type TokenKind, tokenize } from './lexer.ts'
import type { Source } from './source.ts'
import { extraneous, mismatched, missing, notViable, operatorTokens } from './syntax-message.ts'

/** Tokens as they are read, and what upstream's generated parser says and does where one is wrong. */
export class TokenStream {
  readonly #source: Source
  readonly #tokens: readonly Token[]
  /** What may stand behind each construct that is open, outermost first. */
  readonly #open: (readonly TokenKind[])[] = []
  #at = 0
  /** After a mistake nothing is said before a token fits again. */
  #recovering = false

  constructor(source: Source) {
    this.#source = source
    this.#tokens = tokenize(source)
  }

  get token(): Token {
    return this.#tokens[this.#at]!
  }

  ahead(count: number): TokenKind {
    return (this.#tokens[this.#at + count] ?? this.#tokens.at(-1)!).kind
  }

  is(text: string): boolean {
    return this.token.kind === `'${text}'`
  }

  take(): Token {
    const { token } = this
    this.#recovering = false
    if (token.kind !== '<EOF>') this.#at++
    return token
  }

  skip(text: string): boolean {
    if (!this.is(text)) return false
    this.take()
    return true
  }

  /** Reads something that one of `ends` ends. */
  within<T>(ends: readonly TokenKind[], read: () => T): T {
    this.#open.push(ends)
    const result = read()
    this.#open.pop()
    return result
  }

  /** Takes a token of one of the kinds; where it is missing or something stands before it, goes on as if it were right. */
  expect(kinds: readonly TokenKind[], shown: readonly string[] = kinds): Token {
    if (kinds.includes(this.token.kind)) return this.take()
    if (kinds.includes(this.ahead(1)) && this.token.kind !== '<EOF>') {
      this.#report(extraneous(this.token, shown))
      this.#at++
      return this.take()
    }
    const follows = this.#open.at(-1) ?? ['<EOF>']
    if (kinds.length === 1 && shown === kinds && follows.includes(this.token.kind) && kinds[0] !== '<EOF>') {
      this.#report(missing(this.token, kinds[0]!))
    } else {
      this.#report(mismatched(this.token, shown))
      this.recover()
    }
    return { kind: kinds[0]!, text: '', start: this.token.start }
  }

  /** Whether one of `allowed` stands here, if need be behind one token too many. If not, it is said and passed over. */
  starts(allowed: readonly string[]): boolean {
    if (allowed.includes(this.token.kind)) return true
    if (allowed.includes(this.ahead(1)) && this.token.kind !== '<EOF>') {
      this.#report(extraneous(this.token, allowed))
      this.#at++
      return true
    }
    this.#report(mismatched(this.token, allowed))
    this.recover()
    return false
  }

  /** Behind an operator that may repeat. */
  continues(allowed: readonly string[]): boolean {
    if (allowed.includes(this.token.kind)) return true
    this.#report(extraneous(this.token, allowed))
    this.recover()
    return allowed.includes(this.token.kind)
  }

  /** No rule takes the token at `count` with the one behind it. */
  stuck(count: number): void {
    const first = this.#tokens[this.#at + count]!
    const second = this.#tokens[this.#at + count + 1] ?? first
    this.#reportAt(second, notViable(first, second))
  }

  /** To a token with which something around may go on. */
  recover(): void {
    const known = new Set<string>([...operatorTokens, '<EOF>', ...this.#open.flat()])
    while (!known.has(this.token.kind)) this.#at++
  }

  /** Passes over one token as it recovers. */
  drop(): void {
    if (this.token.kind !== '<EOF>') this.#at++
  }

  #report(message: string): void {
    this.#reportAt(this.token, message)
  }

  #reportAt({ start }: Token, message: string): void {
    if (!this.#recovering) this.#source.report(start, `Syntax error: ${message}`)
    this.#recovering = true
  }
}
