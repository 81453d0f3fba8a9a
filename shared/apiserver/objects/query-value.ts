import { readInteger } from '../../meta/integer.ts'
import { badRequest } from '../../meta/status.ts'

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
