import { Transform } from 'node:stream'

/** Attributes that hold a URL, by element. http://www.w3.org/TR/REC-html40/index/attributes.html */
const urlAttributes: Readonly<Record<string, readonly string[]>> = {
  a: ['href'],
  applet: ['codebase'],
  area: ['href'],
  audio: ['src'],
  base: ['href'],
  blockquote: ['cite'],
  body: ['background'],
  button: ['formaction'],
  command: ['icon'],
  del: ['cite'],
  embed: ['src'],
  form: ['action'],
  frame: ['longdesc', 'src'],
  head: ['profile'],
  html: ['manifest'],
  iframe: ['longdesc', 'src'],
  img: ['longdesc', 'src', 'usemap'],
  input: ['src', 'usemap', 'formaction'],
  ins: ['cite'],
  link: ['href'],
  object: ['classid', 'codebase', 'data', 'usemap'],
  q: ['cite'],
  script: ['src'],
  source: ['src'],
  video: ['poster', 'src'],
}

/** Between these and their end there are no tags. */
const rawElements: ReadonlySet<string> = new Set([
  ...['iframe', 'noembed', 'noframes', 'noscript', 'script', 'style', 'textarea', 'title', 'xmp'],
])

/** A tag that is longer is passed on as it is. */
const longestTag = 64 * 1024
/** Only from where a name begins: a name of thousands of letters is not tried again from each of them. */
const attribute = /(?<=[\s"'/])([^\s"'<>/=]+)(\s*=\s*)("[^"]*"|'[^']*'|[^\s"'=<>`]+)/g

/**
 * Passes a page on with its URLs rewritten; nothing else of it changes. Bytes are taken for Latin-1, which leaves every encoding that
 * has ASCII in it as it is. Holds no more than one tag.
 */
export const rewriteHtml = (rewrite: (url: string) => string): Transform => {
  const rewriter = new HtmlRewriter(rewrite)
  return new Transform({
    transform: (chunk: Buffer, _encoding, callback) =>
      callback(null, Buffer.from(rewriter.push(chunk.toString('latin1')), 'latin1')),
    flush: (callback) => callback(null, Buffer.from(rewriter.rest, 'latin1')),
  })
}

class HtmlRewriter {
  /** what has come and is not decided yet */
  rest = ''
  readonly #rewrite: (url: string) => string
  /** what ends the piece that is passed on unread, in lower case; undefined: tags are read */
  #until: string | undefined

  constructor(rewrite: (url: string) => string) {
    this.#rewrite = rewrite
  }

  push(text: string): string {
    this.rest += text
    let out = ''
    for (;;) {
      const piece = this.#until === undefined ? this.#readTag() : this.#skip(this.#until)
      if (piece === undefined) return out
      out += piece
    }
  }

  /** undefined: more has to come */
  #take(length: number): string | undefined {
    const piece = this.rest.slice(0, length)
    this.rest = this.rest.slice(length)
    return piece === '' ? undefined : piece
  }

  #skip(until: string): string | undefined {
    const at = this.rest.toLowerCase().indexOf(until)
    // The end may have come in part.
    if (at < 0) return this.#take(Math.max(0, this.rest.length - until.length + 1))
    this.#until = undefined
    return this.#take(at + until.length)
  }

  #readTag(): string | undefined {
    const at = this.rest.indexOf('<')
    if (at !== 0) return this.#take(at < 0 ? this.rest.length : at)
    if (this.rest.length < 4) return undefined
    if (this.rest.startsWith('<!--')) {
      this.#until = '-->'
      return this.#take(4)
    }
    if (!/^<[a-z]/i.test(this.rest)) return this.#take(1)
    const end = tagEnd(this.rest)
    if (end === undefined) return this.rest.length > longestTag ? this.#take(this.rest.length) : undefined
    return this.#rewriteTag(this.#take(end + 1)!)
  }

  #rewriteTag(tag: string): string {
    const name = /^<([^\s/>]+)/.exec(tag)?.[1]?.toLowerCase() ?? ''
    if (rawElements.has(name) && !tag.endsWith('/>')) this.#until = `</${name}`
    const wanted = Object.hasOwn(urlAttributes, name) ? urlAttributes[name]! : []
    if (wanted.length === 0) return tag
    const head = 1 + name.length
    return (
      tag.slice(0, head) +
      tag.slice(head).replace(attribute, (whole, key: string, equals: string, value: string) => {
        if (!wanted.includes(key.toLowerCase())) return whole
        const quote = /^["']/.test(value) ? value[0]! : ''
        return key + equals + quote + this.#rewrite(quote ? value.slice(1, -1) : value) + quote
      })
    )
  }
}

/** Where the tag that the text begins with ends; a quoted value may hold a `>`. */
const tagEnd = (text: string): number | undefined => {
  let quote = ''
  let afterEquals = false
  for (let at = 1; at < text.length; at++) {
    const char = text[at]!
    if (quote !== '') {
      if (char === quote) quote = ''
    } else if (char === '>') return at
    else if (afterEquals && (char === '"' || char === "'")) quote = char
    else if (char === '=') afterEquals = true
    else if (!/\s/.test(char)) afterEquals = false
    if (quote !== '') afterEquals = false
  }
  return undefined
}
