import { describe, expect, it } from 'vitest'
import { pemBlocks } from '../../../../shared/resources/validation/pem.ts'

const block = (type: string, body = 'YWJj\n') => `-----BEGIN ${type}-----\n${body}-----END ${type}-----\n`
const found = (text: string) => pemBlocks(text).map(({ type, hasHeaders, bytes }) => [type, hasHeaders, bytes.toString()])

describe('a PEM text', () => {
  it.each([
    ['one block', block('A'), [['A', false, 'abc']]],
    [
      'text around it',
      `x\n${block('A')}y\n${block('B')}z`,
      [
        ['A', false, 'abc'],
        ['B', false, 'abc'],
      ],
    ],
    ['ends of lines of another system', block('A').replaceAll('\n', '\r\n'), [['A', false, 'abc']]],
    ['no end of the last line', block('A').trimEnd(), [['A', false, 'abc']]],
    ['lines', block('A', 'YW\nJj\n'), [['A', false, 'abc']]],
    ['nothing inside', block('A', ''), [['A', false, '']]],
    ['headers', block('A', 'K: v\nL: w\n\nYWJj\n'), [['A', true, 'abc']]],
    ['what is no base64', block('A', 'Y!Jj\n') + block('B'), [['B', false, 'abc']]],
    ['padding that is missing', block('A', 'YWI\n'), []],
    ['another end', '-----BEGIN A-----\nYWJj\n-----END B-----\n', []],
    ['a beginning in a block', `-----BEGIN A-----\n${block('B')}-----END A-----\n`, [['B', false, 'abc']]],
    ['a beginning that is none', 'x-----BEGIN A-----\nYWJj\n-----END A-----\n', []],
    ['nothing', '', []],
  ])('has what Go finds in it: %s', (_, text, blocks) => {
    expect(found(text)).toEqual(blocks)
  })

  it('is read in one go, however many blocks begin in it', () => {
    const started = performance.now()
    expect(pemBlocks('-----BEGIN A-----\n'.repeat(150_000))).toEqual([])
    expect(pemBlocks(block('A', 'k: v\n'.repeat(400_000)))).toMatchObject([{ hasHeaders: true }])
    // looking again from each of them took minutes
    expect(performance.now() - started).toBeLessThan(5000)
  })
})
