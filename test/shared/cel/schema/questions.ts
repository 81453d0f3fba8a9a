import type { CelSchema, Rule } from '../../../../shared/cel/schema/schema.ts'

export interface Question {
  readonly schema: CelSchema
  readonly value?: unknown
  readonly old?: unknown
}

const properties: Readonly<Record<string, CelSchema>> = {
  s: { type: 'string' },
  short: { type: 'string', maxLength: 5 },
  kind2: { type: 'string', enum: ['a', 'bcd'] },
  n: { type: 'integer' },
  f: { type: 'number' },
  b: { type: 'boolean' },
  any: { 'x-kubernetes-int-or-string': true },
  anyShort: { 'x-kubernetes-int-or-string': true, maxLength: 3 },
  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  wild: { 'x-kubernetes-preserve-unknown-fields': true },
  when: { type: 'string', format: 'date-time' },
  day: { type: 'string', format: 'date' },
  span: { type: 'string', format: 'duration' },
  raw: { type: 'string', format: 'byte' },
  list: { type: 'array', items: { type: 'string' } },
  few: { type: 'array', maxItems: 4, items: { type: 'string', maxLength: 8 } },
  numbers: { type: 'array', items: { type: 'integer' } },
  set: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
  keyed: {
    type: 'array',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
    items: {
      type: 'object',
      required: ['name'],
      properties: { name: { type: 'string' }, size: { type: 'integer' } },
      'x-kubernetes-validations': [{ rule: 'self.size >= oldSelf.size', message: 'must not shrink' }],
    },
  },
  map: { type: 'object', additionalProperties: { type: 'string' } },
  smallMap: { type: 'object', maxProperties: 3, additionalProperties: { type: 'integer' } },
  deep: {
    type: 'object',
    required: ['in'],
    properties: {
      in: { type: 'string' },
      'a-b.c/d': { type: 'integer' },
      x__y: { type: 'string' },
      list: { type: 'array', items: { type: 'array', items: { type: 'integer' } } },
    },
  },
  nothing: { type: 'string', nullable: true },
  pod: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
}

const value = {
  apiVersion: 'example.com/v1',
  kind: 'Thing',
  metadata: { name: 'mine', labels: { a: 'b' } },
  s: 'text',
  short: 'abc',
  kind2: 'a',
  n: 3,
  f: 2,
  b: true,
  any: 4,
  anyShort: '5%',
  free: { a: 1 },
  wild: { z: [1] },
  when: '2024-01-02T03:04:05Z',
  day: '2024-01-02',
  span: '1h',
  raw: 'YWJj',
  list: ['a', 'b', 'c'],
  few: ['one'],
  numbers: [3, 1, 2],
  set: ['x', 'y'],
  keyed: [
    { name: 'a', size: 2 },
    { name: 'b', size: 3 },
  ],
  map: { k: 'v', l: 'w' },
  smallMap: { one: 1 },
  deep: { in: 'side', 'a-b.c/d': 7, x__y: 'odd', list: [[1], [2, 3]] },
  nothing: null,
  pod: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: {} },
}

const old = {
  ...value,
  s: 'before',
  n: 5,
  set: ['y', 'x'],
  keyed: [
    { name: 'b', size: 4 },
    { name: 'a', size: 2 },
  ],
}

const expressions = `self.s == 'text'
self.s == 'other'
self.metadata.name == 'mine'
self.metadata.labels.a == 'b'
self.kind == 'Thing' && self.apiVersion.startsWith('example.com/')
self.short.contains('b')
self.s.contains(self.short)
self.kind2.size() < 3
self.n > 2
self.n > 2.5
self.f == 2.0
self.f == 2
self.n == self.f
self.any == 4
self.any == '4'
self.any + 1 == 5
self.any.startsWith('4')
self.anyShort == '5%'
type(self.any) == int
self.free == {'a': 1}
self.free.a == 1
has(self.free.a)
self.wild == self.wild
has(self.wild)
self.when > timestamp('2024-01-01T00:00:00Z')
self.when.getFullYear() == 2024
self.day < self.when
self.span == duration('60m')
self.span.getSeconds() > 5000
self.raw == b'abc'
self.raw.size() == 3
self.list.all(x, x.size() < 3)
self.list.exists(x, x == 'z')
self.list.map(x, x + x).join(',') == 'aa,bb,cc'
self.list.all(x, self.list.all(y, x == y || x != y))
self.few.all(x, x.matches('^[a-z]+$'))
self.few.all(x, self.few.exists_one(y, x == y))
self.list.all(x, x.matches('^[a-z]+$'))
self.list.filter(x, x > 'a').size() == 2
self.list + ['d'] == ['a', 'b', 'c', 'd']
self.numbers.sum() == 6
self.numbers.isSorted()
self.numbers.max() < 3
self.numbers.indexOf(1) == 1
'a' in self.list
3 in self.numbers
self.set == ['y', 'x']
self.set == ['y', 'z']
self.set + ['x', 'z'] == ['x', 'z', 'y']
['x', 'y'] == self.set
self.set == oldSelf.set
self.keyed == oldSelf.keyed
self.keyed.all(k, k.size > 1)
self.keyed.filter(k, k.name == 'a')[0].size == 2
self.keyed.exists(k, k.name == 'c')
self.map.all(k, self.map[k].size() == 1)
self.map.k == 'v'
self.map['none'] == 'v'
'k' in self.map
has(self.map.k) && !has(self.map.z)
self.map == {'k': 'v', 'l': 'w'}
self.smallMap.all(k, self.smallMap[k] < 2)
self.smallMap.transformMap(k, v, v + 1) == {'one': 2}
self.smallMap.all(k, v, v == 1)
size(self.map) == 2
self.deep.__in__ == 'side'
self.deep.a__dash__b__dot__c__slash__d == 7
self.deep.x__underscores__y == 'odd'
self.deep.in == 'x'
self.deep.list.all(l, l.all(e, e > 1))
self.deep.list.map(l, l.sum()).sum() == 6
self.deep == self.deep
has(self.nothing)
self.nothing == null
self.none == 1
has(self.none)
self.?deep.?none.hasValue()
self.?s.orValue('') == 'text'
self.pod.kind == 'Pod'
self.pod.spec == {}
self.pod.metadata.name == 'p'
self.n <= oldSelf.n
self.s == oldSelf.s
self.s
self.n + 1
self.n + 'a' == 'b'
1 +
self.s.matches('[')
self.s.replace('t', 'long').size() > 5
self.s.split('').all(c, c != 'z')
self.short.replace('a', self.short).size() < 10
url(self.s).getHost() == 'x'
isURL(self.s) || isIP(self.short)
quantity(self.short).isGreaterThan(quantity('1'))
self.short.find('[a-c]+') == 'abc'
self.list.sort() == self.list
self.list.distinct().size() == 3
self.list.sortBy(x, x)[0] == 'a'
lists.range(5).all(i, i < self.n)
self.list.all(x, self.list.all(y, self.list.all(z, x + y != z)))
self.s.lowerAscii().upperAscii().trim() == 'TEXT'
self.map.map(k, k + self.map[k]).join() == 'kvlw'
self.few.join(self.short).size() > 0
string(self.n) + string(self.f) + string(self.b) + string(self.when) == ''
[self.s, self.short].exists(t, t == 'abc')
{'a': self.s}.a == 'text'
(self.b ? self.s : self.short) == 'text'
self.list[self.n] == 'd'
self.list[9] == 'd'
self.deep.list[0][0] == 1
true
false
self.numbers.map(x, {'v': x}).all(o, o.v > 0)
dyn(self.n) == dyn(self.s)
self.metadata.generateName == ''
authorizer.path('/x').check('get').allowed()
format.dns1123Label().validate(self.s).hasValue()
cidr('10.0.0.0/8').containsIP(self.s)
sets.contains(self.list, self.few)
self.list.slice(0, 2) == ['a', 'b']
[self.list, self.few].flatten().size() == 4
'%s is %d'.format([self.s, self.n]) == 'text is 3'`.split('\n')

const asked = (...rules: readonly Rule[]): Question => ({
  schema: { type: 'object', properties, 'x-kubernetes-validations': rules },
  value,
  old,
})

const messages = [
  "'n is ' + string(self.n)",
  "''",
  "'two\\nlines'",
  'self.n',
  'self.none',
  'self.list[9]',
  "self.s.replace('', self.s)",
  "oldSelf.s + ' was'",
  "'  trimmed  '",
]

/** What upstream is asked about rules: costs, errors, and what becomes of an object. */
export const questions: readonly Question[] = [
  ...expressions.map((rule) => asked({ rule })),
  ...expressions.slice(0, 20).map((rule) => ({ ...asked({ rule }), old: undefined })),
  ...messages.map((messageExpression) => asked({ rule: 'false', messageExpression })),
  ...['FieldValueForbidden', 'FieldValueRequired', 'FieldValueDuplicate', 'FieldValueInvalid'].map((reason) =>
    asked({ rule: 'self.n < 3', message: 'too much', reason }),
  ),
  asked({ rule: 'self.n < 3', message: ' spaces ', fieldPath: '.n' }),
  asked({ rule: 'self.n < 3', fieldPath: '.deep.in' }),
  asked({ rule: '!oldSelf.hasValue()', optionalOldSelf: true }),
  { ...asked({ rule: 'oldSelf.hasValue()', optionalOldSelf: true }), old: undefined },
  asked({ rule: 'oldSelf.orValue(self).n == 5', optionalOldSelf: true }),
  asked({ rule: 'self.n < 3' }, { rule: 'self.s == "x"' }, { rule: '   ' }, { rule: 'self.list[7] == ""' }),
  {
    schema: {
      type: 'object',
      properties: {
        spec: {
          type: 'object',
          properties: { n: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self > 5' }, { rule: 'self > oldSelf' }] } },
        },
        items: {
          type: 'array',
          items: {
            type: 'object',
            properties: { v: { type: 'string', 'x-kubernetes-validations': [{ rule: 'self != ""', message: 'empty' }] } },
          },
        },
        map: {
          type: 'object',
          additionalProperties: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self >= oldSelf' }] },
        },
      },
    },
    value: { spec: { n: 4 }, items: [{ v: '' }, { v: 'a' }], map: { a: 1, b: 2 } },
    old: { spec: { n: 6 }, items: [{ v: '' }], map: { a: 2, b: 2 } },
  },
]
