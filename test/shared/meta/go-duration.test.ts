import { expect, it } from 'vitest'
import { goDuration } from '../../../shared/meta/go-duration.ts'

it.each([
  [0, '0s'],
  [250, '250ms'],
  [1000, '1s'],
  [10_008, '10.008s'],
  [60_000, '1m0s'],
  [90_500, '1m30.5s'],
  [3_600_000, '1h0m0s'],
  [-1500, '-1.5s'],
])('%d ms as Go prints it: %s', (ms, text) => {
  expect(goDuration(ms)).toBe(text)
})
