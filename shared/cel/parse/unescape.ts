const simple: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '\\': 92,
  "'": 39,
  '"': 34,
  '`': 96,
  '?': 63,
}

/** Bytes and code points of a literal's inside. The lexer has seen that its escapes are whole. */
const read = (token: string, eachByte: (byte: number) => void, eachCharacter: (code: number) => void): string | undefined => {
  let text = token.replaceAll('\r\n', '\n').replaceAll('\r', '\n')
  const raw = /^[rR]/.test(text)
  if (raw) text = text.slice(1)
  const quotes = /^("""|''')/.test(text) && text.length >= 6 ? 3 : 1
  text = text.slice(quotes, -quotes)
  for (let at = 0; at < text.length; ) {
    const code = text.codePointAt(at)!
    at += code > 0xffff ? 2 : 1
    if (code !== 92 || raw) {
      eachCharacter(code)
      continue
    }
    const kind = text[at++]!
    const digits = { x: 2, X: 2, u: 4, U: 8 }[kind]
    if (digits) {
      const value = Number.parseInt(text.slice(at, at + digits), 16)
      at += digits
      if (digits === 2) eachByte(value)
      else if (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return 'invalid unicode code point'
      else eachCharacter(value)
    } else if (kind >= '0' && kind <= '3') {
      eachByte(Number.parseInt(text.slice(at - 1, at + 2), 8))
      at += 2
    } else eachCharacter(simple[kind]!)
  }
  return undefined
}

/** An error is what is wrong with it. */
export const unescapeString = (token: string): string | Error => {
  const parts: string[] = []
  const add = (code: number) => void parts.push(String.fromCodePoint(code))
  const wrong = read(token, add, add)
  return wrong ? new Error(wrong) : parts.join('')
}

export const unescapeBytes = (token: string): Uint8Array | Error => {
  if (/^[^rR]*[^\\](\\\\)*\\[uU]/.test(token)) return new Error('unable to unescape string')
  const bytes: number[] = []
  const wrong = read(
    token,
    (byte) => void bytes.push(byte),
    (code) => void bytes.push(...Buffer.from(String.fromCodePoint(code))),
  )
  return wrong ? new Error(wrong) : Uint8Array.from(bytes)
}
