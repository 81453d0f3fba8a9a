import { describe, expect, it } from 'vitest'
import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  subtractQuantities,
  toMillis,
  toUnits,
} from '../../../shared/meta/quantity.ts'

describe('quantity', () => {
  it.each([
    ['0', '0'],
    ['0Mi', '0'],
    ['-0', '0'],
    ['+1', '+1'],
    ['1000m', '1'],
    ['0.5', '500m'],
    ['.5', '500m'],
    ['.', '0'],
    ['1.', '1.'],
    ['1.5', '1500m'],
    ['1500m', '1500m'],
    ['0.0001', '100u'],
    ['1024', '1024'],
    ['1024Ki', '1Mi'],
    ['1.5Gi', '1536Mi'],
    ['0.5Ki', '512'],
    ['100Ki', '100Ki'],
    ['1000Mi', '1000Mi'],
    ['0.1Mi', '104857600m'],
    ['1e3', '1e3'],
    ['1E3', '1E3'],
    ['100e-3', '100e-3'],
    ['12e5', '1200e3'],
    ['1G', '1G'],
    ['1000k', '1M'],
    ['-5Mi', '-5Mi'],
    ['1E', '1E'],
    ['1000E', '1000E'],
    ['100Ei', `${2n ** 63n - 1n}`],
    ['0.0000000001', '1n'],
    ['0003', '0003'],
    ['1.250', '1.250'],
    ['0.250', '250m'],
    ['1024Ki', '1Mi'],
    ['1025Ki', '1025Ki'],
  ])('writes %s as %s', (text, canonical) => expect(canonicalQuantity(text)).toBe(canonical))

  it.each([
    ['', 'quantities must match'],
    ['1 ', 'quantities must match'],
    ['abc', 'quantities must match'],
    ['1.1.1', 'quantities must match'],
    ['Ei', 'unable to parse numeric part'],
    ['e-10', 'unable to parse numeric part'],
    ['1mm', "unable to parse quantity's suffix"],
    ['1mi', "unable to parse quantity's suffix"],
    ['1e', "unable to parse quantity's suffix"],
    ['1e9999999999', "unable to parse quantity's suffix"],
  ])('refuses %j', (text, message) => expect(() => parseQuantity(text)).toThrow(message))

  it('adds, subtracts and compares exactly', () => {
    expect(formatQuantity(addQuantities(parseQuantity('100m'), parseQuantity('1.9')))).toBe('2')
    expect(formatQuantity(addQuantities(parseQuantity('0'), parseQuantity('1Gi')))).toBe('1Gi')
    expect(formatQuantity(subtractQuantities(parseQuantity('1Gi'), parseQuantity('512Mi')))).toBe('512Mi')
    expect(compareQuantities(parseQuantity('1Ki'), parseQuantity('1k'))).toBe(1)
    expect(compareQuantities(parseQuantity('1000m'), parseQuantity('1'))).toBe(0)
  })

  it('rounds up to whole units', () => {
    expect(toMillis('1.0001')).toBe(1001)
    expect(toMillis('250m')).toBe(250)
    expect(toUnits('64Mi')).toBe(67108864)
    expect(toUnits('1500m')).toBe(2)
    expect(toUnits(3)).toBe(3)
  })
})
