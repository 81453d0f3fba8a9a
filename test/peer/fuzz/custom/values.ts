import type { Random } from '../../../contract/random.ts'
import type { Json } from './choice.ts'

const texts = ['', 'a', 'b', 'abc', 'aaa', 'A', 'x,y', 'é', 'a b', '12', 'long enough a text', '😀', 'null']
const byFormat: Readonly<Record<string, readonly string[]>> = {
  'date-time': [
    '2026-01-02T03:04:05Z',
    '2026-01-02T03:04:05.123+02:00',
    '2026-01-02',
    '2026-13-02T03:04:05Z',
    '2026-01-02T03:04:05z',
  ],
  date: ['2026-01-02', '2026-02-30', '2026-1-2'],
  duration: ['1h', '3 days', '1h30m', '-1s', 'x', '1.5h', '2w'],
  byte: ['YQ==', 'YQ', '', '!', 'YWJj'],
  email: ['a@b.c', 'a@', 'A <a@b.c>', '"a b"@c'],
  hostname: ['a.b', 'a_b', '-a', 'a.', 'é.com', 'a..b'],
  ipv4: ['1.2.3.4', '01.2.3.4', '1.2.3', '::1', '::ffff:1.2.3.4'],
  ipv6: ['::1', '1.2.3.4', 'fe80::1%eth0', ':::'],
  cidr: ['10.0.0.0/8', '10.0.0.1/33', '::/0', '010.0.0.0/8'],
  mac: ['00:11:22:33:44:55', '0011.2233.4455', '00-11-22-33-44-55', '00:11:22:33:44'],
  uri: ['https://a/b', 'a', '/a', 'http://[::1', 'mailto:a'],
  uuid: ['6ba7b810-9dad-11d1-80b4-00c04fd430c8', '6ba7b8109dad11d180b400c04fd430c8', 'x'],
  uuid3: ['6ba7b810-9dad-31d1-80b4-00c04fd430c8', '6ba7b810-9dad-11d1-80b4-00c04fd430c8'],
  uuid4: ['6ba7b810-9dad-41d1-80b4-00c04fd430c8', '6ba7b810-9dad-41d1-70b4-00c04fd430c8'],
  uuid5: ['6ba7b810-9dad-51d1-80b4-00c04fd430c8', '6ba7b810-9dad-11d1-80b4-00c04fd430c8'],
  isbn: ['0321751043', '978-0321751041', '1'],
  isbn10: ['0321751043', '0321751044'],
  isbn13: ['978-0321751041', '978-0321751042'],
  creditcard: ['4111111111111111', '4111-1111-1111-1111', '4111111111111112'],
  ssn: ['123-45-6789', '123456789', '123 45 6789'],
  hexcolor: ['#fff', 'FFFFFF', '#ffff'],
  rgbcolor: ['rgb(1,2,3)', 'rgb(300,2,3)', 'rgb( 1 , 2 , 3 )'],
  bsonobjectid: ['507f1f77bcf86cd799439011', 'x'],
  'k8s-short-name': ['a-b', 'A', 'a.b'],
  'k8s-long-name': ['a.b', 'a..b', 'A'],
}
const integers = [0, 1, 2, 5, 7, 10, -1, 100, 2 ** 31, 2 ** 53]
const numbers = [...integers, 0.5, 1.5, 2.5, 1e21, 0.1]
/** What no type but one takes. */
const wrong: readonly unknown[] = [null, '', 'a', 0, 1.5, true, [], {}, [{}], { a: 'b' }, ['a', 'a'], [null]]
const keys = ['a', 'size', 'my-name', 'other', 'x.y', '']

const embedded: readonly unknown[] = [
  { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', labels: { a: 'b' } }, more: 1 },
  { apiVersion: 'v1', kind: 'Pod' },
  { apiVersion: 'a/b/c', kind: 'Pod', metadata: { name: 'X Y' } },
  { kind: 'Pod', metadata: { finalizers: ['a'], odd: 1 } },
  { apiVersion: 'v1', kind: 'p q', metadata: { labels: { a: 1 } } },
  { apiVersion: 'v1', kind: 'Pod', metadata: { generateName: 'a', annotations: { 'A b': 'x' } } },
]

/** A value for a schema, mostly one that fits; `odd`: how often one of another type stands in it. */
export const valueFor = (random: Random, schema: Json, odd: number): unknown => {
  if (random.next() < odd) return structuredClone(random.pick(wrong))
  if (schema.nullable === true && random.next() < 0.1) return null
  const allowed = schema.enum as readonly unknown[] | undefined
  if (Array.isArray(allowed) && allowed.length > 0 && random.next() < 0.8) return random.pick(allowed)
  if (schema['x-kubernetes-int-or-string']) return random.pick([1, 'a', '10%', 'toolong', 0])
  if (schema['x-kubernetes-embedded-resource']) return structuredClone(random.pick(embedded))
  switch (schema.type) {
    case 'string':
      return random.pick(random.next() < 0.8 ? (byFormat[String(schema.format)] ?? texts) : texts)
    case 'integer':
      return random.pick(integers)
    case 'number':
      return random.pick(numbers)
    case 'boolean':
      return random.next() < 0.5
    case 'array': {
      const items = (schema.items ?? {}) as Json
      return Array.from({ length: random.pick([0, 1, 1, 2, 2, 3, 4]) }, () => valueFor(random, items, odd))
    }
    case 'object':
      return objectFor(random, schema, odd)
  }
  return structuredClone(random.pick([1, 'a', { a: 1 }, [1], true, { b: { c: [null] } }]))
}

const objectFor = (random: Random, schema: Json, odd: number): Json => {
  const properties = (schema.properties ?? {}) as Record<string, Json>
  const required = Array.isArray(schema.required) ? schema.required : []
  const made: Json = {}
  for (const [name, field] of Object.entries(properties))
    if (random.next() < (required.includes(name) ? 0.95 : 0.7)) made[name] = valueFor(random, field, odd)
  const additional = schema.additionalProperties
  if (additional) {
    for (let count = random.pick([0, 1, 2, 3]); count > 0; count--)
      made[random.pick(keys)] = valueFor(random, typeof additional === 'object' ? (additional as Json) : {}, odd)
  }
  if (random.next() < odd / 2) made[random.pick(['unknown', 'kind', 'metadata', 'apiVersion'])] = random.pick([1, 'a', {}])
  return made
}
