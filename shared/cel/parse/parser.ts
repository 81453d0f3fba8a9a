import { Builder } from './builder.ts'
import type { Expression, MapExpression, StructExpression } from './expression.ts'
import { Depth, DepthError } from './depth.ts'
import { type Token, type TokenKind, tokenize } from './lexer.ts'
import { readBytes, readDouble, readInt, readString, readUint } from './literal.ts'
import { type Macro, MacroError } from './macro.ts'
import type { Source } from './source.ts'
import { expectedAtStart, expectedInMember, SyntaxFailure, syntaxMessage } from './syntax-message.ts'

const longest = 100_000

const reserved = new Set(
  'as break const continue else false for function if import in let loop package namespace null return true var void while'.split(' '),
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

/** How macros are found: by name, number of arguments and whether they are called on something. */
export const macroKey = (name: string, arity: number, isMember: boolean): string => `${name}:${arity}:${isMember}`

class Parser {
  readonly #source: Source
  readonly #macros: ReadonlyMap<string, Macro>
  readonly #tokens: readonly Token[]
  readonly #depth = new Depth()
  #at = 0

  constructor(source: Source, macros: ReadonlyMap<string, Macro>) {
    this.#source = source
    this.#macros = macros
    this.#tokens = tokenize(source)
  }

  parse(): Expression {
    try {
      const root = this.#expression()
      if (this.#token.kind !== '<EOF>') this.#unwanted(['<EOF>'])
      return root
    } catch (error) {
      if (error instanceof DepthError) this.#source.reportAnywhere(error.message)
      else if (!(error instanceof SyntaxFailure)) throw error
      return { kind: 'unspecified', id: 0 }
    }
  }

  get #token(): Token {
    return this.#tokens[this.#at]!
  }

  #ahead(count: number): TokenKind {
    return (this.#tokens[this.#at + count] ?? this.#tokens.at(-1)!).kind
  }

  #is(text: string): boolean {
    return this.#token.kind === `'${text}'`
  }

  #take(): Token {
    const token = this.#token
    if (token.kind !== '<EOF>') this.#at++
    return token
  }

  #skip(text: string): boolean {
    if (!this.#is(text)) return false
    this.#at++
    return true
  }

  /** Something else stands where one of `expected` has to: a single odd token is passed over, as upstream does. */
  #unwanted(expected: readonly string[]): void {
    const { start } = this.#token
    const passed = expected.includes(this.#ahead(1)) && this.#token.kind !== '<EOF>'
    this.#source.report(start, syntaxMessage(this.#token, expected, passed))
    if (!passed) throw new SyntaxFailure()
    this.#at++
  }

  #expect(...kinds: TokenKind[]): Token {
    if (!kinds.includes(this.#token.kind)) this.#unwanted(kinds)
    return this.#take()
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
      const id = this.#id(this.#take().start)
      const then = this.#logical('||')
      this.#expect("':'")
      const otherwise = this.#expression()
      return this.#call(id, '_?_:_', condition, then, otherwise)
    })
  }

  #logical(operator: '||' | '&&'): Expression {
    return this.#depth.within(operator, () => {
      const next = () => (operator === '||' ? this.#logical('&&') : this.#relation(1))
      const terms = [next()]
      const ids: number[] = []
      while (this.#is(operator)) {
        const { start } = this.#take()
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
        const { text, start } = this.#take()
        const id = this.#id(start)
        left = this.#call(id, operators[text] ?? `_${text}_`, left, this.#relation(2))
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
        const { text, start } = this.#take()
        const id = this.#id(start)
        left = this.#call(id, `_${text}_`, left, this.#calculation(binds + 1))
      }
    })
  }

  #unary(): Expression {
    const operator = this.#is('!') ? '!' : this.#is('-') && !/^NUM_(INT|FLOAT)$/.test(this.#ahead(1)) ? '-' : undefined
    if (!operator) {
      while (!expectedAtStart.includes(this.#token.kind)) this.#unwanted(expectedAtStart)
      return this.#member()
    }
    const { start } = this.#token
    let count = 0
    while (this.#skip(operator)) count++
    if (operator === '-' && count > 1 && this.#is('-')) count++
    if (!expectedInMember.includes(this.#token.kind)) this.#unwanted(operator === '!' ? ["'!'", ...expectedInMember] : expectedInMember)
    const operand = this.#member()
    return count % 2 ? this.#call(this.#id(start), `${operator}_`, operand) : operand
  }

  #member(): Expression {
    return this.#depth.chain('member', (grow) => {
      let target = this.#primary()
      for (;;) {
        const { start } = this.#token
        if (this.#skip('.')) {
          grow()
          const optional = this.#skip('?')
          const name = this.#expect('IDENTIFIER', 'ESC_IDENTIFIER')
          if (name.kind === 'ESC_IDENTIFIER') this.#wrong(name.start, "unsupported syntax: '`'")
          if (optional) {
            const field: Expression = { kind: 'literal', id: this.#id(name.start), value: name.text }
            target = this.#depth.over({ kind: 'call', id: this.#id(start), name: '_?._', args: [target, field] })
          } else if (this.#is('(') && name.kind === 'IDENTIFIER') {
            const id = this.#id(this.#take().start)
            target = this.#memberCall(id, name.text, target, this.#arguments())
          } else target = this.#depth.over({ kind: 'select', id: this.#id(start), operand: target, field: name.text, testOnly: false })
        } else if (this.#skip('[')) {
          grow()
          const optional = this.#skip('?')
          const id = this.#id(start)
          const index = this.#expression()
          this.#expect("']'")
          target = this.#call(id, optional ? '_[?_]' : '_[_]', target, index)
        } else return target
      }
    })
  }

  #arguments(): Expression[] {
    const args: Expression[] = []
    if (this.#skip(')')) return args
    do args.push(this.#expression())
    while (this.#skip(','))
    this.#expect("')'")
    return args
  }

  #primary(): Expression {
    const token = this.#token
    const { kind, start } = token
    switch (kind) {
      case "'('": {
        this.#take()
        const inner = this.#expression()
        this.#expect("')'")
        return inner
      }
      case "'['":
        return this.#list()
      case "'{'":
        return this.#map()
      case "'.'":
      case 'IDENTIFIER':
        return this.#named()
      case "'-'": {
        this.#take()
        if (!/^NUM_(INT|FLOAT)$/.test(this.#token.kind)) this.#unwanted(['NUM_FLOAT', 'NUM_INT'])
        const number = this.#take()
        return this.#literal(start, number.kind === 'NUM_INT' ? readInt(`-${number.text}`) : readDouble(`-${number.text}`))
      }
      case "'true'":
      case "'false'":
        return this.#literal(start, this.#take().text === 'true')
      case "'null'":
        this.#take()
        return this.#literal(start, null)
    }
    const reader = readers[kind]
    if (!reader) {
      this.#unwanted(expectedInMember)
      return this.#primary()
    }
    return this.#literal(start, reader(this.#take().text))
  }

  #literal(start: number, value: ReturnType<NonNullable<(typeof readers)[TokenKind]>> | boolean | null): Expression {
    return value instanceof Error ? this.#wrong(start, value.message) : { kind: 'literal', id: this.#id(start), value }
  }

  #named(): Expression {
    const { start } = this.#token
    const dot = this.#skip('.') ? '.' : ''
    const first = this.#expect('IDENTIFIER')
    let ahead = 0
    while (this.#ahead(ahead) === "'.'" && this.#ahead(ahead + 1) === 'IDENTIFIER') ahead += 2
    if (this.#ahead(ahead) === "'{'") return this.#struct(dot + first.text)
    if (reserved.has(first.text)) {
      const wrong = this.#wrong(start, `reserved identifier: ${first.text}`)
      if (this.#skip('(')) this.#arguments()
      return wrong
    }
    if (!this.#is('(')) return { kind: 'identifier', id: this.#id(first.start), name: dot + first.text }
    const id = this.#id(this.#take().start)
    return this.#call(id, dot + first.text, ...this.#arguments())
  }

  #list(): Expression {
    const id = this.#id(this.#take().start)
    const elements: Expression[] = []
    const optional = new Set<number>()
    this.#items("']'", () => {
      if (this.#skip('?')) optional.add(elements.length)
      elements.push(this.#expression())
    })
    return this.#depth.over({ kind: 'list', id, elements, optional }, 0)
  }

  #map(): Expression {
    const id = this.#id(this.#take().start)
    const entries: MapExpression['entries'][number][] = []
    this.#items("'}'", () => {
      const optional = this.#skip('?')
      const key = this.#expression()
      const colon = this.#id(this.#expect("':'").start)
      entries.push({ id: colon, key, value: this.#expression(), optional })
    })
    return this.#depth.over({ kind: 'map', id, entries }, 0)
  }

  #struct(start: string): Expression {
    let typeName = start
    while (this.#skip('.')) typeName += `.${this.#take().text}`
    const id = this.#id(this.#take().start)
    const fields: StructExpression['fields'][number][] = []
    this.#items("'}'", () => {
      const optional = this.#skip('?')
      const name = this.#expect('IDENTIFIER', 'ESC_IDENTIFIER')
      if (name.kind === 'ESC_IDENTIFIER') this.#wrong(name.start, "unsupported syntax: '`'")
      const colon = this.#id(this.#expect("':'").start)
      fields.push({ id: colon, name: name.text, value: this.#expression(), optional })
    })
    return this.#depth.over({ kind: 'struct', id, typeName, fields }, 0)
  }

  /** Items up to `end`, with a comma between them and maybe one after the last. */
  #items(end: TokenKind, item: () => void): void {
    while (this.#token.kind !== end) {
      if (this.#skip(',')) break
      item()
      if (this.#token.kind !== end && !(this.#is(',') && this.#ahead(1) === end)) {
        if (!this.#is(',')) break
        this.#take()
      }
    }
    this.#expect(end)
  }

  #call(id: number, name: string, ...args: Expression[]): Expression {
    return this.#depth.over(this.#expand(id, name, undefined, args) ?? { kind: 'call', id, name, args }, /^[@_]/.test(name) ? 1 : 0, args)
  }

  #memberCall(id: number, name: string, target: Expression, args: Expression[]): Expression {
    const node = this.#expand(id, name, target, args) ?? { kind: 'call', id, name, target, args }
    return this.#depth.over(node, 1, [target, ...args])
  }

  #expand(id: number, name: string, target: Expression | undefined, args: Expression[]): Expression | undefined {
    const macro = this.#macros.get(macroKey(name, args.length, target !== undefined))
    if (!macro) return undefined
    try {
      return macro.expand(new Builder(this.#source, id), target!, args)
    } catch (error) {
      if (!(error instanceof MacroError)) throw error
      return this.#wrong(this.#source.offsetOf(error.at), error.message)
    }
  }
}

const readers: Partial<Record<TokenKind, (text: string) => bigint | number | string | Uint8Array | Error | ReturnType<typeof readUint>>> = {
  NUM_INT: readInt,
  NUM_UINT: readUint,
  NUM_FLOAT: readDouble,
  STRING: readString,
  BYTES: readBytes,
}
