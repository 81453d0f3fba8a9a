import type { Schema, SchemaTable } from '../../../shared/meta/schema.ts'
import type { PublishedTable } from '../../../shared/resources/schemas.ts'
import type { Random } from '../../contract/random.ts'

const texts = [
  '',
  'a',
  'a-b',
  'A_b',
  '-a',
  'a.b/c',
  '/a',
  '..',
  '../a',
  'a/b',
  'é',
  ' ',
  'a b',
  '*',
  '0',
  '-1',
  '80%',
  '1.5',
  '1e3',
  '1Gi',
  'true',
  'null',
  '10.0.0.1',
  '::1',
  '010.0.0.1',
  '10.0.0.0/8',
  'https://a.example.com/b',
  '2026-01-01T00:00:00Z',
  '2026-01-01T00:00:00.123456Z',
  'x'.repeat(63),
  'x'.repeat(64),
  'x'.repeat(254),
  'kubernetes.io/a',
  'a=b',
  '$(A)',
  'cpu',
  'requests.cpu',
  'node.kubernetes.io/unreachable',
]
const integers = [0, 1, 2, -1, 10, 80, 100, 101, 1000, 65_535, 65_536, 2 ** 31 - 1, 2 ** 31, -(2 ** 31)]
const quantities: readonly unknown[] = ['0', '1', '-1', '1.5', '100m', '1Gi', '1e3', '0.1m', '1n', '', 'a', '1GB', 3, -2, 1.5]
const numbersOrTexts: readonly unknown[] = [0, 1, 80, 65_536, -1, '25%', '101%', '-1%', 'a', 'http', '', '5', 'a_b']
const times: readonly unknown[] = ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.123456Z', '2026-01-01', '', null, 1]
const bytes: readonly unknown[] = ['YQ==', '', 'YQ', '!', 'YWFhYWFhYWFhYWFhYWFhYWFhYQ==']
/** What no type but one takes. */
const wrong: readonly unknown[] = [null, '', 'a', 0, 1.5, -1, true, [], {}, [{}], [null], { a: 'b' }, [['a']], 1e21, 2 ** 53]

export interface ValueSource {
  readonly schemas: SchemaTable
  readonly published: PublishedTable
  readonly random: Random
}

/** A value for a field: mostly of its type, with whatever may stand there; now and then of another. */
export const valueFor = (
  source: ValueSource,
  schema: Schema,
  { depth = 0, allowed }: { depth?: number; allowed?: readonly string[] | undefined } = {},
): unknown => {
  const { random } = source
  if (random.next() < 0.06) return structuredClone(random.pick(wrong))
  if (allowed && schema.type === 'string')
    return random.next() < 0.85 ? random.pick(allowed) : random.pick([...texts, allowed[0]!.toLowerCase()])
  const { format, ref, type, items, additionalProperties } = schema
  if (format === 'quantity') return random.pick(quantities)
  if (format === 'int-or-string') return random.pick(numbersOrTexts)
  if (format === 'date-time' || format === 'micro-time') return random.pick(times)
  if (format === 'byte') return random.pick(bytes)
  if (format === 'json' || format === 'raw-extension' || format === 'fields-v1')
    return structuredClone(random.pick([{}, { a: 1 }, { kind: 'A', apiVersion: 'b/v1' }]))
  if (ref !== undefined) return objectFor(source, ref, depth)
  if (type === 'array') {
    const length = random.pick([0, 1, 1, 1, 2, 3])
    return Array.from({ length }, () => valueFor(source, items ?? {}, { depth: depth + 1, allowed }))
  }
  if (type === 'object') {
    if (!additionalProperties) return {}
    const names = Array.from({ length: random.pick([0, 1, 1, 2]) }, () => random.pick(texts))
    return Object.fromEntries(names.map((name) => [name, valueFor(source, additionalProperties, { depth: depth + 1 })]))
  }
  if (type === 'boolean') return random.next() < 0.5
  if (type === 'integer') return random.pick(integers)
  if (type === 'number') return random.pick([...integers, 0.5, 1.25])
  return random.pick(texts)
}

/** Some fields of a type: the deeper, the fewer. */
const objectFor = (source: ValueSource, ref: string, depth: number): unknown => {
  const { schemas, published, random } = source
  const schema = schemas[ref]
  const names = Object.keys(schema?.properties ?? {})
  if (depth > 5 || names.length === 0) return {}
  const required = new Set(schema?.required)
  const wanted = (name: string) => random.next() < (required.has(name) ? 0.9 : depth === 0 ? 0.3 : 1.2 / names.length)
  const chosen = names.filter(wanted)
  const entries = chosen.length > 0 ? chosen : [random.pick(names)]
  return Object.fromEntries(
    entries.map((name) => {
      const field = schema!.properties![name]!
      return [name, valueFor(source, field, { depth: depth + 1, allowed: published[ref]?.fields[name]?.enum })]
    }),
  )
}
