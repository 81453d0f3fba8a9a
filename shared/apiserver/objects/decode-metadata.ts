import { Buffer } from 'node:buffer'
import { parseExactJson } from '../../meta/exact-json.ts'
import type { KubeObject } from '../../meta/object.ts'
import { decodeStored } from './encode.ts'

const field = Buffer.from('"metadata":')
const [quote, backslash, open, close] = Buffer.from('"\\{}') as unknown as [number, number, number, number]

/** An object with its metadata only, several times faster than the whole: `encoder` puts it at the front. */
export const decodeMetadata = (bytes: Uint8Array): KubeObject => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const start = buffer.indexOf(field) + field.length
  const end = endOfObject(buffer, start)
  if (start < field.length || end === undefined) return decodeStored(bytes)
  return { metadata: parseExactJson(buffer.toString('utf8', start, end)) as KubeObject['metadata'] }
}

/** Behind the brace that closes the object that opens at `start`. */
const endOfObject = (bytes: Uint8Array, start: number): number | undefined => {
  let depth = 0
  let inString = false
  for (let index = start; index < bytes.length; index++) {
    const byte = bytes[index]
    if (inString) {
      if (byte === backslash) index++
      else if (byte === quote) inString = false
    } else if (byte === quote) inString = true
    else if (byte === open) depth++
    else if (byte === close && --depth === 0) return index + 1
  }
  return undefined
}
