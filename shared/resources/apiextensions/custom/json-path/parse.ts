import { JsonPathError, type PathNode } from './node.ts'

/** What stands between the braces of a template: `.status.conditions[?(@.type=="Ready")].status`. Throws JsonPathError. */
export const parsePath = (text: string): PathNode[] => new Parser(text).all()

const terminators = new Set([' ', '\t', '\r', '\n', '.', ',', '[', ']', '$', '@', '{', '}'])
const isWord = (character: string) => /[\p{L}\p{Nd}_]/u.test(character)

class Parser {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  all(): PathNode[] {
    const nodes: PathNode[] = []
    while (this.#at < this.#text.length) {
      const node = this.#next(nodes.at(-1))
      if (node) nodes.push(...node)
    }
    return nodes
  }

  #next(before: PathNode | undefined): PathNode[] | undefined {
    const { [this.#at]: character = '' } = this.#text
    if (this.#starts('[?(')) return [this.#filter()]
    if (this.#starts('..')) return this.#recursive(before)
    if (character === '[') return this.#array()
    if (character === '"' || character === "'") return [this.#quoted(character)]
    if (/[-+\d]/.test(character)) return [this.#number()]
    this.#at++
    if (character === ' ' || character === '@' || character === '$') return undefined
    if (character === '.') return [this.#field()]
    this.#at--
    if (isWord(character)) return [this.#identifier()]
    throw new JsonPathError(`unrecognized character in action: ${character}`)
  }

  #starts(text: string): boolean {
    return this.#text.startsWith(text, this.#at)
  }

  #recursive(before: PathNode | undefined): PathNode[] {
    if (before?.is === 'recursive') throw new JsonPathError('invalid multiple recursive descent')
    this.#at += 2
    const next = this.#text[this.#at]
    return next !== undefined && isWord(next) ? [{ is: 'recursive' }, this.#field()] : [{ is: 'recursive' }]
  }

  #field(): PathNode {
    const start = this.#at
    for (; this.#at < this.#text.length; this.#at++) {
      const character = this.#text[this.#at]!
      if (character === '\\') this.#at++
      else if (terminators.has(character)) break
    }
    const name = this.#text.slice(start, this.#at)
    return name === '*' ? { is: 'wildcard' } : { is: 'field', name: name.replaceAll('\\', '') }
  }

  #identifier(): PathNode {
    const start = this.#at
    while (this.#at < this.#text.length && !terminators.has(this.#text[this.#at]!)) this.#at++
    const word = this.#text.slice(start, this.#at)
    if (word === 'true' || word === 'false') return { is: 'value', value: word === 'true' }
    throw new JsonPathError(`unrecognized identifier ${word}`)
  }

  #number(): PathNode {
    const [text = ''] = /^[-+]?[.\d]*/.exec(this.#text.slice(this.#at)) ?? []
    this.#at += text.length
    const value = Number(text)
    if (text === '' || Number.isNaN(value)) throw new JsonPathError(`cannot parse number ${text}`)
    return { is: 'value', value }
  }

  #quoted(quote: string): PathNode {
    const start = this.#at
    let end = start
    do end = this.#text.indexOf(quote, end + 1)
    while (end > 0 && this.#text[end - 1] === '\\')
    if (end < 0) throw new JsonPathError('unterminated quoted string')
    this.#at = end + 1
    return { is: 'value', value: this.#text.slice(start + 1, end).replace(/\\(.)/g, '$1') }
  }

  #array(): PathNode[] {
    const end = this.#text.indexOf(']', this.#at)
    if (end < 0) throw new JsonPathError('unterminated array')
    const inside = this.#text.slice(this.#at + 1, end)
    this.#at = end + 1
    const parts = inside.split(',')
    if (parts.length > 1) return [{ is: 'union', of: parts.map((part) => parsePath(`[${part.trim()}]`)) }]
    const key = /^'([^']*)'$/.exec(inside)
    if (key) return parsePath(`.${key[1]}`)
    return [this.#slice(inside === '*' ? ':' : inside)]
  }

  #slice(text: string): PathNode {
    const match = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/.exec(text)
    if (!match) throw new JsonPathError(`invalid array index ${text}`)
    const numberOf = (part: string | undefined) => (part === undefined || part === '' ? undefined : Number(part))
    const [, from, to, step] = match
    if (to === undefined) return { is: 'index', index: numberOf(from) ?? 0 }
    return { is: 'slice', from: numberOf(from), to: numberOf(to.slice(1)), step: numberOf(step?.slice(1)) }
  }

  #filter(): PathNode {
    const text = this.#filterText()
    const match = /^([^!<>=]+)([!<>=]+)(.+?)$/s.exec(text)
    if (!match) return { is: 'filter', left: parsePath(text), operator: 'exists', right: [] }
    const [, left = '', operator = '', right = ''] = match
    if (!['<', '>', '==', '!=', '<=', '>='].includes(operator))
      throw new JsonPathError(`unrecognized filter operator ${operator}`)
    return { is: 'filter', left: parsePath(left), operator, right: parsePath(right) }
  }

  #filterText(): string {
    const start = this.#at + '[?('.length
    let quote = ''
    for (let at = start; at < this.#text.length; at++) {
      const character = this.#text[at]!
      if (quote === '' && character === ')') {
        if (this.#text[at + 1] !== ']') throw new JsonPathError('unclosed array expect ]')
        this.#at = at + 2
        return this.#text.slice(start, at)
      }
      if (quote === '' && (character === '"' || character === "'")) quote = character
      else if (character === quote && this.#text[at - 1] !== '\\') quote = ''
    }
    throw new JsonPathError('unterminated filter')
  }
}
