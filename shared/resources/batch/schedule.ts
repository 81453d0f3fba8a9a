import { durationError, durationMs } from './duration.ts'
import { locationError } from './time-zone.ts'

/** When something is due: what a schedule's text says. */
export type Schedule = FieldSchedule | { readonly everyMs: number }

export interface FieldSchedule {
  /** of the text itself; undefined: it names none */
  readonly zone: string | undefined
  readonly minutes: ReadonlySet<number>
  readonly hours: ReadonlySet<number>
  readonly days: ReadonlySet<number>
  readonly months: ReadonlySet<number>
  readonly weekdays: ReadonlySet<number>
  /** a day has to be in both `days` and `weekdays`; else in one of them */
  readonly bothDays: boolean
}

/** A field of a schedule: its bounds, and names of its values in their order. */
interface Field {
  readonly min: number
  readonly max: number
  readonly names?: readonly string[]
}

const fields: readonly Field[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] },
  { min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
]

const descriptors: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}
const every = '@every '
const zonePrefix = /^(?:CRON_)?TZ=/
const maxInteger = 2n ** 63n

class ScheduleError extends Error {}

const integer = (text: string): bigint => {
  const failed = (reason: string) =>
    new ScheduleError(`failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: ${reason}`)
  if (!/^[+-]?\d+$/.test(text)) throw failed('invalid syntax')
  const value = BigInt(text.replace(/^\+/, ''))
  if (value >= maxInteger || value < -maxInteger) throw failed('value out of range')
  if (value < 0n) throw new ScheduleError(`negative number (${value}) not allowed: ${text}`)
  return value
}

const numberOf = (text: string, { names = [], min }: Field): bigint => {
  const index = names.indexOf(text.toLowerCase())
  return index < 0 ? integer(text) : BigInt(index + min)
}

/** Adds the values of a range; answers whether it stands for any value. */
const readRange = (text: string, field: Field, values: Set<number>): boolean => {
  const [bounds = '', stepText, ...moreSteps] = text.split('/')
  const [low = '', high, ...moreBounds] = bounds.split('-')
  const isAll = low === '*' || low === '?'
  const start = isAll ? BigInt(field.min) : numberOf(low, field)
  if (!isAll && moreBounds.length > 0) {
    // the second one is not looked at
    throw new ScheduleError(`too many hyphens: ${text}`)
  }
  let end = isAll ? BigInt(field.max) : high === undefined ? start : numberOf(high, field)
  if (moreSteps.length > 0) throw new ScheduleError(`too many slashes: ${text}`)
  const step = stepText === undefined ? 1n : integer(stepText)
  if (stepText !== undefined && high === undefined) end = BigInt(field.max)
  if (start < field.min) throw new ScheduleError(`beginning of range (${start}) below minimum (${field.min}): ${text}`)
  if (end > field.max) throw new ScheduleError(`end of range (${end}) above maximum (${field.max}): ${text}`)
  if (start > end) throw new ScheduleError(`beginning of range (${start}) beyond end of range (${end}): ${text}`)
  if (step === 0n) throw new ScheduleError(`step of range should be a positive number: ${text}`)
  for (let value = start; value <= end; value += step) values.add(Number(value))
  return isAll && step === 1n
}

const readFields = (parts: readonly string[], zone: string | undefined): FieldSchedule => {
  const [minutes, hours, days, months, weekdays] = fields.map((field, index) => {
    const values = new Set<number>()
    let isAny = false
    for (const range of (parts[index] ?? '').split(',')) if (range !== '' && readRange(range, field, values)) isAny = true
    return { values, isAny }
  })
  return {
    zone,
    minutes: minutes!.values,
    hours: hours!.values,
    days: days!.values,
    months: months!.values,
    weekdays: weekdays!.values,
    bothDays: days!.isAny || weekdays!.isAny,
  }
}

/** Parts of a second are nothing to a schedule. */
const readEvery = (text: string): Schedule => {
  if (!text.startsWith(every)) throw new ScheduleError(`unrecognized descriptor: ${text}`)
  const duration = text.slice(every.length)
  const error = durationError(duration)
  if (error) throw new ScheduleError(`failed to parse duration ${text}: ${error}`)
  return { everyMs: Math.max(1, Math.floor(durationMs(duration) / 1000)) * 1000 }
}

/** White space as Go has it. */
const space = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/

const read = (schedule: string): Schedule => {
  let text = schedule
  let zone: string | undefined
  if (zonePrefix.test(text)) {
    const end = text.indexOf(' ')
    if (end < 0) throw new ScheduleError('invalid schedule format: runtime error: slice bounds out of range [:-1]')
    zone = text.slice(text.indexOf('=') + 1, end)
    const error = locationError(zone)
    if (error) throw new ScheduleError(`provided bad location ${zone}: ${error}`)
    text = text.slice(end).trim()
  }
  if (text.startsWith('@')) {
    const fixed = Object.hasOwn(descriptors, text) ? descriptors[text] : undefined
    return fixed === undefined ? readEvery(text) : readFields(fixed.split(' '), zone)
  }
  const parts = text.split(space).filter((part) => part !== '')
  if (parts.length !== fields.length) {
    throw new ScheduleError(`expected exactly ${fields.length} fields, found ${parts.length}: [${parts.join(' ')}]`)
  }
  return readFields(parts, zone)
}

/** As upstream's parser reads it (five fields of cron, or a word such as `@daily`); `error`: what it says against it. */
export const parseSchedule = (schedule: string): Schedule | { readonly error: string } => {
  try {
    return read(schedule)
  } catch (error) {
    if (error instanceof ScheduleError) return { error: error.message }
    throw error
  }
}

/** What the parser says against a schedule; nothing when it is fine. */
export const scheduleError = (schedule: string): string | undefined => {
  const parsed = parseSchedule(schedule)
  return 'error' in parsed ? parsed.error : undefined
}
