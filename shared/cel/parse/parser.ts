import { Aggregates } from './aggregates.ts'
import { Calls } from './calls.ts'
import { Depth } from './depth.ts'
import { DepthError } from './depth-error.ts'
import type { Expression } from './expression.ts'
import type { Token } from './lexer.ts'
import type { Macro } from './macro.ts'
import { Operands } from './operands.ts'
import type { Source } from './source.ts'
import { memberStart, operandStart } from './syntax-message.ts'
import { TokenStream } from './token-stream.ts'

const longest = 100_000

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

/** Reads operators, from those that bind the least on. */
class Parser {
  readonly #source: Source
  readonly #tokens: TokenStream
  readonly #depth = new Depth()
  readonly #calls: Calls
  readonly #aggregates: Aggregates
  readonly #operands: Operands

  constructor(source: Source, macros: ReadonlyMap<string, Macro>) {
    this.#source = source
    const [tokens, depth] = [new TokenStream(source), this.#depth]
    this.#tokens = tokens
    const read = () => this.#expression()
    this.#calls = new Calls({ source, macros, depth })
    this.#aggregates = new Aggregates({ source, tokens, depth, read })
    this.#operands = new Operands({ source, tokens, depth, calls: this.#calls, aggregates: this.#aggregates, read })
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
    return this.#tokens.starts(operandStart()) ? this.#operands.read() : this.#operands.nothing()
  }

  #not(): Expression {
    const { start } = this.#token
    let count = 0
    while (this.#skip('!')) count++
    if (!this.#tokens.continues(operandStart())) return this.#operands.nothing()
    const operand = this.#operands.read()
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
        return this.#operands.nothing()
      }
      this.#tokens.take()
      count++
    }
    const operand = this.#operands.read()
    return count % 2 ? this.#calls.call(this.#id(start), '-_', operand) : operand
  }
}
