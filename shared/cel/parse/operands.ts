import type { Aggregates } from './aggregates.ts'
import type { Calls } from './calls.ts'
import type { Depth } from './depth.ts'
import type { Expression } from './expression.ts'
import type { Token, TokenKind } from './lexer.ts'
import { readDouble, readers, readInt } from './literal.ts'
import type { Source } from './source.ts'
import { operandStart } from './syntax-message.ts'
import type { TokenStream } from './token-stream.ts'

const reserved = new Set(
  'as break const continue else false for function if import in let loop package namespace null return true var void while'.split(
    ' ',
  ),
)

export interface OperandParts {
  readonly source: Source
  readonly tokens: TokenStream
  readonly depth: Depth
  readonly calls: Calls
  readonly aggregates: Aggregates
  /** Reads an expression. */
  readonly read: () => Expression
}

/** Reads what operators stand between: literals, names, calls, aggregates, what is in parentheses, and the members of each. */
export class Operands {
  readonly #source: Source
  readonly #tokens: TokenStream
  readonly #depth: Depth
  readonly #calls: Calls
  readonly #aggregates: Aggregates
  readonly #read: () => Expression

  constructor({ source, tokens, depth, calls, aggregates, read }: OperandParts) {
    this.#source = source
    this.#tokens = tokens
    this.#depth = depth
    this.#calls = calls
    this.#aggregates = aggregates
    this.#read = read
  }

  nothing(): Expression {
    return { kind: 'unspecified', id: this.#id(this.#token.start) }
  }

  get #token(): Token {
    return this.#tokens.token
  }

  #is(text: string): boolean {
    return this.#tokens.is(text)
  }

  #skip(text: string): boolean {
    return this.#tokens.skip(text)
  }

  #wrong(offset: number, message: string): Expression {
    this.#source.report(offset, message)
    return { kind: 'unspecified', id: this.#id(offset) }
  }

  #id(offset: number): number {
    return this.#source.idAt(offset)
  }

  /** With all that stands behind it. */
  read(): Expression {
    return this.#depth.chain('member', (grow) => {
      let target = this.#primary()
      for (;;) {
        if (this.#is('.')) {
          grow()
          target = this.#selection(target)
        } else if (this.#is('[')) {
          grow()
          target = this.#index(target)
        } else return target
      }
    })
  }

  /** `.name`, `.?name` or `.name(…)` behind `target`. */
  #selection(target: Expression): Expression {
    const optional = this.#tokens.ahead(1) === "'?'"
    const next = this.#tokens.ahead(1)
    if (!optional && next !== 'IDENTIFIER' && next !== 'ESC_IDENTIFIER') {
      this.#tokens.stuck(0)
      this.#tokens.drop()
      this.#tokens.recover()
      return { kind: 'unspecified', id: this.#id(this.#source.offsetOf(target.id)) }
    }
    const { start } = this.#tokens.take()
    if (optional) this.#tokens.take()
    const name = this.#tokens.expect(['IDENTIFIER', 'ESC_IDENTIFIER'])
    if (name.text === '') this.#wrong(name.start, 'unsupported ident kind')
    if (name.text.startsWith('`')) this.#wrong(name.start, "unsupported syntax: '`'")
    if (optional) {
      const field: Expression = { kind: 'literal', id: this.#id(name.start), value: name.text }
      return this.#depth.over({ kind: 'call', id: this.#id(start), name: '_?._', args: [target, field] })
    }
    if (this.#is('(') && name.kind === 'IDENTIFIER') {
      const id = this.#id(this.#tokens.take().start)
      return this.#calls.memberCall(id, name.text, target, this.#arguments())
    }
    return this.#depth.over({ kind: 'select', id: this.#id(start), operand: target, field: name.text, testOnly: false })
  }

  #index(target: Expression): Expression {
    const { start } = this.#tokens.take()
    const optional = this.#skip('?')
    const id = this.#id(start)
    if (!optional && !this.#tokens.starts(operandStart("'?'"))) return target
    const index = this.#tokens.within(["']'"], () => this.#read())
    this.#tokens.expect(["']'"])
    return this.#calls.call(id, optional ? '_[?_]' : '_[_]', target, index)
  }

  #arguments(): Expression[] {
    const args: Expression[] = []
    if (this.#skip(')') || !this.#tokens.starts(operandStart("')'"))) return args
    this.#tokens.within(["')'", "','"], () => {
      do args.push(this.#read())
      while (this.#skip(','))
    })
    this.#tokens.expect(["')'"])
    return args
  }

  #primary(): Expression {
    const { kind, start } = this.#token
    switch (kind) {
      case "'('": {
        this.#tokens.take()
        const inner = this.#tokens.within(["')'"], () => this.#read())
        this.#tokens.expect(["')'"])
        return inner
      }
      case "'['":
        return this.#aggregates.list()
      case "'{'":
        return this.#aggregates.map()
      case "'.'":
      case 'IDENTIFIER':
        return this.#named()
      case "'-'":
        return this.#negative(start)
      case "'true'":
      case "'false'":
        return this.#literal(start, this.#tokens.take().text === 'true')
      case "'null'":
        this.#tokens.take()
        return this.#literal(start, null)
    }
    const reader = readers[kind]
    return reader ? this.#literal(start, reader(this.#tokens.take().text)) : this.nothing()
  }

  /** A number with its sign. */
  #negative(start: number): Expression {
    if (!/^NUM_(INT|FLOAT)$/.test(this.#tokens.ahead(1))) {
      this.#tokens.stuck(0)
      return this.nothing()
    }
    this.#tokens.take()
    const { kind, text } = this.#tokens.take()
    return this.#literal(start, kind === 'NUM_INT' ? readInt(`-${text}`) : readDouble(`-${text}`))
  }

  #literal(start: number, value: ReturnType<NonNullable<(typeof readers)[TokenKind]>> | boolean | null): Expression {
    return value instanceof Error ? this.#wrong(start, value.message) : { kind: 'literal', id: this.#id(start), value }
  }

  #named(): Expression {
    const { start } = this.#token
    if (this.#is('.') && this.#tokens.ahead(1) !== 'IDENTIFIER') {
      this.#tokens.stuck(0)
      this.#tokens.drop()
      this.#tokens.recover()
      return this.nothing()
    }
    const dot = this.#skip('.') ? '.' : ''
    const first = this.#tokens.take()
    let ahead = 0
    while (this.#tokens.ahead(ahead) === "'.'" && this.#tokens.ahead(ahead + 1) === 'IDENTIFIER') ahead += 2
    if (this.#tokens.ahead(ahead) === "'{'") return this.#aggregates.struct(dot + first.text)
    if (reserved.has(first.text)) {
      const wrong = this.#wrong(start, `reserved identifier: ${first.text}`)
      if (this.#skip('(')) this.#arguments()
      return wrong
    }
    if (!this.#is('(')) return { kind: 'identifier', id: this.#id(first.start), name: dot + first.text }
    const id = this.#id(this.#tokens.take().start)
    return this.#calls.call(id, dot + first.text, ...this.#arguments())
  }
}
