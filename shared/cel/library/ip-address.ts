import { quoted } from '../value/string.ts'

/** An address: 4 or 16 bytes. */
export interface Address {
  readonly bytes: Uint8Array
  /** Of IPv6 with a scope; empty: none. */
  readonly zone: string
}

/** What is wrong with an address, in Go's words. */
export class AddressError extends Error {}

const refuse = (text: string, why: string, at = ''): never => {
  throw new AddressError(`ParseAddr(${quoted(text)}): ${why}${at === '' ? '' : ` (at ${quoted(at)})`}`)
}

/** As Go's netip reads it. Throws AddressError. */
export const parseAddress = (text: string): Address => {
  for (const character of text) {
    if (character === '.') return { bytes: parseIpv4(text, text), zone: '' }
    if (character === ':') return parseIpv6(text)
    if (character === '%') return refuse(text, 'missing IPv6 address')
  }
  return refuse(text, 'unable to parse IP')
}

const parseIpv4 = (whole: string, text: string): Uint8Array => {
  const bytes: number[] = []
  let digits = ''
  for (let at = 0; at <= text.length; at++) {
    const character = text[at]
    if (character !== undefined && character >= '0' && character <= '9') {
      if (digits === '0') return refuse(whole, 'IPv4 field has octet with leading zero')
      digits += character
      if (Number(digits) > 255) return refuse(whole, 'IPv4 field has value >255')
    } else if (character === '.' || character === undefined) {
      if (at === 0 || digits === '' || (character === '.' && at === text.length - 1))
        return refuse(whole, 'IPv4 field must have at least one digit', text.slice(Math.max(0, at)))
      if (bytes.length === 3 && character === '.') return refuse(whole, 'IPv4 address too long')
      bytes.push(Number(digits))
      digits = ''
    } else return refuse(whole, 'unexpected character', text.slice(at))
  }
  return bytes.length < 4 ? refuse(whole, 'IPv4 address too short') : Uint8Array.from(bytes)
}

const parseIpv6 = (whole: string): Address => {
  let text = whole
  let zone = ''
  const percent = text.indexOf('%')
  if (percent >= 0) {
    zone = text.slice(percent + 1)
    text = text.slice(0, percent)
    if (zone === '') return refuse(whole, 'zone must be a non-empty string')
  }
  const bytes: number[] = []
  let ellipsis = -1
  if (text.startsWith('::')) {
    ellipsis = 0
    text = text.slice(2)
    if (text === '') return { bytes: new Uint8Array(16), zone }
  }
  while (bytes.length < 16) {
    const digits = /^[0-9a-fA-F]*/.exec(text)![0]
    if (digits.length > 4) return refuse(whole, 'each group must have 4 or less digits', text)
    if (digits === '') return refuse(whole, 'each colon-separated field must have at least one digit', text)
    if (text[digits.length] === '.') {
      if (ellipsis < 0 && bytes.length !== 12)
        return refuse(whole, 'embedded IPv4 address must replace the final 2 fields of the address', text)
      if (bytes.length + 4 > 16)
        return refuse(whole, 'too many hex fields to fit an embedded IPv4 at the end of the address', text)
      bytes.push(...parseIpv4(whole, text))
      text = ''
      break
    }
    const field = Number.parseInt(digits, 16)
    bytes.push(field >> 8, field & 0xff)
    text = text.slice(digits.length)
    if (text === '') break
    if (text[0] !== ':') return refuse(whole, 'unexpected character, want colon', text)
    if (text.length === 1) return refuse(whole, 'colon must be followed by more characters', text)
    text = text.slice(1)
    if (text[0] === ':') {
      if (ellipsis >= 0) return refuse(whole, 'multiple :: in address', text)
      ellipsis = bytes.length
      text = text.slice(1)
      if (text === '') break
    }
  }
  if (text !== '') return refuse(whole, 'trailing garbage after address', text)
  if (bytes.length < 16) {
    if (ellipsis < 0) return refuse(whole, 'address string too short')
    bytes.splice(ellipsis, 0, ...new Array<number>(16 - bytes.length).fill(0))
  } else if (ellipsis >= 0) return refuse(whole, 'the :: must expand to at least one field of zeros')
  return { bytes: Uint8Array.from(bytes), zone }
}

export const isMapped = ({ bytes }: Address): boolean =>
  bytes.length === 16 && bytes.every((byte, at) => (at < 10 ? byte === 0 : at < 12 ? byte === 0xff : true))

/** The canonical text. */
export const addressText = ({ bytes }: Address): string => {
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, at) => (bytes[2 * at]! << 8) | bytes[2 * at + 1]!)
  // The longest run of two zeros or more, the first of equals, is left out.
  let [start, length] = [-1, 1]
  for (let at = 0; at < 8; at++) {
    let end = at
    while (end < 8 && groups[end] === 0) end++
    if (end - at > length) [start, length] = [at, end - at]
  }
  const hex = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':')
  return start < 0 ? hex(0, 8) : `${hex(0, start)}::${hex(start + length, 8)}`
}

export const sameAddress = (a: Address, b: Address): boolean =>
  a.bytes.length === b.bytes.length && a.bytes.every((byte, at) => byte === b.bytes[at])
