import { durationType, intType, stringType, timestampType } from '../../type.ts'
import { quoted } from '../../value/string.ts'
import { partsOf, secondsOf } from '../../value/time.ts'
import { CelError, type Duration, type Timestamp } from '../../value/value.ts'
import { declare, type FunctionDeclaration, method, type Overload } from '../declaration.ts'

type Parts = ReturnType<typeof partsOf>

const atoi = (text: string): number | CelError => {
  const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(value) ? value : new CelError(`strconv.Atoi: parsing ${quoted(text)}: invalid syntax`)
}

/** Seconds east of UTC: `+02:00` or the name of a zone at that moment. */
const offsetOf = (moment: Timestamp, zone: string): number | CelError => {
  const colon = zone.indexOf(':')
  if (colon < 0) return namedOffset(moment, zone)
  const [hours, minutes] = [atoi(zone.slice(0, colon)), atoi(zone.slice(colon + 1))]
  if (hours instanceof CelError) return hours
  if (minutes instanceof CelError) return minutes
  return 60 * (zone.startsWith('-') ? hours * 60 - minutes : hours * 60 + minutes)
}

const namedOffset = (moment: Timestamp, zone: string): number | CelError => {
  if (zone === '' || zone === 'UTC') return 0
  const unknown = new CelError(`unknown time zone ${zone}`)
  // Offsets are names to the platform, but no zones of the database.
  if (/^[+-]/.test(zone)) return unknown
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    const seconds = Number(secondsOf(moment))
    const part = Object.fromEntries(format.formatToParts(seconds * 1000).map(({ type, value }) => [type, value]))
    const local = new Date(0)
    const year = Number(part.year)
    local.setUTCFullYear(part.era === 'BC' ? 1 - year : year, Number(part.month) - 1, Number(part.day))
    local.setUTCHours(Number(part.hour), Number(part.minute), Number(part.second))
    return local.getTime() / 1000 - seconds
  } catch {
    return unknown
  }
}

const part =
  (read: (parts: Parts) => number) =>
  (moment: Timestamp, zone = 'UTC') => {
    const offset = offsetOf(moment, zone)
    return offset instanceof CelError ? offset : BigInt(read(partsOf(moment, offset)))
  }

const ofTimestamp = (
  name: string,
  id: string,
  read: (parts: Parts) => number,
  more: readonly Overload[] = [],
): FunctionDeclaration => {
  const zoned = id === 'timestamp_to_seconds' ? 'timestamp_to_seconds_tz' : `${id}_with_tz`
  return declare(name, [
    method(id, [timestampType], intType, (moment: Timestamp) => part(read)(moment)),
    method(zoned, [timestampType, stringType], intType, part(read)),
    ...more,
  ])
}

// Through a double, as upstream's.
const ofDuration = (id: string, nanos: number): Overload[] => [
  method(id, [durationType], intType, (duration: Duration) => BigInt(Math.trunc(Number(duration.nanos) / nanos))),
]

export const time: readonly FunctionDeclaration[] = [
  ofTimestamp('getFullYear', 'timestamp_to_year', ({ year }) => year),
  ofTimestamp('getMonth', 'timestamp_to_month', ({ month }) => month),
  ofTimestamp('getDayOfYear', 'timestamp_to_day_of_year', ({ yearDay }) => yearDay),
  ofTimestamp('getDayOfMonth', 'timestamp_to_day_of_month', ({ day }) => day - 1),
  ofTimestamp('getDate', 'timestamp_to_day_of_month_1_based', ({ day }) => day),
  ofTimestamp('getDayOfWeek', 'timestamp_to_day_of_week', ({ weekday }) => weekday),
  ofTimestamp('getHours', 'timestamp_to_hours', ({ hour }) => hour, ofDuration('duration_to_hours', 3600e9)),
  ofTimestamp('getMinutes', 'timestamp_to_minutes', ({ minute }) => minute, ofDuration('duration_to_minutes', 60e9)),
  ofTimestamp('getSeconds', 'timestamp_to_seconds', ({ second }) => second, ofDuration('duration_to_seconds', 1e9)),
  ofTimestamp('getMilliseconds', 'timestamp_to_milliseconds', ({ millisecond }) => millisecond, [
    method('duration_to_milliseconds', [durationType], intType, ({ nanos }: Duration) => nanos / 1_000_000n),
  ]),
]
