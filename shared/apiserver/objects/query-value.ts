import { badRequest } from '../../meta/status.ts'

const bounds = { ParseInt: [-(2n ** 63n), 2n ** 63n - 1n], ParseUint: [0n, 2n ** 64n - 1n] } as const

/** As Go's strconv reads a number of 64 bits; the text says what is wrong with it. */
export const readInteger = (text: string, by: keyof typeof bounds): bigint | string => {
  const failed = (why: string) => `strconv.${by}: parsing ${JSON.stringify(text)}: ${why}`
  if (!(by === 'ParseInt' ? /^[-+]?\d+$/ : /^\d+$/).test(text)) return failed('invalid syntax')
  // No number of so many digits is in range, and it would cost time to read.
  const digits = text.replace(/^([-+]?)0+(?=\d)/, '$1').replace('+', '')
  const value = digits.length > 20 ? undefined : BigInt(digits)
  const [least, most] = bounds[by]
  return value === undefined || value < least || value > most ? failed('value out of range') : value
}

/** A flag of the query: all but `0` and `false`, in whatever case, is yes, nothing behind its name too; undefined: not given. */
export const flagIn = (query: URLSearchParams, name: string): boolean | undefined => {
  const text = query.get(name)
  return text === null ? undefined : !/^(0|false)$/i.test(text)
}

/** An integer of the query, the nearest number to it; undefined: not given. Throws ApiError BadRequest. */
export const integerIn = (query: URLSearchParams, name: string): number | undefined => {
  const text = query.get(name)
  if (text === null) return undefined
  const value = readInteger(text, 'ParseInt')
  if (typeof value === 'string') throw badRequest(value)
  return Number(value)
}
