import { expect, it } from 'vitest'
import { parseYaml } from '../../../shared/meta/decode/yaml.ts'

it.each([
  ['flow lists', '['.repeat(100_000)],
  ['flow maps', '{a: '.repeat(50_000)],
  ['lists in lines', '- '.repeat(100_000)],
  ['keys in lines', '? '.repeat(50_000)],
  ['indented maps', Array.from({ length: 2500 }, (_, level) => `${' '.repeat(level)}a:`).join('\n')],
])('YAML that nests too deep is refused, not a broken stack: %s', (_, text) => {
  expect(() => parseYaml(Buffer.from(text))).toThrow('error converting YAML to JSON: yaml: exceeded max depth')
})

it('brackets in text are no depth', () => {
  const text = `a: |\n${'  [ ( {\n'.repeat(3000)}b: 1\n`
  expect(parseYaml(Buffer.from(text)).value).toMatchObject({ b: 1 })
})

it('YAML takes time in proportion to its keys, not to their square', () => {
  const msOf = (keys: number) => {
    const text = Buffer.from(`data:\n${Array.from({ length: keys }, (_, i) => `  key${i}: v\n`).join('')}`)
    const start = performance.now()
    expect(Object.keys((parseYaml(text).value as { data: object }).data)).toHaveLength(keys)
    return performance.now() - start
  }
  msOf(1000)
  const few = msOf(5000)
  // Sixty-four times as many by the square.
  expect(msOf(40_000)).toBeLessThan(30 * few)
})
