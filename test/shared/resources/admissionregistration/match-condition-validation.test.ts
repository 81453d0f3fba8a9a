import { describe, expect, it } from 'vitest'
import { matchConditions } from '../../../../shared/resources/admissionregistration/match-condition-validation.ts'

const texts = (conditions: object[], params = false) =>
  matchConditions('spec.matchConditions', conditions, { params }).map(({ field, message }) => `${field}: ${message}`)

describe('findings about match conditions', () => {
  it.each<[string, object[], string[]]>([
    [
      'say nothing of good ones',
      [
        { name: 'a', expression: 'true' },
        { name: 'x.io/b', expression: ' request.dryRun ' },
      ],
      [],
    ],
    [
      'miss name and expression',
      [{}, { name: 'a', expression: ' ' }],
      [
        'spec.matchConditions[0].expression: Required value',
        'spec.matchConditions[0].name: Required value',
        'spec.matchConditions[1].expression: Required value',
      ],
    ],
    [
      'see a name twice',
      [
        { name: 'a', expression: 'true' },
        { name: 'a', expression: 'true' },
      ],
      ['spec.matchConditions[1].name: Duplicate value: "a"'],
    ],
    [
      'want a truth value',
      [{ name: 'a', expression: 'object.spec' }],
      ['spec.matchConditions[0].expression: Invalid value: "object.spec": must evaluate to bool but got dyn'],
    ],
    [
      'know no params where there are none',
      [{ name: 'a', expression: ' params.x' }],
      [
        `spec.matchConditions[0].expression: Invalid value: "params.x": compilation failed: ERROR: <input>:1:1: undeclared reference to 'params' (in container '')\n | params.x\n | ^`,
      ],
    ],
    [
      'tell of a constant that can not be used',
      [{ name: 'a', expression: "object.x.matches('(')" }],
      [expect.stringContaining('spec.matchConditions[0].expression: Invalid value')],
    ],
  ])('%s', (_, conditions, expected) => {
    expect(texts(conditions)).toEqual(expected)
  })

  it('allow 64', () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => ({ name: `c${index}`, expression: 'true' }))
    expect(texts(many(64))).toEqual([])
    expect(texts(many(65))).toEqual(['spec.matchConditions: Too many: 65: must have at most 64 items'])
  })

  it('know params where there are some', () => {
    expect(texts([{ name: 'a', expression: 'params.x == 1' }], true)).toEqual([])
  })
})
