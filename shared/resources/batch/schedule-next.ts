import type { FieldSchedule, Schedule } from './schedule.ts'
import { type TimeZone, timeZone, type WallTime } from './time-zone.ts'

const minuteMs = 60_000
const hourMs = 3_600_000
/** of what never comes, such as a 31st of February */
const yearsAhead = 5

/**
 * When a schedule is due next after a time, both in milliseconds since the epoch; undefined: not within five years. `zone` is for a text
 * that names none itself. Where a clock is put forward or back it is due as upstream's library has it: an hour that is left out is not
 * made up for, and one that comes twice counts twice.
 */
export const nextTime = (schedule: Schedule, afterMs: number, zone: string): number | undefined =>
  'everyMs' in schedule
    ? Math.floor(afterMs / 1000) * 1000 + schedule.everyMs
    : nextOf(schedule, Math.floor(afterMs / 1000) * 1000 + 1000, timeZone(schedule.zone ?? zone))

const nextOf = (schedule: FieldSchedule, fromMs: number, zone: TimeZone): number | undefined => {
  let now = zone.wallAt(fromMs)
  const lastYear = now.year + yearsAhead
  // Once a larger field has moved on, the smaller ones are at their start.
  let hasMoved = false
  let index = 0
  while (now.year <= lastYear) {
    const step = steps[index]
    if (!step) return now.ms
    if (step.matches(schedule, now)) index++
    else {
      if (!hasMoved) now = zone.wallAt(step.start(now, zone))
      hasMoved = true
      now = zone.wallAt(step.next(now, zone))
      if (step.isStart(now)) index = 0
    }
  }
  return undefined
}

/** How one field of a time comes to fit, the largest first. */
interface Step {
  matches(schedule: FieldSchedule, now: WallTime): boolean
  /** the start of the month, day, hour or minute that it is in */
  start(now: WallTime, zone: TimeZone): number
  next(now: WallTime, zone: TimeZone): number
  /** whether a larger field has changed, and all are looked at again */
  isStart(now: WallTime): boolean
}

const month: Step = {
  matches: ({ months }, now) => months.has(now.month),
  start: ({ year, month: of }, zone) => zone.at(year, of, 1, 0, 0),
  next: ({ year, month: of, day: date, hour: hours, minute: minutes }, zone) => zone.at(year, of + 1, date, hours, minutes),
  isStart: (now) => now.month === 1,
}

const day: Step = {
  matches: ({ days, weekdays, bothDays }, now) => {
    const [inMonth, inWeek] = [days.has(now.day), weekdays.has(now.weekday)]
    return bothDays ? inMonth && inWeek : inMonth || inWeek
  },
  start: ({ year, month: of, day: date }, zone) => zone.at(year, of, date, 0, 0),
  next: ({ year, month: of, day: date, hour: hours, minute: minutes }, zone) => {
    const ms = zone.at(year, of, date + 1, hours, minutes)
    // There are days without a midnight.
    const shown = zone.wallAt(ms).hour
    return shown > 12 ? ms + (24 - shown) * hourMs : ms - shown * hourMs
  },
  isStart: (now) => now.day === 1,
}

const hour: Step = {
  matches: ({ hours }, now) => hours.has(now.hour),
  start: ({ year, month: of, day: date, hour: hours }, zone) => zone.at(year, of, date, hours, 0),
  next: ({ ms }) => ms + hourMs,
  isStart: (now) => now.hour === 0,
}

const minute: Step = {
  matches: ({ minutes }, now) => minutes.has(now.minute),
  start: ({ ms }) => Math.floor(ms / minuteMs) * minuteMs,
  next: ({ ms }) => ms + minuteMs,
  isStart: (now) => now.minute === 0,
}

/** Whole minutes only are due. */
const second: Step = {
  matches: (_schedule, { ms }) => ms % minuteMs === 0,
  start: ({ ms }) => ms,
  next: ({ ms }) => Math.ceil(ms / minuteMs) * minuteMs,
  isStart: () => true,
}

const steps: readonly Step[] = [month, day, hour, minute, second]
