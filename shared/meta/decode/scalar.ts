import { DecodeError } from './json.ts'

const times = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/

/** RFC 3339 in UTC, with that many digits of a second's fraction. */
export const canonicalTime = (text: string, digits: 0 | 6): string => {
  const layout = digits === 0 ? '2006-01-02T15:04:05Z07:00' : '2006-01-02T15:04:05.000000Z07:00'
  const match = times.exec(text)
  const seconds = match ? Date.parse(`${match[1]}${match[3]}`) : Number.NaN
  if (!match || Number.isNaN(seconds))
    throw new DecodeError(`parsing time ${JSON.stringify(text)} as "${layout}": cannot parse ${JSON.stringify(text)} as "2006"`)
  const fraction = digits === 0 ? '' : `.${(match[2] ?? '').slice(0, digits).padEnd(digits, '0')}`
  return `${new Date(seconds).toISOString().slice(0, 19)}${fraction}Z`
}

/** Standard base64 with padding; line breaks in it are dropped. */
export const canonicalBase64 = (text: string): string => {
  const dense = /[\r\n]/.test(text) ? text.replace(/[\r\n]/g, '') : text
  const digits = /^[A-Za-z0-9+/]*/.exec(dense)![0].length
  if (dense.length % 4 !== 0 || !['', '=', '=='].includes(dense.slice(digits)))
    throw new DecodeError(`illegal base64 data at input byte ${digits}`)
  return dense
}
