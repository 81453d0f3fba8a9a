import { isInt, isUint, Uint } from '../value/value.ts'
import type { TokenKind } from './lexer.ts'
import { unescapeBytes, unescapeString } from './unescape.ts'

export const readInt = (text: string): bigint | Error => {
  const value = text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text)
  return isInt(value) ? value : new Error('invalid int literal')
}

const readUint = (text: string): Uint | Error => {
  const value = BigInt(text.slice(0, -1))
  return isUint(value) ? new Uint(value) : new Error('invalid uint literal')
}

export const readDouble = (text: string): number | Error => {
  const value = Number(text)
  return Number.isFinite(value) ? value : new Error('invalid double literal')
}

const readString = (text: string): string | Error => unescapeString(text)
const readBytes = (text: string): Uint8Array | Error => unescapeBytes(text.slice(1))

/** By the kind of a token what reads its text. An error says what is wrong with it. */
export const readers: Partial<
  Record<TokenKind, (text: string) => bigint | number | string | Uint8Array | Error | ReturnType<typeof readUint>>
> = {
  NUM_INT: readInt,
  NUM_UINT: readUint,
  NUM_FLOAT: readDouble,
  STRING: readString,
  BYTES: readBytes,
}
