/** Characters are code points, as in Go; most strings have no surrogates. */
export const lengthOf = (text: string): number => {
  let length = text.length
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit < 0xd800 || unit > 0xdbff) continue
    const next = text.charCodeAt(at + 1)
    if (next >= 0xdc00 && next <= 0xdfff) {
      length--
      at++
    }
  }
  return length
}

/** Order of the UTF-8 bytes: differs from that of UTF-16 where there are surrogates. */
export const compareStrings = (a: string, b: string): -1 | 0 | 1 => {
  const end = Math.min(a.length, b.length)
  for (let at = 0; at < end; at++) {
    const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)]
    if (left === right) continue
    const surrogates = [left, right].map((unit) => unit >= 0xd800 && unit <= 0xdfff)
    if (surrogates[0] === surrogates[1]) return left < right ? -1 : 1
    return surrogates[0] ? 1 : -1
  }
  return a.length === b.length ? 0 : a.length < b.length ? -1 : 1
}

/** As Go's `%q` quotes; what it can't print is escaped. */
export const quoted = (text: string): string => {
  let out = '"'
  for (const character of text) {
    const code = character.codePointAt(0)!
    if (character === '"' || character === '\\') out += `\\${character}`
    else if (escapes[code] !== undefined) out += escapes[code]
    else if (code < 0x20 || code === 0x7f) out += `\\x${code.toString(16).padStart(2, '0')}`
    else if (/[\p{L}\p{M}\p{N}\p{P}\p{S}]| /u.test(character)) out += character
    else out += code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
  }
  return `${out}"`
}

const escapes: Readonly<Record<number, string>> = { 7: '\\a', 8: '\\b', 9: '\\t', 10: '\\n', 11: '\\v', 12: '\\f', 13: '\\r' }
