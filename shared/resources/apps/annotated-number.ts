import { DecodeError } from '../../meta/decode/json.ts'
import { readInteger } from '../../meta/integer.ts'
import type { KubeObject } from '../../meta/object.ts'
import { ApiError } from '../../meta/status.ts'

/**
 * A number of versions long gone, which lives on as an annotation: it is written as Go writes it. undefined: there is none. Throws
 * ApiError BadRequest in upstream's words for what is no number of 64 bits; `before` stands before the finding.
 */
export const annotatedNumber = (
  { metadata }: KubeObject,
  name: string,
  options: { kind: string; before?: string },
): bigint | undefined => {
  const text = metadata.annotations?.[name]
  if (text === undefined) return undefined
  const value = readInteger(text, 'ParseInt')
  if (typeof value === 'string') {
    const { kind, before = '' } = options
    const cause = new DecodeError(`${before}${value}`)
    throw new ApiError('BadRequest', `${kind} in version "v1" cannot be handled as a ${kind}: ${cause.message}`, { cause })
  }
  metadata.annotations![name] = String(value)
  return value
}
