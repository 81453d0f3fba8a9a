import { expect, it } from 'vitest'
import { parseAddress, plainAddress } from '../../../shared/meta/ipv4.ts'

it.each([
  ['0.0.0.0', 0],
  ['10.96.0.1', 0x0a600001],
  ['255.255.255.255', 0xffffffff],
  ['256.0.0.1', undefined],
  ['10.96.0', undefined],
  ['10.96.0.1.1', undefined],
  ['10.96.0.1 ', undefined],
  ['::1', undefined],
  ['', undefined],
])('reads %j as %s', (text, value) => {
  expect(parseAddress(text)).toBe(value)
  expect(plainAddress(text)).toBe(value === undefined ? undefined : text)
})

it.each([
  ['012.96.0.1', '12.96.0.1'],
  ['10.096.00.001', '10.96.0.1'],
  ['000.0.0.00', '0.0.0.0'],
])('reads %j, which is octal to some, only where it is made %j', (text, plain) => {
  expect(parseAddress(text)).toBeUndefined()
  expect(plainAddress(text)).toBe(plain)
})
