import names from './time-zones.json' with { type: 'json' }

const known = new Set(names)

/** What Go's time.LoadLocation says against a name; nothing when there is such a zone. */
export const locationError = (name: string): string | undefined => {
  if (name === '' || name === 'Local' || known.has(name)) return undefined
  const isPath = name.split('/').includes('..') || name.startsWith('/') || name.startsWith('\\')
  return isPath ? 'time: invalid location name' : `unknown time zone ${name}`
}

/** The clock on the wall in a zone. `weekday` 0 is a Sunday. */
export interface WallTime {
  readonly ms: number
  readonly year: number
  /** 1 to 12 */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly weekday: number
}

export interface TimeZone {
  wallAt(ms: number): WallTime
  /** When the clock shows it (a day or month too many goes on to the next); where it is shown never or twice, as Go's time.Date has it. */
  at(year: number, month: number, day: number, hour: number, minute: number): number
  /** RFC 3339 */
  format(ms: number): string
}

const zones = new Map<string, TimeZone>()

/** Of a name that has no error; '' and what has no rules is UTC. */
export const timeZone = (name: string): TimeZone => {
  const known = zones.get(name)
  if (known) return known
  const made = zoneWith(offsetsOf(name))
  zones.set(name, made)
  return made
}

type OffsetMs = (ms: number) => number

const zoneWith = (offsetMs: OffsetMs): TimeZone => ({
  wallAt: (ms) => {
    const shown = new Date(ms + offsetMs(ms))
    return {
      ms,
      year: shown.getUTCFullYear(),
      month: shown.getUTCMonth() + 1,
      day: shown.getUTCDate(),
      hour: shown.getUTCHours(),
      minute: shown.getUTCMinutes(),
      weekday: shown.getUTCDay(),
    }
  },
  at: (year, month, day, hour, minute) => {
    const shown = Date.UTC(year, month - 1, day, hour, minute)
    const offset = offsetMs(shown)
    return offset === 0 ? shown : shown - offsetMs(shown - offset)
  },
  format: (ms) => {
    const minutes = Math.trunc(offsetMs(ms) / 60_000)
    const two = (value: number) => String(value).padStart(2, '0')
    const size = Math.abs(minutes)
    const suffix = minutes === 0 ? 'Z' : `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
    return new Date(ms + offsetMs(ms)).toISOString().slice(0, 19) + suffix
  },
})

/** offsets change on quarters of an hour */
const quarterMs = 900_000
const mostRemembered = 10_000

const offsetsOf = (name: string): OffsetMs => {
  const format = ['', 'UTC', 'Local', 'Factory'].includes(name) ? undefined : formatOf(name)
  if (!format) return () => 0
  const remembered = new Map<number, number>()
  return (ms) => {
    const quarter = Math.floor(ms / quarterMs)
    const known = remembered.get(quarter)
    if (known !== undefined) return known
    const parts = Object.fromEntries(format.formatToParts(quarter * quarterMs).map(({ type, value }) => [type, Number(value)]))
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
    const offset = Date.UTC(year, month - 1, day, hour, minute, second) - quarter * quarterMs
    if (remembered.size >= mostRemembered) remembered.clear()
    remembered.set(quarter, offset)
    return offset
  }
}

const formatOf = (zone: string) =>
  new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
