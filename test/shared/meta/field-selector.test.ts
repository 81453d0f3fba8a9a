import { describe, expect, it } from 'vitest'
import { fieldSelectorText, matchesFieldSelector, parseFieldSelector } from '../../../shared/meta/field-selector.ts'

describe('field selector', () => {
  it('reads =, == and !=, and what is escaped', () =>
    expect(parseFieldSelector('spec.nodeName==n,metadata.name!=a\\,b\\=c\\\\,x=')).toEqual([
      { field: 'metadata.name', operator: '!=', value: 'a,b=c\\' },
      { field: 'spec.nodeName', operator: '=', value: 'n' },
      { field: 'x', operator: '=', value: '' },
    ]))

  it('is empty for nothing', () => expect(parseFieldSelector(',')).toEqual([]))

  it.each([
    ['a', "invalid selector: 'a'; can't understand 'a'"],
    ['a=b=c', 'invalid field selector: unescaped character in value: 61'],
    ['a=\\x', 'invalid field selector: invalid escape sequence: \\x'],
    ['a=b\\', 'invalid field selector: invalid escape sequence: \\'],
  ])('refuses %j', (text, message) => expect(() => parseFieldSelector(text)).toThrow(message))

  it('matches by value and writes itself back', () => {
    const parsed = parseFieldSelector('a=1,b!=2')
    expect(matchesFieldSelector(parsed, (field) => (field === 'a' ? '1' : '3'))).toBe(true)
    expect(matchesFieldSelector(parsed, () => '1')).toBe(true)
    expect(matchesFieldSelector(parsed, () => '2')).toBe(false)
    expect(fieldSelectorText(parseFieldSelector('a=x\\,y'))).toBe('a=x\\,y')
  })
})
