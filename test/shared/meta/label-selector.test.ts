import { describe, expect, it } from 'vitest'
import { labelSelectorText, matchesLabelSelector, parseLabelSelector } from '../../../shared/meta/label-selector.ts'

const matches = (text: string, labels: Record<string, string>) => parseLabelSelector(text).matches(labels)

describe('label selector text', () => {
  it.each([
    ['', {}, true],
    ['x=a', { x: 'a' }, true],
    ['x==a', { x: 'b' }, false],
    ['x!=a', {}, true],
    ['x!=a', { x: 'a' }, false],
    ['x in (a,b)', { x: 'b' }, true],
    ['x in (a,b)', {}, false],
    ['x notin (a)', {}, true],
    ['x notin ( a , b )', { x: 'a' }, false],
    ['x', { x: '' }, true],
    ['!x', { x: '' }, false],
    ['!x', {}, true],
    ['x in (in)', { x: 'in' }, true],
    ['in', { in: 'a' }, true],
    ['x=,y', { x: '', y: '1' }, true],
    ['x in (,a)', { x: '' }, true],
    ['x in (a,)', { x: '' }, true],
    ['x in ()', { x: '' }, true],
    ['x in (a,,b)', { x: '' }, true],
    ['x>3,x<5', { x: '4' }, true],
    ['x>3', { x: 'four' }, false],
    ['toString', {}, false],
    ['example.com/a=b', { 'example.com/a': 'b' }, true],
  ])('%j of %j is %j', (text, labels, expected) => expect(matches(text, labels)).toBe(expected))

  it.each([
    ['x=a||y=b', 'values[0][x]: Invalid value: "a||y"'],
    ['x=a=b', "found '=', expected: ',' or 'end of string'"],
    ['x=a,', "found '', expected: identifier after ','"],
    [',x', "found ',', expected: !, identifier, or 'end of string'"],
    ['x in a', "unable to parse requirement: found 'a' expected: '('"],
    ['x in (a', "expected: ',' or ')'"],
    ['x y', "unable to parse requirement: found 'y', expected: in, notin, =, ==, !=, gt, lt"],
    ['-x', 'unable to parse requirement: <nil>: Invalid value: "-x": name part must consist of alphanumeric characters'],
    ['x=-a', 'unable to parse requirement: values[0][x]: Invalid value: "-a": a valid label must be an empty string or consist'],
    ['x>a', "for 'Gt', 'Lt' operators, the value must be an integer"],
  ])('refuses %j', (text, message) =>
    expect(() => parseLabelSelector(text)).toThrow(
      expect.objectContaining({ code: 400, message: expect.stringContaining(message) }),
    ),
  )

  it('is written sorted', () => expect(`${parseLabelSelector('z,!y,x notin (b,a),w==1')}`).toBe('w==1,x notin (a,b),!y,z'))
})

describe('label selector object', () => {
  it('matches nothing when there is none, everything when it is empty', () => {
    expect(matchesLabelSelector(undefined, { a: 'b' })).toBe(false)
    expect(matchesLabelSelector({}, undefined)).toBe(true)
  })

  it('needs all of it', () => {
    const selector = { matchLabels: { a: '1' }, matchExpressions: [{ key: 'b', operator: 'In', values: ['2', '3'] }] }
    expect(matchesLabelSelector(selector, { a: '1', b: '3' })).toBe(true)
    expect(matchesLabelSelector(selector, { a: '1', b: '4' })).toBe(false)
    expect(matchesLabelSelector(selector, { b: '3' })).toBe(false)
    expect(labelSelectorText(selector)).toBe('a=1,b in (2,3)')
  })
})
