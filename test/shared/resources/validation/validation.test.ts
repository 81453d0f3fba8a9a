import { describe, expect, it } from 'vitest'
import { cidrWarnings, parseCIDR } from '../../../../shared/resources/validation/cidr.ts'
import { isEquivalent } from '../../../../shared/resources/validation/equality.ts'
import { canonicalIP, ipFamily, ipWarnings } from '../../../../shared/resources/validation/ip.ts'
import { unifiedDiff } from '../../../../shared/resources/validation/unified-diff.ts'

describe('addresses', () => {
  it.each([
    ['10.0.0.1', 'IPv4'],
    ['010.0.0.1', 'IPv4'],
    ['::1', 'IPv6'],
    ['::ffff:10.0.0.1', 'IPv4'],
    ['256.0.0.1', undefined],
    ['10.0.0', undefined],
    ['fe80::1%eth0', undefined],
    ['', undefined],
  ])('%s is %s', (value, family) => {
    expect(ipFamily(value)).toBe(family)
  })

  it('have one form', () => {
    expect(canonicalIP('2001:DB8:0:0::1')).toBe('2001:db8::1')
    expect(canonicalIP('010.1.2.3')).toBe('10.1.2.3')
    expect(ipWarnings('x', '2001:DB8::1')).toEqual([
      'x: IPv6 address "2001:DB8::1" should be in RFC 5952 canonical format ("2001:db8::1")',
    ])
    expect(ipWarnings('x', '10.1.2.3')).toEqual([])
  })

  it.each([
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['fd00:1::/32', 'fd00:1::/32'],
    ['fd00::ffff/112', 'fd00::/112'],
    ['0.0.0.0/0', '0.0.0.0/0'],
  ])('%s is in %s', (value, network) => {
    expect(parseCIDR(value)?.network).toBe(network)
  })

  it('warn of ranges that say too much', () => {
    expect(cidrWarnings('x', '10.1.2.3/8')).toEqual([
      'x: CIDR value "10.1.2.3/8" is ambiguous in this context (should be "10.0.0.0/8" or "10.1.2.3/32"?)',
    ])
    expect(cidrWarnings('x', '10.0.0.0/8')).toEqual([])
  })
})

describe('equivalence', () => {
  it.each([
    [{ a: 1, b: [] }, { a: 1 }, true],
    [{ a: false }, {}, false],
    [{ a: '' }, {}, false],
    [{ a: { b: 0 } }, { a: {} }, false],
    [{ a: null }, {}, true],
    [{ a: {} }, {}, false],
    [[1, 2], [2, 1], false],
    [{ a: [{ b: 1 }] }, { a: [{ b: 1, c: null }] }, true],
    [{ matchLabels: { a: '' } }, { matchLabels: {} }, false],
    ['a', 'b', false],
  ])('of %j and %j is %s', (a, b, expected) => {
    expect(isEquivalent(a, b)).toBe(expected)
    expect(isEquivalent(b, a)).toBe(expected)
  })
})

describe('a unified diff', () => {
  it('shows what changed with three lines around it', () => {
    const before = { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9 }
    expect(unifiedDiff(before, { ...before, e: 50 })).toBe(
      [
        '@@ -3,7 +3,7 @@',
        '  "b": 2,',
        '  "c": 3,',
        '  "d": 4,',
        '- "e": 5,',
        '+ "e": 50,',
        '  "f": 6,',
        '  "g": 7,',
        '  "h": 8,',
        '',
      ].join('\n'),
    )
    expect(unifiedDiff(before, before)).toBe('')
  })
})
