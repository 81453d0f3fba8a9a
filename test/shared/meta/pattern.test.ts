import { describe, expect, it } from 'vitest'
import { compilePattern, PatternError, patternFault } from '../../../shared/meta/pattern/pattern.ts'
import { patternWeight } from '../../../shared/meta/pattern/weight.ts'

const stepsOf = (expression: string): number => {
  const pattern = compilePattern(expression)
  if (pattern instanceof PatternError) throw pattern
  return pattern.steps
}

/** Expressions whose program is much longer than they are. */
const repeated = [
  'a{1000}',
  '(a|b){0,500}',
  '(?:(?:a?){30}){30}[cd]',
  '((((a{2}){2}){2}){2}){62}',
  '[]a]{700}',
  '[^]a]{700}',
  '[[:alpha:]]{700}',
  '\\pL{700}',
  '\\p{Greek}{700}',
  '[\\]]{700}',
  '\\x{10FFFF}{700}',
  '\\Q(((\\E{700}',
  '\\({700}',
  '(?i:a{30}){30}',
  '(?P<name>a*){700}',
  'a{2,}{3}'.slice(0, 5),
  '.{700,}',
]

describe('what a pattern weighs', () => {
  it.each(repeated)('is no less than the program that it becomes: %s', (expression) => {
    expect(patternWeight(expression) + 2).toBeGreaterThanOrEqual(stepsOf(expression))
  })

  it('is nearly its length where nothing is repeated', () => {
    const expression = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$'
    expect(patternWeight(expression)).toBeLessThan(2 * expression.length)
  })

  it.each(['(', '[', '[[:', '\\Q', '\\p{', '{1', '\\', '((((', 'a{', '[a-'])('is found in linear time: %s', (part) => {
    const cpuOf = (count: number) => {
      const text = part.repeat(count)
      const before = process.threadCpuUsage()
      patternWeight(text)
      return process.threadCpuUsage(before).user
    }
    cpuOf(10_000)
    const least = (count: number) => Math.min(...[1, 2, 3].map(() => cpuOf(count)))
    // A hundred times the text: what is not linear takes thousands of times as long.
    expect(least(400_000)).toBeLessThan(1500 * Math.max(least(4000), 100))
  })
})

describe('a pattern', () => {
  it('that is too large is none, in the words of Go', () => {
    const expression = '(a{1000}){1}'.repeat(200)
    expect(patternFault(expression)?.message).toBe('error parsing regexp: expression too large')
    expect(compilePattern(expression)).toBeInstanceOf(PatternError)
  })

  it.each(['a(', 'a**', '[z-a]', '\\8', '(?<n', 'a{1001}', '(?=a)'])(
    'has the same fault when it is read and when it is compiled: %s',
    (one) => {
      const compiled = compilePattern(one)
      expect(compiled).toBeInstanceOf(PatternError)
      expect((compiled as PatternError).message).toBe(patternFault(one)?.message)
    },
  )

  it('is kept, but not for ever: many that have seen long texts take no more memory than some', () => {
    const first = compilePattern('^(a|b)*0$')
    expect(compilePattern('^(a|b)*0$')).toBe(first)
    for (let index = 1; index < 3000; index++) {
      const pattern = compilePattern(`^(a|b)*${index}{100}$`)
      if (!(pattern instanceof PatternError)) pattern.matches('ab'.repeat(50))
    }
    expect(compilePattern('^(a|b)*0$')).not.toBe(first)
    expect(process.memoryUsage().heapUsed).toBeLessThan(1e9)
  })
})
