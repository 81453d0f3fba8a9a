import type { Random } from '../../../contract/random.ts'
import type { Json } from './choice.ts'

/** Words of schemas, with values that are seldom right where they come to stand. */
const words: readonly (readonly [name: string, values: readonly unknown[]])[] = [
  ['type', ['string', 'integer', 'object', 'array', 'null', 'odd', '', undefined]],
  ['format', ['int32', 'date', 'odd']],
  ['nullable', [true, false]],
  ['default', ['a', 1, null, {}, [], { a: 1 }, { metadata: { name: 'X Y' } }, true]],
  ['properties', [{}, { a: {} }, { a: { type: 'string' } }, { metadata: { type: 'object' } }, { metadata: { type: 'object', properties: { labels: { type: 'object' } } } }, undefined]],
  ['additionalProperties', [true, false, {}, { type: 'string' }, undefined]],
  ['items', [{ type: 'string' }, {}, [{ type: 'string' }], undefined]],
  ['required', [['a'], ['a', 'a'], [], ['metadata']]],
  ['enum', [[], ['a', 'a'], [1, 'a', null], [{ a: 1 }]]],
  ['pattern', ['(', '[a', 'a**', '(?=a)', '(?P<n>a)', '\\8', 'a{1001}', '']],
  ['maxLength', [-1, 0, 1.5, 2 ** 40]],
  ['minLength', [-1, 5]],
  ['maxItems', [-1, 0]],
  ['minimum', [1e30, 'a']],
  ['multipleOf', [0, -1, 0.3]],
  ['uniqueItems', [true, false]],
  ['allOf', [[], [{}], [{ type: 'string' }], [{ default: 1 }], [{ nullable: true }], [{ properties: { a: { minimum: 1 } } }], [{ items: { maxLength: 2 } }], [{ 'x-kubernetes-validations': [{ rule: 'true' }] }], [{ required: ['zz'] }]]],
  ['anyOf', [[], [{ type: 'integer' }, { type: 'string' }], [{ additionalProperties: { maxLength: 1 } }], [{ description: 'a' }]]],
  ['oneOf', [[], [{ pattern: '(' }], [{ title: 'a' }]]],
  ['not', [{}, { type: 'string' }, { 'x-kubernetes-int-or-string': true }]],
  ['$ref', ['#/definitions/a']],
  ['$schema', ['a']],
  ['id', ['a']],
  ['definitions', [{ a: { type: 'string' } }]],
  ['dependencies', [{ a: ['b'] }, { a: { type: 'string' } }]],
  ['patternProperties', [{ a: { type: 'string' } }]],
  ['additionalItems', [true, { type: 'string' }]],
  ['externalDocs', [{ url: 'a' }, {}]],
  ['example', [1, { a: 1 }]],
  ['title', ['a']],
  ['x-kubernetes-preserve-unknown-fields', [true, false]],
  ['x-kubernetes-embedded-resource', [true, false]],
  ['x-kubernetes-int-or-string', [true, false]],
  ['x-kubernetes-list-type', ['atomic', 'set', 'map', 'odd', '']],
  ['x-kubernetes-list-map-keys', [['name'], ['a'], [], ['a', 'a'], ['none']]],
  ['x-kubernetes-map-type', ['atomic', 'granular', 'odd']],
  ['x-kubernetes-validations', [[{ rule: 'self.none' }], [{ rule: '' }], [{ rule: 'true', fieldPath: '.none' }], [{ rule: 'self == oldSelf', optionalOldSelf: true }], [{ rule: 'true', reason: 'odd' }], [{ rule: 'true', message: 'a\nb' }], [{ rule: 'true' }, { rule: 'true' }], [{ rule: "self.all(x, self.all(y, self.all(z, x == y)))" }]]],
  ['x-unknown', [1]],
] // biome-ignore format: a table

/** Words of the definition itself. */
const others: readonly (readonly [way: readonly (string | number)[], values: readonly unknown[]])[] = [
  [['spec', 'scope'], ['cluster', '', undefined, 'Cluster']],
  [['spec', 'group'], ['', 'a', 'A.b', 'other.example.com', undefined]],
  [['spec', 'names', 'kind'], ['', 'lower', 'With Space', 'Kind-Dash', undefined, 'KindList']],
  [['spec', 'names', 'listKind'], ['', 'x y']],
  [['spec', 'names', 'plural'], ['', 'Things', 'other', undefined]],
  [['spec', 'names', 'singular'], ['', 'A', 'a.b', 'thing']],
  [['spec', 'names', 'shortNames'], [['A'], [''], ['a b'], ['ok', 'ok']]],
  [['spec', 'names', 'categories'], [['A'], [''], ['all', 'all']]],
  [['spec', 'versions'], [[], undefined, null]],
  [['spec', 'versions', 0, 'name'], ['', 'V1', 'v1beta1', 'a.b', undefined, 'x'.repeat(70)]],
  [['spec', 'versions', 0, 'served'], [false, undefined]],
  [['spec', 'versions', 0, 'storage'], [true, false, undefined]],
  [['spec', 'versions', 0, 'schema'], [undefined, {}, null, { openAPIV3Schema: {} }, { openAPIV3Schema: { type: 'string' } }, { openAPIV3Schema: { type: 'object', nullable: true } }]],
  [['spec', 'versions', 0, 'subresources'], [{}, { status: null }, { scale: {} }, { scale: { specReplicasPath: '.spec.a', statusReplicasPath: '.status' } }, { scale: { specReplicasPath: '.spec.a[0]', statusReplicasPath: '.status.a', labelSelectorPath: 'x' } }]],
  [['spec', 'versions', 0, 'additionalPrinterColumns'], [[{ name: '', type: 'string', jsonPath: '.a' }], [{ name: 'a', type: 'odd', jsonPath: '.a' }], [{ name: 'a', type: 'string', jsonPath: '' }], [{ name: 'a', type: 'string', jsonPath: '.a[' }], [{ name: 'a', type: 'integer', format: 'odd', jsonPath: 'a' }]]],
  [['spec', 'versions', 0, 'selectableFields'], [[{ jsonPath: '.a' }], [{ jsonPath: '' }], [{ jsonPath: '.spec.a' }, { jsonPath: '.spec.a' }], [{ jsonPath: '.metadata.labels' }], [{}]]],
  [['spec', 'versions', 0, 'deprecationWarning'], ['x', 'a\nb', 'x'.repeat(300)]],
  [['spec', 'conversion'], [{}, { strategy: 'None', webhook: {} }, { strategy: 'Webhook', webhook: { conversionReviewVersions: [] } }, { strategy: 'Webhook', webhook: { clientConfig: { url: 'http://a' }, conversionReviewVersions: ['v1', 'V 2'] } }, { strategy: 'Webhook', webhook: { clientConfig: { service: { name: 'a', namespace: 'b', path: 'x' } }, conversionReviewVersions: ['v2'] } }]],
  [['spec', 'preserveUnknownFields'], [true, false]],
  [['metadata', 'name'], ['other', 'things.other.example.com', 'Things']],
  [['spec', 'odd'], [1]],
  [['status'], [{ storedVersions: ['v1'] }, { conditions: [] }]],
] // biome-ignore format: a table

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Every schema in a definition, those of alternatives too. */
export const schemasIn = (root: unknown): Json[] => {
  if (!isObject(root)) return []
  const inside = [
    ...Object.values(isObject(root.properties) ? root.properties : {}),
    root.items,
    root.additionalProperties,
    root.not,
    ...['allOf', 'anyOf', 'oneOf'].flatMap((name) => (Array.isArray(root[name]) ? (root[name] as unknown[]) : [])),
  ]
  return [root, ...inside.flatMap(schemasIn)]
}

const set = (target: Json, name: string, value: unknown): void => {
  if (value === undefined) delete target[name]
  else target[name] = structuredClone(value)
}

/** Changes one thing of a definition, mostly for the worse. */
export const breakDefinition = (random: Random, body: Json): void => {
  if (random.next() < 0.25) {
    const [way, values] = random.pick(others)
    let target: unknown = body
    for (const step of way.slice(0, -1)) target = (target as Record<string | number, unknown> | undefined)?.[step]
    if (isObject(target) || Array.isArray(target)) set(target as Json, String(way.at(-1)), random.pick(values))
    return
  }
  const { versions } = (body.spec ?? {}) as { versions?: { schema?: { openAPIV3Schema?: unknown } }[] }
  const schemas = (Array.isArray(versions) ? versions : []).flatMap((version) => schemasIn(version?.schema?.openAPIV3Schema))
  if (schemas.length === 0) return
  const [name, values] = random.pick(words)
  set(random.pick(schemas), name, random.pick(values))
}
