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
