import { parseExactJson } from '../exact-json.ts'
import { duplicatesIn } from './findings.ts'
import { syntaxFinding } from './syntax-finding.ts'

/** What is wrong with a body, in the words of Go's decoder. */
export class DecodeError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'DecodeError'
  }
}

const maxDepth = 1000
/** A mark of the order of bytes is no JSON. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const quote = 0x22
const backslash = 0x5c
const colon = 0x3a

/**
 * JSON to a value; `duplicates` are the paths of fields that stand twice (the last one counts). Looking for them costs
 * one pass over the bytes unless there are some.
 */
export const parseJson = (bytes: Uint8Array, lookForDuplicates: boolean): { value: unknown; duplicates: string[] } => {
  const { members, tooDeep } = measure(bytes)
  if (tooDeep) throw new DecodeError(`invalid character '${String.fromCharCode(tooDeep)}' exceeded max depth`)
  const text = utf8.decode(bytes)
  let value: unknown
  try {
    value = parseExactJson(text)
  } catch (error) {
    throw new DecodeError(syntaxFinding(bytes), { cause: error })
  }
  const duplicates = lookForDuplicates && members !== countMembers(value) ? duplicatesIn(text) : []
  return { value, duplicates }
}

/** Colons outside strings are as many as members, duplicates included. `tooDeep`: what opens the first level that is one too many. */
const measure = (bytes: Uint8Array): { members: number; tooDeep: number | undefined } => {
  let members = 0
  let open = 0
  let tooDeep: number | undefined
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index]!
    if (byte === quote) index = endOfString(bytes, index)
    else if (byte === colon) members++
    else if (byte === 0x7b || byte === 0x5b) {
      if (++open > maxDepth) tooDeep ??= byte
    } else if (byte === 0x7d || byte === 0x5d) open--
  }
  return { members, tooDeep }
}

const endOfString = (bytes: Uint8Array, start: number): number => {
  for (let end = bytes.indexOf(quote, start + 1); end !== -1; end = bytes.indexOf(quote, end + 1)) {
    let before = end - 1
    while (bytes[before] === backslash) before--
    if ((end - before) % 2 === 1) return end
  }
  return bytes.length
}

const countMembers = (root: unknown): number => {
  let members = 0
  const pending: unknown[] = [root]
  while (pending.length) {
    const value = pending.pop()
    if (typeof value !== 'object' || value === null) continue
    const values = Array.isArray(value) ? value : Object.values(value)
    if (values !== value) members += values.length
    for (const child of values) if (typeof child === 'object' && child !== null) pending.push(child)
  }
  return members
}
