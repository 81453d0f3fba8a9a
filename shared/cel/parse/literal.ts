import { isInt, isUint, Uint } from '../value/value.ts'
import { unescapeBytes, unescapeString } from './unescape.ts'

export const readInt = (text: string): bigint | Error => {
  const value = text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text)
  return isInt(value) ? value : new Error('invalid int literal')
}

export const readUint = (text: string): Uint | Error => {
  const value = BigInt(text.slice(0, -1))
  return isUint(value) ? new Uint(value) : new Error('invalid uint literal')
}

export const readDouble = (text: string): number | Error => {
  const value = Number(text)
  return Number.isFinite(value) ? value : new Error('invalid double literal')
}

export const readString = (text: string): string | Error => unescapeString(text)
export const readBytes = (text: string): Uint8Array | Error => unescapeBytes(text.slice(1))
