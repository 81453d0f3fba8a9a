import type { Random } from '../../../contract/random.ts'
import { chance, type Json } from './choice.ts'
import { rulesFor } from './rules.ts'
import { valueFor } from './values.ts'

const names = ['a', 'size', 'kind2', 'my-name', 'x.y', 'with__two', 'for', 'items', 'replicas', 'Upper', '0digit', 'a/b']
const descriptions = ['', 'says something']

const maybe = (random: Random, of: number, make: () => Json): Json => (chance(random, of) ? make() : {})

/** Some of an object's words about values. */
const stringWords = (random: Random): Json => ({
  ...maybe(random, 0.3, () => ({ maxLength: random.pick([0, 1, 3, 10, 63]) })),
  ...maybe(random, 0.15, () => ({ minLength: random.pick([0, 1, 2, 5]) })),
  ...maybe(random, 0.15, () => ({
    pattern: random.pick(['^[a-z]+$', 'a|b', '^$', '^a{2,3}$', '\\d+', '(?i)^x', '^\\pL*$', '.']),
  })),
  ...maybe(random, 0.15, () => ({ enum: random.pick([['a', 'b'], ['', 'abc'], ['a'], ['x', null]]) })),
  ...maybe(random, 0.25, () => ({ format: random.pick(formats) })),
})

const formats = [
  'date-time', 'date', 'duration', 'byte', 'email', 'hostname', 'ipv4', 'ipv6', 'cidr', 'mac', 'uri', 'uuid', 'uuid3', 'uuid4', 'uuid5',
  'isbn', 'isbn10', 'isbn13', 'creditcard', 'ssn', 'hexcolor', 'rgbcolor', 'password', 'bsonobjectid', 'int32', 'k8s-short-name',
  'k8s-long-name', 'odd', 'datetime', 'date_time',
] // biome-ignore format: a list of names

const numberWords = (random: Random, whole: boolean): Json => ({
  ...maybe(random, 0.25, () => ({
    minimum: random.pick([0, 1, -5, 2.5]),
    ...maybe(random, 0.3, () => ({ exclusiveMinimum: true })),
  })),
  ...maybe(random, 0.25, () => ({
    maximum: random.pick([0, 10, 100, 2.5]),
    ...maybe(random, 0.3, () => ({ exclusiveMaximum: true })),
  })),
  ...maybe(random, 0.1, () => ({ multipleOf: random.pick([1, 2, 5, 0.5, 0.1]) })),
  ...maybe(random, 0.1, () => ({ enum: random.pick([[1, 2], [0], [1.5, 3], [10, 'a']]) })),
  ...maybe(random, 0.2, () => ({ format: random.pick(whole ? ['int32', 'int64', 'uint32'] : ['float', 'double', 'int32']) })),
})

const arrayWords = (random: Random): Json => ({
  ...maybe(random, 0.35, () => ({ maxItems: random.pick([0, 1, 3, 10]) })),
  ...maybe(random, 0.1, () => ({ minItems: random.pick([0, 1, 2]) })),
})

const objectWords = (random: Random): Json => ({
  ...maybe(random, 0.1, () => ({ maxProperties: random.pick([0, 1, 3, 10]) })),
  ...maybe(random, 0.05, () => ({ minProperties: random.pick([0, 1, 2]) })),
})

const array = (random: Random, depth: number): Json => {
  const kind = random.pick([undefined, undefined, 'atomic', 'set', 'map'])
  if (kind === 'map') {
    const key = random.pick(['name', 'key'])
    const second = chance(random, 0.3) ? { port: { type: 'integer', ...maybe(random, 0.5, () => ({ default: 1 })) } } : {}
    const item: Json = {
      type: 'object',
      required: [key, ...(second.port && !('default' in second.port) ? ['port'] : [])],
      properties: {
        [key]: { type: 'string', ...maybe(random, 0.5, () => ({ maxLength: 10 })) },
        ...second,
        more: schemaFor(random, depth + 1),
      },
    }
    return {
      type: 'array',
      items: item,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': [key, ...Object.keys(second)],
    }
  }
  const items = kind === 'set' ? { type: random.pick(['string', 'integer', 'boolean', 'number']) } : schemaFor(random, depth + 1)
  return { type: 'array', items, ...(kind ? { 'x-kubernetes-list-type': kind } : {}), ...arrayWords(random) }
}

const fields = (random: Random, depth: number): Record<string, Json> => {
  const count = 1 + random.below(depth === 0 ? 5 : 3)
  return Object.fromEntries(Array.from({ length: count }, () => [random.pick(names), schemaFor(random, depth + 1)]))
}

const object = (random: Random, depth: number): Json => {
  const preserve = maybe(random, 0.1, () => ({ 'x-kubernetes-preserve-unknown-fields': true }))
  if (chance(random, 0.2)) {
    const additionalProperties = chance(random, 0.15) ? true : schemaFor(random, depth + 1)
    return { type: 'object', additionalProperties, ...objectWords(random) }
  }
  if (chance(random, 0.08))
    return { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true }
  const properties = fields(random, depth)
  const required = Object.keys(properties).filter(() => chance(random, 0.2))
  return {
    type: 'object',
    properties,
    ...(required.length > 0 ? { required } : {}),
    ...maybe(random, 0.1, () => ({ 'x-kubernetes-map-type': random.pick(['atomic', 'granular']) })),
    ...objectWords(random),
    ...preserve,
  }
}

const plain = (random: Random, depth: number): Json => {
  const makers = [
    () => ({ type: 'string', ...stringWords(random) }),
    () => ({ type: 'string', ...stringWords(random) }),
    () => ({ type: 'integer', ...numberWords(random, true) }),
    () => ({ type: 'number', ...numberWords(random, false) }),
    () => ({ type: 'boolean' }),
    () => ({ 'x-kubernetes-int-or-string': true, ...maybe(random, 0.3, () => ({ maxLength: 5 })) }),
    () => ({ 'x-kubernetes-preserve-unknown-fields': true }),
    ...(depth < 4 ? [() => array(random, depth), () => object(random, depth), () => object(random, depth)] : []),
  ]
  return random.pick(makers)()
}

/** What alternatives say of values of a schema, without saying what these are. */
const restriction = (random: Random, schema: Json, depth = 0): Json => {
  if (depth < 2 && chance(random, 0.15))
    return { [random.pick(['anyOf', 'allOf', 'oneOf'])]: [restriction(random, schema, depth + 1)] }
  switch (schema.type) {
    case 'string':
      return random.pick([{ maxLength: 2 }, { minLength: 2 }, { pattern: '^a' }, { enum: ['a', 'abc'] }, { format: 'date' }])
    case 'integer':
    case 'number':
      return random.pick([{ minimum: 1 }, { maximum: 5 }, { multipleOf: 2 }, { enum: [1, 2] }])
    case 'array':
      return random.pick([
        { maxItems: 1 },
        { minItems: 1 },
        { items: restriction(random, (schema.items as Json) ?? {}, depth + 1) },
      ])
    case 'object': {
      const properties = Object.entries((schema.properties ?? {}) as Record<string, Json>)
      const [name, field] = properties[random.below(properties.length)] ?? []
      if (!name) return { maxProperties: 2 }
      return random.pick([
        { required: [name] },
        { properties: { [name]: restriction(random, field!, depth + 1) } },
        { minProperties: 1 },
      ])
    }
  }
  return random.pick([{ enum: ['a', 1] }, { pattern: '^a' }, {}])
}

/** A structural schema, right by what it is made of. */
export const schemaFor = (random: Random, depth = 0): Json => {
  const schema = plain(random, depth)
  if (chance(random, 0.1)) schema.nullable = true
  if (chance(random, 0.1)) schema.description = random.pick(descriptions)
  if (chance(random, 0.06)) schema.title = 'a title'
  if (chance(random, 0.12)) {
    const junctor = random.pick(['allOf', 'anyOf', 'oneOf', 'not'])
    const one = () => restriction(random, schema)
    schema[junctor] = junctor === 'not' ? one() : Array.from({ length: 1 + random.below(3) }, one)
  }
  if (chance(random, 0.25)) schema['x-kubernetes-validations'] = rulesFor(random, schema)
  if (depth > 1 && chance(random, 0.15)) schema.default = valueFor(random, schema, chance(random, 0.85) ? 0 : 0.3)
  return schema
}
