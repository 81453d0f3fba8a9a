import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseSchedule } from '../../../../shared/resources/batch/schedule.ts'
import { nextTime } from '../../../../shared/resources/batch/schedule-next.ts'
import { timeZone } from '../../../../shared/resources/batch/time-zone.ts'
import { missingOracle, type Oracle, startOracle } from './oracle/oracle.ts'

const timesOf = (text: string, afterMs: number, { zone = '', count = 1 }: { zone?: string; count?: number } = {}): number[] => {
  const schedule = parseSchedule(text)
  if ('error' in schedule) throw new Error(schedule.error)
  const times: number[] = []
  for (let ms = nextTime(schedule, afterMs, zone); ms !== undefined && times.length < count; ms = nextTime(schedule, ms, zone)) {
    times.push(ms)
  }
  return times
}
const at = (text: string) => Date.parse(text)

describe('a schedule is due next', () => {
  it.each([
    ['* * * * *', '2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z'],
    ['* * * * *', '2026-01-01T00:00:59.999Z', '2026-01-01T00:01:00Z'],
    ['@hourly', '2026-01-01T00:30:00Z', '2026-01-01T01:00:00Z'],
    ['@every 90s', '2026-01-01T00:00:00.5Z', '2026-01-01T00:01:30Z'],
    ['@every 1ms', '2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z'],
    ['0 0 29 2 *', '2026-01-01T00:00:00Z', '2028-02-29T00:00:00Z'],
    ['30 6-16/4 * * 1-5', '2026-11-28T12:00:00Z', '2026-11-30T06:30:00Z'],
    ['0 0 13 * 5', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'],
    ['0 0 13 * ?', '2026-01-01T00:00:00Z', '2026-01-13T00:00:00Z'],
    ['TZ=Asia/Kolkata 30 9 * * *', '2026-01-01T00:00:00Z', '2026-01-01T04:00:00Z'],
  ])('%s after %s: %s', (schedule, after, next) => {
    expect(timesOf(schedule, at(after))).toEqual([at(next)])
  })

  it('never on a day that does not come', () => {
    expect(timesOf('59 23 31 2 *', at('2026-01-01T00:00:00Z'))).toEqual([])
  })

  it('not in an hour that a clock leaves out, and twice in one that comes twice', () => {
    const zone = 'America/New_York'
    expect(timesOf('30 2 * * *', at('2026-03-07T12:00:00Z'), { zone })).toEqual([at('2026-03-09T06:30:00Z')])
    expect(timesOf('30 1 * * *', at('2026-11-01T04:00:00Z'), { zone, count: 2 })).toEqual([
      at('2026-11-01T05:30:00Z'),
      at('2026-11-01T06:30:00Z'),
    ])
  })
})

it('writes a time as the clock of its zone shows it', () => {
  const ms = at('2026-07-01T12:00:00Z')
  expect(['', 'Asia/Kolkata', 'America/St_Johns', 'Factory'].map((zone) => timeZone(zone).format(ms))).toEqual([
    '2026-07-01T12:00:00Z',
    '2026-07-01T17:30:00+05:30',
    '2026-07-01T09:30:00-02:30',
    '2026-07-01T12:00:00Z',
  ])
})

describe.skipIf(missingOracle)(`as upstream's library${missingOracle ? ` (skipped: ${missingOracle})` : ''}`, () => {
  let oracle: Oracle
  beforeAll(() => {
    oracle = startOracle()
  }, 120_000)
  afterAll(() => oracle?.stop())

  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
  const rounds = Number(process.env.ROUNDS ?? 400)
  const zones = [
    '',
    'Europe/Berlin',
    'America/New_York',
    'America/Sao_Paulo',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'America/Havana',
  ]
  zones.push('Africa/Cairo', 'Asia/Beirut', 'Pacific/Apia', 'America/Santiago', 'Africa/Casablanca', 'Pacific/Chatham', 'UTC')

  it(`tells the same times and errors of random schedules (SEED=${seed})`, async () => {
    const chance = generator(seed)
    for (let round = 0; round < rounds; round++) {
      const zone = chance.of(zones)
      const text = (zone ? `TZ=${zone} ` : '') + chance.schedule()
      // Rules of zones after this year may differ between the two databases.
      const afterMs = at('2005-01-01T00:00:00Z') + chance.below(20 * 365 * 86_400) * 1000 + chance.below(2) * 500
      const answer = await oracle.ask({ schedule: text, afterMs, count: 6 })
      const parsed = parseSchedule(text)
      const ours = 'error' in parsed ? { error: parsed.error, times: [] } : { times: timesOf(text, afterMs, { count: 6 }) }
      expect(ours, `SEED=${seed} "${text}" after ${new Date(afterMs).toISOString()}`).toEqual(answer)
    }
  })
})

const generator = (seed: number) => {
  let state = seed || 1
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
  const of = <T>(values: readonly T[]): T => values[below(values.length)]!
  const number = (min: number, max: number) => String(min + below(max - min + (below(40) === 0 ? 3 : 1)))
  const range = (min: number, max: number): string => {
    const kind = below(9)
    if (kind < 3) return '*'
    if (kind === 3) return `*/${1 + below(max)}`
    if (kind === 4) return `${number(min, max)}/${1 + below(6)}`
    if (kind === 5) return '?'
    if (kind < 8) return number(min, max)
    const low = min + below(max - min + 1)
    return `${low}-${low + below(max - low + 1)}`
  }
  const field = (min: number, max: number) => Array.from({ length: below(4) === 0 ? 2 : 1 }, () => range(min, max)).join(',')
  const schedule = (): string => {
    const kind = below(20)
    if (kind === 0) return of(['@yearly', '@monthly', '@weekly', '@daily', '@hourly', '@midnight', '@reboot'])
    if (kind === 1)
      return `@every ${of(['1h30m', '90s', '1.5s', '500ms', '0', '-3m', '36h', '1h1', '3000000h', '2562047h47m16s'])}`
    const months = below(5) === 0 ? of(['feb', 'OCT-dec', 'mar,nov']) : field(1, 12)
    const weekdays = below(5) === 0 ? of(['sun', 'MON-fri', 'tue/2']) : field(0, 6)
    return [field(0, 59), field(0, 23), field(1, 31), months, weekdays].join(' ')
  }
  return { below, of, schedule }
}
