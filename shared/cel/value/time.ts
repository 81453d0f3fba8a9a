import { plainText } from './number-text.ts'
import { CelError, Duration, isInt, Timestamp } from './value.ts'

const second = 1_000_000_000n
export const firstSecond = -62_135_596_800n
export const lastSecond = 253_402_300_799n

const intOverflow = new CelError('integer overflow')
export const timestampOverflow = new CelError('timestamp overflow')

export const secondsOf = ({ nanos }: Timestamp): bigint => (nanos - (((nanos % second) + second) % second)) / second
const nanosOf = ({ nanos }: Timestamp): bigint => ((nanos % second) + second) % second

export const timestampAt = (seconds: bigint, nanos = 0n, offsetSeconds = 0): Timestamp | CelError =>
  seconds < firstSecond || seconds > lastSecond ? timestampOverflow : new Timestamp(seconds * second + nanos, offsetSeconds)

export const addNanos = (a: bigint, b: bigint): Duration | CelError => (isInt(a + b) ? new Duration(a + b) : intOverflow)

export const addMoment = (moment: Timestamp, nanos: bigint): Timestamp | CelError => {
  const sum = new Timestamp(moment.nanos + nanos)
  return timestampAt(secondsOf(sum), nanosOf(sum), moment.offsetSeconds)
}

export const subtractMoments = (a: Timestamp, b: Timestamp): Duration | CelError => {
  const whole = (secondsOf(a) - secondsOf(b)) * second
  return isInt(whole) ? addNanos(whole, nanosOf(a) - nanosOf(b)) : intOverflow
}

const units: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: second,
  m: 60n * second,
  h: 3600n * second,
}

/** `1h30m`, `-1.5s`, `0`, as Go reads it. Undefined: it is none. */
export const parseDuration = (text: string): Duration | undefined => {
  const [, sign, rest = ''] = /^([+-]?)(.*)$/s.exec(text)!
  if (rest === '0') return new Duration(0n)
  if (rest === '') return undefined
  let sum = 0n
  let at = 0
  const part = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y
  while (at < rest.length) {
    part.lastIndex = at
    const match = part.exec(rest)
    if (!match || !(match[1] || match[2])) return undefined
    const unit = units[match[3]!]!
    const fraction = (match[2] ?? '').slice(0, 18)
    sum += BigInt(match[1] || '0') * unit
    // Upstream scales by a double here; digits that matter are exact in it.
    if (fraction) sum += (BigInt(fraction) * unit) / 10n ** BigInt(fraction.length)
    at += match[0].length
  }
  const nanos = sign === '-' ? -sum : sum
  return isInt(nanos) ? new Duration(nanos) : undefined
}

/** `5400s`. */
export const durationText = ({ nanos }: Duration): string =>
  `${plainText(Number(nanos / second) + Number(nanos % second) / 1e9)}s`

const rfc3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{1,2}):(\d{2}):(\d{2})(?:[.,](\d+))?(?:Z|([+-])(\d{2}):(\d{2}))$/

/** RFC 3339, as Go reads it. Undefined: it is none. */
export const parseTimestamp = (text: string): Timestamp | CelError | undefined => {
  const match = rfc3339.exec(text)
  if (!match) return undefined
  const [year, month, day, hour, minute, seconds] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const [offsetHours, offsetMinutes] = [Number(match[9] ?? 0), Number(match[10] ?? 0)]
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (month < 1 || month > 12 || day < 1 || date.getUTCDate() !== day) return undefined
  if (hour > 23 || minute > 59 || seconds > 59 || offsetHours > 24 || offsetMinutes > 60) return undefined
  const offset = (match[8] === '-' ? -60 : 60) * (offsetHours * 60 + offsetMinutes)
  const at = BigInt(date.getTime() / 1000) + BigInt(hour * 3600 + minute * 60 + seconds - offset)
  return timestampAt(at, BigInt((match[7] ?? '').slice(0, 9).padEnd(9, '0')), offset)
}

/** As it was written, to the digit that is not zero. */
export const timestampText = (moment: Timestamp): string => {
  const { offsetSeconds } = moment
  const local = new Date(Number(secondsOf(moment) + BigInt(offsetSeconds)) * 1000)
  const year = local.getUTCFullYear()
  const date = `${year < 0 ? '-' : ''}${String(Math.abs(year)).padStart(4, '0')}${local.toISOString().slice(-20, -5)}`
  const fraction = nanosOf(moment) === 0n ? '' : `.${String(nanosOf(moment)).padStart(9, '0').replace(/0+$/, '')}`
  const minutes = Math.trunc(Math.abs(offsetSeconds) / 60)
  const two = (value: number) => String(value).padStart(2, '0')
  const zone = offsetSeconds === 0 ? 'Z' : `${offsetSeconds < 0 ? '-' : '+'}${two(Math.trunc(minutes / 60))}:${two(minutes % 60)}`
  return date + fraction + zone
}

/** Parts of a moment in UTC moved by `offsetSeconds`. */
export const partsOf = (moment: Timestamp, offsetSeconds: number) => {
  const local = new Date(Number(secondsOf(moment) + BigInt(offsetSeconds)) * 1000)
  const start = new Date(0)
  start.setUTCFullYear(local.getUTCFullYear(), 0, 1)
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth(),
    day: local.getUTCDate(),
    weekday: local.getUTCDay(),
    yearDay: Math.floor((local.getTime() - start.getTime()) / 86_400_000),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    millisecond: Number(nanosOf(moment) / 1_000_000n),
  }
}
