import type { Depth } from './depth.ts'
import type { Expression, MapExpression, StructExpression } from './expression.ts'
import type { Token, TokenKind } from './lexer.ts'
import type { Source } from './source.ts'
import { operandStart } from './syntax-message.ts'
import type { TokenStream } from './token-stream.ts'

export interface AggregateParts {
  readonly source: Source
  readonly tokens: TokenStream
  readonly depth: Depth
  /** Reads an expression. */
  readonly read: () => Expression
}

/** Reads lists, maps and messages. */
export class Aggregates {
  readonly #source: Source
  readonly #tokens: TokenStream
  readonly #depth: Depth
  readonly #read: () => Expression

  constructor({ source, tokens, depth, read }: AggregateParts) {
    this.#source = source
    this.#tokens = tokens
    this.#depth = depth
    this.#read = read
  }

  list(): Expression {
    const id = this.#source.idAt(this.#tokens.take().start)
    const elements: Expression[] = []
    const optional = new Set<number>()
    this.#items("']'", operandStart("']'", "','", "'?'"), () => {
      if (this.#tokens.skip('?')) optional.add(elements.length)
      elements.push(this.#read())
    })
    return this.#depth.over({ kind: 'list', id, elements, optional }, 0)
  }

  map(): Expression {
    const id = this.#source.idAt(this.#tokens.take().start)
    const entries: MapExpression['entries'][number][] = []
    this.#items("'}'", operandStart("'}'", "','", "'?'"), () => {
      const optional = this.#tokens.skip('?')
      const key = this.#tokens.within(["':'"], () => this.#read())
      const colon = this.#source.idAt(this.colon().start)
      entries.push({ id: colon, key, value: this.#read(), optional })
    })
    return this.#depth.over({ kind: 'map', id, entries }, 0)
  }

  struct(start: string): Expression {
    let typeName = start
    while (this.#tokens.skip('.')) typeName += `.${this.#tokens.take().text}`
    const id = this.#source.idAt(this.#tokens.take().start)
    const fields: StructExpression['fields'][number][] = []
    this.#items("'}'", ["'}'", "','", "'?'", 'IDENTIFIER', 'ESC_IDENTIFIER'], () => {
      const optional = this.#tokens.skip('?')
      const name = this.#tokens.expect(['IDENTIFIER', 'ESC_IDENTIFIER'])
      if (name.kind === 'ESC_IDENTIFIER') this.#source.report(name.start, "unsupported syntax: '`'")
      const colon = this.#source.idAt(this.colon().start)
      fields.push({ id: colon, name: name.text, value: this.#read(), optional })
    })
    return this.#depth.over({ kind: 'struct', id, typeName, fields }, 0)
  }

  /** Any operand may follow it. */
  colon(): Token {
    return this.#tokens.within(operandStart() as readonly TokenKind[], () => this.#tokens.expect(["':'"]))
  }

  /** Items up to `end`, with a comma between them and maybe one after the last. */
  #items(end: TokenKind, first: readonly string[], item: () => void): void {
    const ends: readonly TokenKind[] = [end, "','"]
    if (!this.#tokens.starts(first)) return
    if (this.#tokens.token.kind !== end && !this.#tokens.is(',')) {
      this.#tokens.within(ends, item)
      while (this.#tokens.is(',') && first.includes(this.#tokens.ahead(1)) && !ends.includes(this.#tokens.ahead(1))) {
        this.#tokens.take()
        this.#tokens.within(ends, item)
      }
    }
    if (this.#tokens.skip(',')) this.#tokens.expect([end])
    else this.#tokens.expect([end], ends)
  }
}
