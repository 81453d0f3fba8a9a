import type { Random } from '../../../contract/random.ts'
import { type Json, mostly } from './choice.ts'

const ofType: Readonly<Record<string, readonly string[]>> = {
  string: [
    'self != ""', 'self.size() < 5', "self.startsWith('a')", "self.matches('^[a-z]*$')", 'self == oldSelf', "self in ['a', 'b', 'abc']",
    "self.contains('a') || self.size() > 2", "self.split(',').all(x, x.size() < 4)", 'self.lowerAscii() == self', "quantity(self).isGreaterThan(quantity('1'))",
    'size(self) >= size(oldSelf)', 'self + self != oldSelf', "url(self).getHost() == 'a'",
  ],
  integer: ['self > 0', 'self >= oldSelf', 'self % 2 == 0', 'self < 100 && self != 7', 'self / 0 > 1', 'self + 9223372036854775807 > 0', 'double(self) > 0.5'],
  number: ['self > 0.0', 'self >= oldSelf', 'self < 100.5', 'int(self) == 1', 'self == self'],
  boolean: ['self', '!self', 'self || true', 'self == oldSelf'],
  array: [
    'self.size() < 3', 'self.all(x, x == x)', 'self.exists(x, true)', 'self.map(x, x).size() > 0',
    'self[0] == self[0]', 'self.exists_one(x, true)', 'self.all(x, self.all(y, x == y))', 
  ],
  object: ['self == self', 'self == oldSelf', 'self != oldSelf'],
  map: ['self.size() < 3', "self.all(k, k != 'z')", "'a' in self", 'self == oldSelf', 'self.exists(k, self[k] == self[k])'],
  other: ['self > 1', "self == 'a'", 'self.size() > 0', 'has(self.none)', 'self.isSorted()', 'self.size() >= oldSelf.size()', 'self == "true"', 'self ? true : 1 > 0', '[1, 2].all(x, self == x)', 'self ==', 'x', '', 'true', '1', 'self.', ' ', 'self\n== self'],
  any: ['self == self', "type(self) == string || true", 'self == oldSelf', 'self == 1'],
} // biome-ignore format: a list of expressions

const messages = [
  "'a message'",
  'string(1)',
  "'  '",
  "'two\\nlines'",
  '1',
  "'is ' + string(self)",
  "oldSelf == self ? 'same' : 'other'",
  'self.none',
  '"x" +',
]

const expression = (random: Random, schema: Json): string => {
  if (random.next() < 0.03) return random.pick(ofType.other!)
  if (schema.type !== 'object') return random.pick(ofType[String(schema.type ?? 'any')] ?? ofType.any!)
  if (schema.additionalProperties) return random.pick(ofType.map!)
  const fields = Object.keys((schema.properties ?? {}) as Json).filter(
    (name) => /^[a-z]\w*$/.test(name) && name !== 'for' && !name.includes('__'),
  )
  if (fields.length === 0 || random.next() < 0.2) return random.pick(ofType.object!)
  const [a, b] = [random.pick(fields), random.pick(fields)]
  return random.pick([
    `has(self.${a})`,
    `!has(self.${a}) || has(self.${b})`,
    `!has(self.${a}) || self.${a} == self.${a}`,
    `self.${a} == oldSelf.${a}`,
    `has(self.${a}) == has(oldSelf.${a})`,
    `self.?${a}.hasValue()`,
    `[has(self.${a}), has(self.${b})].exists_one(x, x)`,
  ])
}

const fieldPath = (random: Random, schema: Json): string => {
  const fields = Object.keys((schema.properties ?? {}) as Json)
  const right = fields.map((name) => (/^[a-z]\w*$/i.test(name) ? `.${name}` : `['${name}']`))
  return mostly(random, right.length > 0 ? right : ['.a'], ['.none', 'a', '.items[0]', ' '])
}

/** Rules for a schema: most of them right. */
export const rulesFor = (random: Random, schema: Json): Json[] =>
  Array.from({ length: 1 + random.below(2) }, () => {
    const rule: Json = { rule: expression(random, schema) }
    if (random.next() < 0.25) rule.message = mostly(random, ['must be so', 'é'], [' ', 'two\nlines', ''])
    if (random.next() < 0.2) rule.messageExpression = mostly(random, messages.slice(0, 4), messages.slice(4))
    if (random.next() < 0.15)
      rule.reason = mostly(
        random,
        ['FieldValueInvalid', 'FieldValueForbidden', 'FieldValueRequired', 'FieldValueDuplicate'],
        ['Other'],
      )
    if (random.next() < 0.12) rule.fieldPath = fieldPath(random, schema)
    if (random.next() < 0.1) rule.optionalOldSelf = random.next() < 0.9
    if (rule.optionalOldSelf && random.next() < 0.97)
      rule.rule = random.pick([
        '!oldSelf.hasValue() || oldSelf.value() == self',
        'oldSelf.orValue(self) == self',
        'oldSelf.hasValue()',
      ])
    return rule
  })
