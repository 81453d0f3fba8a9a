import { Buffer } from 'node:buffer'

/** As upstream: beyond the total every text is cut, and what still does not fit is left out. */
const totalCharacters = 4096
const cutCharacters = 256

/** They may not stand in a header: who uses them is not heard, as upstream. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is about them
const control = /[\x00-\x1f\x7f-\x9f]/

/** The Warning header for texts: `299 - "text"`, joined by commas. undefined: there are none. */
export const warningHeader = (warnings: readonly string[]): string | undefined => {
  const texts = [...new Set(warnings)].filter((text) => text !== '' && !control.test(text))
  if (texts.length === 0) return undefined
  const total = texts.reduce((sum, text) => sum + [...text].length, 0)
  return (total <= totalCharacters ? texts : cut(texts)).map((text) => `299 - ${quoted(text)}`).join(', ')
}

const cut = (texts: readonly string[]): string[] => {
  const kept: string[] = []
  let written = 0
  for (const text of texts) {
    if (written >= totalCharacters) break
    const short = [...text].slice(0, cutCharacters).join('')
    written += [...short].length
    kept.push(short)
  }
  return kept
}

/** UTF-8 goes out byte by byte, as a header of Node takes only Latin-1. */
const quoted = (text: string): string => {
  const clean = text.replace(/["\\]/g, '\\$&')
  return `"${Buffer.from(clean).toString('latin1')}"`
}
