import { Aggregates } from './aggregates.ts'
import { Calls } from './calls.ts'
import { Depth } from './depth.ts'
import { DepthError } from './depth-error.ts'
import type { Expression } from './expression.ts'
import type { Token, TokenKind } from './lexer.ts'
import { readDouble, readers, readInt } from './literal.ts'
import type { Macro } from './macro.ts'
import type { Source } from './source.ts'
import { memberStart, operandStart } from './syntax-message.ts'
import { TokenStream } from './token-stream.ts'

const longest = 100_000

const reserved = new Set(
  'as break const continue else false for function if import in let loop package namespace null return true var void while'.split(
    ' ',
  ),
)
const relations = new Set(['<', '<=', '>=', '>', '==', '!=', 'in'])
const operators: Readonly<Record<string, string>> = { in: '@in' }
const precedence: Readonly<Record<string, number>> = { '*': 2, '/': 2, '%': 2, '+': 1, '-': 1 }

/** Reads an expression; what is wrong with it is reported to `source`. */
export const parse = (source: Source, macros: ReadonlyMap<string, Macro>): Expression => {
  const size = [...source.text].length
  if (size > longest) {
    source.reportAnywhere(`expression code point size exceeds limit: size: ${size}, limit ${longest}`)
    return { kind: 'unspecified', id: 0 }
  }
  return new Parser(source, macros).parse()
}

class Parser {
  readonly #source: Source
  readonly #tokens: TokenStream
  readonly #depth = new Depth()
  readonly #calls: Calls
  readonly #aggregates: Aggregates

  constructor(source: Source, macros: ReadonlyMap<string, Macro>) {
    this.#source = source
    const [tokens, depth] = [new TokenStream(source), this.#depth]
    this.#tokens = tokens
    this.#calls = new Calls({ source, macros, depth })
    this.#aggregates = new Aggregates({ source, tokens, depth, read: () => this.#expression() })
  }

  parse(): Expression {
    try {
      const root = this.#expression()
      this.#tokens.expect(['<EOF>'])
      return root
    } catch (error) {
      if (!(error instanceof DepthError)) throw error
      this.#source.reportAnywhere(error.message)
      return { kind: 'unspecified', id: 0 }
    }
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

  #nothing(): Expression {
    return { kind: 'unspecified', id: this.#id(this.#token.start) }
  }

  #wrong(offset: number, message: string): Expression {
    this.#source.report(offset, message)
    return { kind: 'unspecified', id: this.#id(offset) }
  }

  #id(offset: number): number {
    return this.#source.idAt(offset)
  }

  #expression(): Expression {
    return this.#depth.within('expr', () => {
      const condition = this.#logical('||')
      if (!this.#is('?')) return condition
      const id = this.#id(this.#tokens.take().start)
      const then = this.#tokens.within(["':'"], () => this.#logical('||'))
      this.#aggregates.colon()
      const otherwise = this.#expression()
      return this.#calls.call(id, '_?_:_', condition, then, otherwise)
    })
  }

  #logical(operator: '||' | '&&'): Expression {
    return this.#depth.within(operator, () => {
      const next = () => (operator === '||' ? this.#logical('&&') : this.#relation(1))
      const terms = [next()]
      const ids: number[] = []
      while (this.#is(operator)) {
        const { start } = this.#tokens.take()
        terms.push(next())
        ids.push(this.#id(start))
      }
      return terms.length === 1 ? terms[0]! : this.#balanced(`_${operator}_`, terms, ids, 0, ids.length - 1)
    })
  }

  /** Long chains become a flat tree, so that none is too deep. */
  #balanced(name: string, terms: readonly Expression[], ids: readonly number[], low: number, high: number): Expression {
    const middle = Math.floor((low + high + 1) / 2)
    const left = middle === low ? terms[middle]! : this.#balanced(name, terms, ids, low, middle - 1)
    const right = middle === high ? terms[middle + 1]! : this.#balanced(name, terms, ids, middle + 1, high)
    return this.#depth.over({ kind: 'call', id: ids[middle]!, name, args: [left, right] }, 0)
  }

  #relation(least: number): Expression {
    return this.#depth.chain('relation', (grow) => {
      let left = this.#calculation(1)
      while (least <= 1 && relations.has(this.#token.text) && this.#token.kind.startsWith("'")) {
        grow()
        const { text, start } = this.#tokens.take()
        const id = this.#id(start)
        left = this.#calls.call(id, operators[text] ?? `_${text}_`, left, this.#relation(2))
      }
      return left
    })
  }

  #calculation(least: number): Expression {
    return this.#depth.chain('calc', (grow) => {
      let left = this.#unary()
      for (;;) {
        const binds = this.#token.kind.startsWith("'") ? precedence[this.#token.text] : undefined
        if (!binds || binds < least) return left
        grow()
        const { text, start } = this.#tokens.take()
        const id = this.#id(start)
        left = this.#calls.call(id, `_${text}_`, left, this.#calculation(binds + 1))
      }
    })
  }

  #unary(): Expression {
    if (this.#is('!')) return this.#not()
    if (this.#is('-') && !/^NUM_(INT|FLOAT)$/.test(this.#tokens.ahead(1))) return this.#negation()
    return this.#tokens.starts(operandStart()) ? this.#member() : this.#nothing()
  }

  #not(): Expression {
    const { start } = this.#token
    let count = 0
    while (this.#skip('!')) count++
    if (!this.#tokens.continues(operandStart())) return this.#nothing()
    const operand = this.#member()
    return count % 2 ? this.#calls.call(this.#id(start), '!_', operand) : operand
  }

  #negation(): Expression {
    const { start } = this.#token
    let count = 0
    while (this.#is('-')) {
      const next = this.#tokens.ahead(1)
      if (!memberStart.has(next)) {
        // What was taken for a sign is left for a minus.
        this.#tokens.stuck(0)
        return this.#nothing()
      }
      this.#tokens.take()
      count++
    }
    const operand = this.#member()
    return count % 2 ? this.#calls.call(this.#id(start), '-_', operand) : operand
  }

  #member(): Expression {
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
    const index = this.#tokens.within(["']'"], () => this.#expression())
    this.#tokens.expect(["']'"])
    return this.#calls.call(id, optional ? '_[?_]' : '_[_]', target, index)
  }

  #arguments(): Expression[] {
    const args: Expression[] = []
    if (this.#skip(')') || !this.#tokens.starts(operandStart("')'"))) return args
    this.#tokens.within(["')'", "','"], () => {
      do args.push(this.#expression())
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
        const inner = this.#tokens.within(["')'"], () => this.#expression())
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
    return reader ? this.#literal(start, reader(this.#tokens.take().text)) : this.#nothing()
  }

  /** A number with its sign. */
  #negative(start: number): Expression {
    if (!/^NUM_(INT|FLOAT)$/.test(this.#tokens.ahead(1))) {
      this.#tokens.stuck(0)
      return this.#nothing()
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
      return this.#nothing()
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
