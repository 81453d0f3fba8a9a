/** Says in the words of Go's decoder where a text stops being JSON; for what another parser has refused. */
export const syntaxFinding = (bytes: Uint8Array): string => {
  // Go looks at bytes, and shows each as the character of that number.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  try {
    new Scanner(text).scan()
  } catch (error) {
    if (error instanceof Finding) return error.message
    throw error
  }
  return 'unexpected end of JSON input'
}

class Finding extends Error {}

const literals: Readonly<Record<string, string>> = { t: 'true', f: 'false', n: 'null' }

class Scanner {
  readonly #text: string
  #at = 0
  /** what closes the levels that are open */
  readonly #open: ('}' | ']')[] = []

  constructor(text: string) {
    this.#text = text
  }

  scan(): void {
    this.#value()
    for (;;) {
      this.#spaces()
      const close = this.#open.at(-1)
      const character = this.#text[this.#at]
      if (close === undefined) {
        if (character === undefined) return
        throw this.#wrong('after top-level value')
      }
      if (character === close) this.#close()
      else if (character !== ',') throw this.#wrong(close === '}' ? 'after object key:value pair' : 'after array element')
      else {
        this.#at++
        if (close === '}') this.#key()
        this.#value()
      }
    }
  }

  /** Up to its end, or to where the first one in it that is no list or object begins. */
  #value(): void {
    for (;;) {
      this.#spaces()
      const character = this.#text[this.#at]
      if (character === '{' || character === '[') {
        this.#at++
        this.#open.push(character === '{' ? '}' : ']')
        this.#spaces()
        if (this.#text[this.#at] === this.#open.at(-1)) {
          this.#close()
          return
        }
        if (character === '{') this.#key()
        continue
      }
      if (character === '"') this.#string()
      else if (character === '-' || isDigit(character)) this.#number()
      else this.#literal(literals[character ?? ''])
      return
    }
  }

  #literal(literal: string | undefined): void {
    if (literal === undefined) throw this.#wrong('looking for beginning of value')
    this.#at++
    for (const wanted of literal.slice(1))
      this.#take(wanted === this.#text[this.#at], `in literal ${literal} (expecting '${wanted}')`)
  }

  #close(): void {
    this.#at++
    this.#open.pop()
  }

  #key(): void {
    this.#spaces()
    if (this.#text[this.#at] !== '"') throw this.#wrong('looking for beginning of object key string')
    this.#string()
    this.#spaces()
    this.#take(this.#text[this.#at] === ':', 'after object key')
  }

  #string(): void {
    this.#at++
    for (;;) {
      const character = this.#text[this.#at]
      if (character === '"') {
        this.#at++
        return
      }
      if (character !== '\\') {
        this.#take(character !== undefined && character >= ' ', 'in string literal')
        continue
      }
      this.#at++
      const escaped = this.#text[this.#at]
      this.#take(escaped !== undefined && '"\\/bfnrtu'.includes(escaped), 'in string escape code')
      for (let digits = 0; escaped === 'u' && digits < 4; digits++)
        this.#take(/^[\da-f]$/i.test(this.#text[this.#at] ?? ''), 'in \\u hexadecimal character escape')
    }
  }

  #number(): void {
    if (this.#text[this.#at] === '-') this.#at++
    if (this.#text[this.#at] === '0') this.#at++
    else this.#digits('in numeric literal')
    if (this.#text[this.#at] === '.') {
      this.#at++
      this.#digits('after decimal point in numeric literal')
    }
    if (this.#text[this.#at]?.toLowerCase() !== 'e') return
    this.#at++
    if ('+-'.includes(this.#text[this.#at] ?? ' ')) this.#at++
    this.#digits('in exponent of numeric literal')
  }

  /** One at least. */
  #digits(context: string): void {
    this.#take(isDigit(this.#text[this.#at]), context)
    while (isDigit(this.#text[this.#at])) this.#at++
  }

  #spaces(): void {
    while (' \t\r\n'.includes(this.#text[this.#at] ?? 'x')) this.#at++
  }

  #take(isRight: boolean, context: string): void {
    if (!isRight) throw this.#wrong(context)
    this.#at++
  }

  #wrong(context: string): Finding {
    const character = this.#text[this.#at]
    if (character === undefined && takesSpace.test(context)) return new Finding('unexpected end of JSON input')
    return new Finding(`invalid character '${shown(character ?? ' ')}' ${context}`)
  }
}

/** Go reads a space behind the end, which is no finding where one may stand. */
const takesSpace = /^(?:looking|after (?:object|array)|in string literal)/

const isDigit = (character: string | undefined) => character !== undefined && character >= '0' && character <= '9'

const shown = (character: string): string => {
  const code = character.charCodeAt(0)
  if (character === "'") return "\\'"
  if (character === '"') return '"'
  const named = /^"\\([abfnrtv\\])"$/.exec(JSON.stringify(character))
  if (named) return `\\${named[1]}`
  if (code === 7) return '\\a'
  if (code === 11) return '\\v'
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`
  return (code >= 0x80 && code <= 0xa0) || code === 0xad ? `\\u00${code.toString(16)}` : character
}
