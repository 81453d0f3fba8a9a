import { DecodeError } from './json.ts'

const times = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/

/** with that many digits, no more and no fewer */
const microTimes = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{6})(Z|[+-]\d\d:\d\d)$/

/** RFC 3339 in UTC, with that many digits of a second's fraction. */
export const canonicalTime = (text: string, digits: 0 | 6): string => {
  const match = (digits === 0 ? times : microTimes).exec(text)
  const found = match && outOfRange(match[1]!)
  if (found) throw new DecodeError(`parsing time ${JSON.stringify(text)}: ${found} out of range`)
  if (!match) throw new DecodeError(`parsing time ${JSON.stringify(text)}${whereTimeEnds(text, digits)}`)
  const ms = Date.parse(`${match[1]}Z`) - offsetMs(match[3]!)
  const fraction = digits === 0 ? '' : `.${(match[2] ?? '').slice(0, digits).padEnd(digits, '0')}`
  return `${new Date(ms).toISOString().slice(0, 19)}${fraction}Z`
}

/** Of any two digits each, as Go has it. */
const offsetMs = (zone: string): number => {
  if (zone === 'Z') return 0
  const [hours, minutes] = zone.slice(1).split(':').map(Number) as [number, number]
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}

/** JavaScript takes the 30th of February for the 2nd of March, and 24 o'clock for the next day. */
const outOfRange = (time: string): string | undefined => {
  const [year, month, day, hour, minute, second] = time.split(/[-T:]/).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  if (month < 1 || month > 12) return 'month'
  if (day < 1 || day > new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()) return 'day'
  return hour > 23 ? 'hour' : minute > 59 ? 'minute' : second > 59 ? 'second' : undefined
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

/** How an error goes on: what is left where a text is no time any more, and what should be there. */
const whereTimeEnds = (text: string, digits: 0 | 6): string => {
  const layout = digits === 0 ? '2006-01-02T15:04:05Z07:00' : '2006-01-02T15:04:05.000000Z07:00'
  let rest = text
  for (const [part, pattern] of digits === 0 ? timeParts : microTimeParts) {
    const found = pattern.exec(rest)
    if (!found) return ` as "${layout}": cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(part)}`
    rest = rest.slice(found[0].length)
  }
  return `: extra text: ${JSON.stringify(rest)}`
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
