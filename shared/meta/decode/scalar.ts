import { DecodeError } from './json.ts'

const times = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/

/** with that many digits, no more and no fewer */
const microTimes = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{6})(Z|[+-]\d\d:\d\d)$/

/** RFC 3339 in UTC, with that many digits of a second's fraction. */
export const canonicalTime = (text: string, digits: 0 | 6): string => {
  const layout = digits === 0 ? '2006-01-02T15:04:05Z07:00' : '2006-01-02T15:04:05.000000Z07:00'
  const match = (digits === 0 ? times : microTimes).exec(text)
  const seconds = match ? Date.parse(`${match[1]}${match[3]}`) : Number.NaN
  if (!match || Number.isNaN(seconds))
    throw new DecodeError(`parsing time ${JSON.stringify(text)} as "${layout}": ${whereTimeEnds(text, digits)}`)
  const fraction = digits === 0 ? '' : `.${(match[2] ?? '').slice(0, digits).padEnd(digits, '0')}`
  return `${new Date(seconds).toISOString().slice(0, 19)}${fraction}Z`
}

/** The parts of a layout in order, as Go reads them. */
const timeParts: readonly (readonly [layout: string, pattern: RegExp])[] = [
  ['2006', /^\d{4}/],
  ['-', /^-/],
  ['01', /^\d\d/],
  ['-', /^-/],
  ['02', /^\d\d/],
  ['T', /^T/],
  ['15', /^\d\d/],
  [':', /^:/],
  ['04', /^\d\d/],
  [':', /^:/],
  ['05', /^\d\d/],
  ['Z07:00', /^(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/],
]

const microTimeParts: typeof timeParts = [...timeParts.slice(0, -1), ['.000000', /^\.\d{6}/], ['Z07:00', /^(?:Z|[+-]\d\d:\d\d)/]]

/** What is left where a text is no time any more, and what should be there. */
const whereTimeEnds = (text: string, digits: 0 | 6): string => {
  let rest = text
  for (const [layout, pattern] of digits === 0 ? timeParts : microTimeParts) {
    const found = pattern.exec(rest)
    if (!found) return `cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(layout)}`
    rest = rest.slice(found[0].length)
  }
  return rest === '' ? 'day out of range' : `extra text: ${JSON.stringify(rest)}`
}

/** Standard base64 with padding; line breaks in it are dropped. */
export const canonicalBase64 = (text: string): string => {
  const dense = /[\r\n]/.test(text) ? text.replace(/[\r\n]/g, '') : text
  const digits = /^[A-Za-z0-9+/]*/.exec(dense)![0].length
  if (dense.length % 4 !== 0 || !['', '=', '=='].includes(dense.slice(digits)))
    throw new DecodeError(`illegal base64 data at input byte ${wrongByte(dense, digits)}`)
  return dense
}

/** Which byte Go blames: the first of four that are not all there, or the one that is no digit. */
const wrongByte = (text: string, digits: number): number => {
  if (digits === text.length) return digits - (digits % 4)
  const padding = text[digits] === '=' && digits % 4 >= 2
  if (!padding) return digits
  if (digits % 4 === 3) return digits + 1
  return text[digits + 1] === '=' ? digits + 2 : digits + 1
}
