import { durationError } from './duration.ts'
import { locationError } from './time-zone.ts'

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

const descriptors = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']
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

const readRange = (text: string, field: Field): void => {
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
}

const readDescriptor = (text: string): void => {
  if (descriptors.includes(text)) return
  if (!text.startsWith(every)) throw new ScheduleError(`unrecognized descriptor: ${text}`)
  const error = durationError(text.slice(every.length))
  if (error) throw new ScheduleError(`failed to parse duration ${text}: ${error}`)
}

/** White space as Go has it. */
const space = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/

const read = (schedule: string): void => {
  let text = schedule
  if (zonePrefix.test(text)) {
    const end = text.indexOf(' ')
    if (end < 0) throw new ScheduleError('invalid schedule format: runtime error: slice bounds out of range [:-1]')
    const zone = text.slice(text.indexOf('=') + 1, end)
    const error = locationError(zone)
    if (error) throw new ScheduleError(`provided bad location ${zone}: ${error}`)
    text = text.slice(end).trim()
  }
  if (text.startsWith('@')) {
    readDescriptor(text)
    return
  }
  const parts = text.split(space).filter((part) => part !== '')
  if (parts.length !== fields.length) {
    throw new ScheduleError(`expected exactly ${fields.length} fields, found ${parts.length}: [${parts.join(' ')}]`)
  }
  for (const [index, field] of fields.entries()) {
    for (const range of (parts[index] ?? '').split(',')) if (range !== '') readRange(range, field)
  }
}

/** What the parser of schedules says against one (five fields of cron, or a word such as `@daily`); nothing when it is fine. */
export const scheduleError = (schedule: string): string | undefined => {
  try {
    read(schedule)
    return undefined
  } catch (error) {
    if (error instanceof ScheduleError) return error.message
    throw error
  }
}
