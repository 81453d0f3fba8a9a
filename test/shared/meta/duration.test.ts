import { expect, it } from 'vitest'
import { humanAge, humanDuration } from '../../../shared/meta/duration.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

it.each([
  [-2 * second, '<invalid>'],
  [-second, '0s'],
  [1999, '1s'],
  [119 * second, '119s'],
  [2 * minute, '2m'],
  [2 * minute + second, '2m1s'],
  [10 * minute + 59 * second, '10m'],
  [179 * minute, '179m'],
  [3 * hour + minute, '3h1m'],
  [8 * hour + minute, '8h'],
  [47 * hour, '47h'],
  [2 * day, '2d'],
  [2 * day + hour, '2d1h'],
  [8 * day + hour, '8d'],
  [2 * 365 * day - 1, '729d'],
  [2 * 365 * day + day, '2y1d'],
  [8 * 365 * day + day, '8y'],
])('%d ms is %s', (ms, text) => expect(humanDuration(ms)).toBe(text))

it('knows the age of a timestamp', () => {
  expect(humanAge('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:00:05Z'))).toBe('5s')
  expect(humanAge(undefined, 0)).toBe('<unknown>')
})
