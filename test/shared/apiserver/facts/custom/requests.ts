/** A request about custom resources, and what is told of its answer. */
export interface CustomRequest {
  readonly what: string
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly type?: string
  /** whether the whole answer is a fact, not only its errors */
  readonly whole?: boolean
}

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const group = 'facts.example.com'

type Json = Record<string, unknown>

const crd = (plural: string, versions: Json[], changes: Json = {}): Json => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural, kind: plural.replace(/^./, (one) => one.toUpperCase()) },
    versions,
    ...changes,
  },
})
const version = (schema: Json | undefined, changes: Json = {}): Json => ({
  name: 'v1',
  served: true,
  storage: true,
  ...(schema ? { schema: { openAPIV3Schema: schema } } : {}),
  ...changes,
})
const root = (properties: Json, changes: Json = {}): Json => ({ type: 'object', properties, ...changes })
const spec = (properties: Json, changes: Json = {}): Json => root({ spec: { type: 'object', properties, ...changes } })
const one = (field: Json): Json => spec({ f: field })

/** Each breaks one rule. */
const schemas: Readonly<Record<string, Json | undefined>> = {
  none: undefined,
  'no type': { properties: {} },
  'type array at the root': { type: 'array', items: { type: 'string' } },
  'unknown type': one({ type: 'text' }),
  'type null': one({ type: 'null' }),
  'field without type': one({ description: 'x' }),
  'item without type': one({ type: 'array', items: {} }),
  'array without items': one({ type: 'array' }),
  'items as a list': one({ type: 'array', items: [{ type: 'string' }] }),
  'nullable root': { ...one({ type: 'string' }), nullable: true },
  'additionalProperties at the root': { type: 'object', additionalProperties: { type: 'string' } },
  'additionalProperties and properties': one({
    type: 'object',
    properties: { a: { type: 'string' } },
    additionalProperties: { type: 'string' },
  }),
  'additionalProperties false': one({ type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false }),
  'metadata with labels': root({ metadata: { type: 'object', properties: { labels: { type: 'object' } } } }),
  'metadata with name': root({ metadata: { type: 'object', properties: { name: { type: 'string', maxLength: 3 } } } }),
  'metadata of type string': root({ metadata: { type: 'string' } }),
  'kind of type integer': root({ kind: { type: 'integer' }, apiVersion: { type: 'string' } }),
  'bad pattern': one({ type: 'string', pattern: '(' }),
  'pattern with look-ahead': one({ type: 'string', pattern: '^(?!x)' }),
  'unique items': one({ type: 'array', items: { type: 'string' }, uniqueItems: true }),
  ref: one({ type: 'string', $ref: '#/x' }),
  id: one({ type: 'string', id: 'x' }),
  'pattern properties': one({ type: 'object', patternProperties: { a: { type: 'string' } } }),
  definitions: one({ type: 'object', definitions: { a: { type: 'string' } } }),
  dependencies: one({ type: 'object', dependencies: { a: ['b'] } }),
  'additional items': one({ type: 'array', items: { type: 'string' }, additionalItems: { type: 'string' } }),
  'anyOf with a type': one({ type: 'string', anyOf: [{ type: 'string' }] }),
  'allOf with a description': one({ type: 'string', allOf: [{ description: 'x' }] }),
  'oneOf with a default': one({ type: 'string', oneOf: [{ default: 'x' }] }),
  'not with properties that are nowhere': one({ type: 'object', not: { properties: { a: { enum: ['x'] } } } }),
  'anyOf with items that are nowhere': one({ type: 'object', anyOf: [{ items: { maxLength: 1 } }] }),
  'allOf about metadata': root({ metadata: { type: 'object' } }, { allOf: [{ properties: { metadata: { maxProperties: 1 } } }] }),
  'anyOf nullable': one({ type: 'string', anyOf: [{ nullable: true }] }),
  'anyOf with additionalProperties': one({ type: 'object', anyOf: [{ additionalProperties: { maxLength: 1 } }] }),
  'int or string': one({ 'x-kubernetes-int-or-string': true }),
  'int or string with anyOf': one({ 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] }),
  'int or string with another anyOf': one({
    'x-kubernetes-int-or-string': true,
    anyOf: [{ type: 'string' }, { type: 'integer' }],
  }),
  'int or string that preserves': one({ 'x-kubernetes-int-or-string': true, 'x-kubernetes-preserve-unknown-fields': true }),
  'preserve false': one({ type: 'object', 'x-kubernetes-preserve-unknown-fields': false }),
  'embedded without type': one({ 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true }),
  'embedded string': one({ type: 'string', 'x-kubernetes-embedded-resource': true }),
  'embedded without properties': one({ type: 'object', 'x-kubernetes-embedded-resource': true }),
  'embedded with additionalProperties': one({
    type: 'object',
    'x-kubernetes-embedded-resource': true,
    additionalProperties: { type: 'string' },
  }),
  'list type of an object': one({ type: 'object', 'x-kubernetes-list-type': 'set' }),
  'unknown list type': one({ type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'bag' }),
  'map without keys': one({ type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'map' }),
  'keys without map': one({
    type: 'array',
    items: { type: 'object', properties: { a: { type: 'string' } } },
    'x-kubernetes-list-map-keys': ['a'],
  }),
  'map of strings': one({
    type: 'array',
    items: { type: 'string' },
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['a'],
  }),
  'map with an unknown key': one({
    type: 'array',
    items: { type: 'object', properties: {} },
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['a'],
  }),
  'map with an optional key': one({
    type: 'array',
    items: { type: 'object', properties: { a: { type: 'string' } } },
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['a'],
  }),
  'map with a nullable key': one({
    type: 'array',
    items: { type: 'object', nullable: true, required: ['a'], properties: { a: { type: 'string', nullable: true } } },
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['a', 'a'],
  }),
  'map with an object as key': one({
    type: 'array',
    items: { type: 'object', required: ['a'], properties: { a: { type: 'object' } } },
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['a'],
  }),
  'set of objects': one({ type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'set' }),
  'set of sets': one({
    type: 'array',
    items: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
    'x-kubernetes-list-type': 'set',
  }),
  'map type of a string': one({ type: 'string', 'x-kubernetes-map-type': 'atomic' }),
  'unknown map type': one({ type: 'object', 'x-kubernetes-map-type': 'odd' }),
  'default of the wrong type': one({ type: 'string', default: 1 }),
  'default that is too large': one({ type: 'integer', maximum: 3, default: 5 }),
  'default with unknown fields': one({ type: 'object', properties: { a: { type: 'string' } }, default: { b: 1 } }),
  'default at the root': { ...one({ type: 'string' }), default: {} },
  'default in metadata': root({ metadata: { type: 'object', properties: { name: { type: 'string', default: 'x' } } } }),
  'default of an embedded resource': one({
    type: 'object',
    'x-kubernetes-embedded-resource': true,
    'x-kubernetes-preserve-unknown-fields': true,
    default: { a: 1 },
  }),
  'default outside of an enum': one({ type: 'string', enum: ['a', 'b'], default: 'c' }),
  'rule that is empty': one({ type: 'string', 'x-kubernetes-validations': [{ rule: ' ' }] }),
  'rule with a bad reason': one({ type: 'string', 'x-kubernetes-validations': [{ rule: 'true', reason: 'Odd' }] }),
  'rule over lines': one({ type: 'string', 'x-kubernetes-validations': [{ rule: 'true\n&& true' }] }),
  'rule with a bad path': one({
    type: 'object',
    properties: { a: { type: 'string' } },
    'x-kubernetes-validations': [{ rule: 'true', fieldPath: '.b' }],
  }),
  'rule that is no bool': one({ type: 'string', 'x-kubernetes-validations': [{ rule: 'self' }] }),
  'rule that can not be read': one({ type: 'string', 'x-kubernetes-validations': [{ rule: 'self ==' }] }),
  'rule on a field that is nowhere': one({
    type: 'object',
    properties: { a: { type: 'string' } },
    'x-kubernetes-validations': [{ rule: 'self.b' }],
  }),
  'rule on old items': one({
    type: 'array',
    items: { type: 'string', maxLength: 5, 'x-kubernetes-validations': [{ rule: 'self == oldSelf' }] },
  }),
  'optional old self without old self': one({
    type: 'string',
    'x-kubernetes-validations': [{ rule: 'true', optionalOldSelf: true }],
  }),
  'message that is no string': one({ type: 'string', 'x-kubernetes-validations': [{ rule: 'true', messageExpression: '1' }] }),
  'rule that may cost too much': one({
    type: 'array',
    items: { type: 'string' },
    'x-kubernetes-validations': [{ rule: 'self.all(x, self.all(y, x != y))' }],
  }),
  'rule a little too dear': one({
    type: 'array',
    maxItems: 250_000,
    items: { type: 'integer' },
    'x-kubernetes-validations': [{ rule: 'self.all(x, x > 5 && x < 90 && x != 7 && x != 8 && x != 9 && x != 10)' }],
  }),
  'rule as often as the place may be filled': one({
    type: 'array',
    items: { type: 'string', 'x-kubernetes-validations': [{ rule: 'self.contains("abc")' }] },
  }),
  'message that may cost too much': one({
    type: 'array',
    items: { type: 'string' },
    'x-kubernetes-validations': [{ rule: 'true', messageExpression: 'self.all(x, self.all(y, x != y)) ? "a" : "b"' }],
  }),
  'rules too dear together': spec(
    Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [
        `f${10 + index}`,
        {
          type: 'array',
          maxItems: 150_000 + index * 1000,
          items: { type: 'integer' },
          'x-kubernetes-validations': [{ rule: 'self.all(x, x > 5 && x < 90 && x != 7)' }],
        },
      ]),
    ),
  ),
  'rule on types of its own': one({
    type: 'object',
    properties: { a: { type: 'object', properties: { x: { type: 'string' } } }, b: { type: 'string' } },
    'x-kubernetes-validations': [{ rule: 'self.a == self.b' }],
  }),
  'default that breaks a rule': one({ type: 'integer', default: 1, 'x-kubernetes-validations': [{ rule: 'self > 5' }] }),
  'default that breaks a rule below': one({
    type: 'object',
    default: { a: 'x' },
    properties: { a: { type: 'string', 'x-kubernetes-validations': [{ rule: 'self == "y"', reason: 'FieldValueForbidden' }] } },
  }),
  'default that could not be new': one({
    type: 'integer',
    default: 1,
    'x-kubernetes-validations': [{ rule: 'oldSelf.hasValue()', optionalOldSelf: true }],
  }),
  'default with a rule that can not be read': one({
    type: 'integer',
    default: 1,
    'x-kubernetes-validations': [{ rule: 'self ==' }],
  }),
  'unknown format': one({ type: 'string', format: 'odd' }),
  'a word that no structural schema has': one({ type: 'string', $schema: 'a' }),
  'a path of a rule where no structural schema is': one({
    type: 'object',
    id: 'a',
    'x-kubernetes-validations': [{ rule: 'true', fieldPath: '.none' }],
  }),
  'a rule that can not be read beside something else': spec({
    a: { type: 'string', 'x-kubernetes-validations': [{ rule: 'self ==' }] },
    b: { type: 'string', uniqueItems: true },
  }),
  'a rule that can not be read around something else': one({
    type: 'object',
    properties: { a: { type: 'string', uniqueItems: true } },
    'x-kubernetes-validations': [{ rule: 'self ==' }],
  }),
  'nulls for integers or texts by default': one({
    type: 'array',
    items: { 'x-kubernetes-int-or-string': true },
    default: [null],
  }),
}

const good = one({ type: 'string' })
const names = { plural: 'broken', kind: 'Broken' }

const others: Readonly<Record<string, Json>> = {
  'a name that is not its plural and group': { ...crd('broken', [version(good)]), metadata: { name: 'broken' } },
  'a group without a dot': { ...crd('broken', [version(good)], { group: 'facts' }), metadata: { name: 'broken.facts' } },
  'a protected group': {
    ...crd('broken', [version(good)], { group: 'facts.k8s.io' }),
    metadata: { name: 'broken.facts.k8s.io' },
  },
  'no scope': crd('broken', [version(good)], { scope: '' }),
  'an unknown scope': crd('broken', [version(good)], { scope: 'Galaxy' }),
  'no versions': crd('broken', []),
  'no storage version': crd('broken', [version(good, { storage: false })]),
  'two storage versions': crd('broken', [version(good), version(good, { name: 'v2' })]),
  'a version twice': crd('broken', [version(good), version(good, { storage: false })]),
  'a version that is no name': crd('broken', [version(good, { name: 'V1.0' })]),
  'a kind that is no name': crd('broken', [version(good)], { names: { ...names, kind: 'Bro ken' } }),
  'the same kind and list kind': crd('broken', [version(good)], { names: { ...names, listKind: 'Broken' } }),
  'bad short names and categories': crd('broken', [version(good)], {
    names: { ...names, shortNames: ['A'], categories: ['B!'] },
  }),
  preserveUnknownFields: crd('broken', [version(good)], { preserveUnknownFields: true }),
  'a column without a type': crd('broken', [
    version(good, { additionalPrinterColumns: [{ name: 'a', jsonPath: '.spec', type: '' }] }),
  ]),
  'odd columns': crd('broken', [
    version(good, { additionalPrinterColumns: [{ name: '', jsonPath: 'spec', type: 'odd', format: 'odd' }] }),
  ]),
  'a scale without paths': crd('broken', [
    version(good, { subresources: { scale: { specReplicasPath: '', statusReplicasPath: '' } } }),
  ]),
  'a scale with odd paths': crd('broken', [
    version(good, {
      subresources: { scale: { specReplicasPath: '.status.a', statusReplicasPath: 'x', labelSelectorPath: '.metadata' } },
    }),
  ]),
  'a selectable field that is nowhere': crd('broken', [version(good, { selectableFields: [{ jsonPath: '.spec.x' }] })]),
  'selectable fields that are odd': crd('broken', [
    version(good, {
      selectableFields: [{ jsonPath: '.spec' }, { jsonPath: '.spec.f' }, { jsonPath: '.spec.f' }, { jsonPath: '.spec[f]' }],
    }),
  ]),
  'a warning of what is not deprecated': crd('broken', [version(good, { deprecationWarning: 'x' })]),
  'an empty warning': crd('broken', [version(good, { deprecated: true, deprecationWarning: '' })]),
  'an unknown strategy': crd('broken', [version(good)], { conversion: { strategy: 'Magic' } }),
  'a webhook that is nowhere': crd('broken', [version(good)], { conversion: { strategy: 'Webhook' } }),
  'a webhook without versions': crd('broken', [version(good)], {
    conversion: { strategy: 'Webhook', webhook: { clientConfig: { url: 'http://x/y?z' }, conversionReviewVersions: ['v9'] } },
  }),
  'a webhook without its strategy': crd('broken', [version(good)], {
    conversion: { strategy: 'None', webhook: { clientConfig: { url: 'https://x' }, conversionReviewVersions: ['v1'] } },
  }),
  'status and a root with anyOf': crd('broken', [
    version({ ...good, anyOf: [{ required: ['spec'] }] }, { subresources: { status: {} } }),
  ]),
  'different schemas of versions': crd('broken', [version(one({})), version(good, { name: 'v2', storage: false })]),
}

const thingSchema = root({
  spec: {
    type: 'object',
    required: ['name'],
    properties: {
      name: { type: 'string', minLength: 2, maxLength: 5, pattern: '^[a-z]+$' },
      color: { type: 'string', enum: ['red', 'green'], default: 'red' },
      count: { type: 'integer', minimum: 1, maximum: 10, multipleOf: 2 },
      ratio: { type: 'number', minimum: 0, exclusiveMinimum: true },
      flag: { type: 'boolean' },
      port: { 'x-kubernetes-int-or-string': true },
      maybe: { type: 'string', nullable: true },
      when: { type: 'string', format: 'date-time' },
      mail: { type: 'string', format: 'email' },
      link: { type: 'string', format: 'uri' },
      free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      labels: { type: 'object', maxProperties: 2, additionalProperties: { type: 'string' } },
      list: { type: 'array', minItems: 1, maxItems: 2, items: { type: 'string' } },
      set: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
      map: {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['key'],
        items: {
          type: 'object',
          required: ['key'],
          properties: { key: { type: 'string' }, value: { type: 'integer', maximum: 5 } },
        },
      },
      choice: {
        type: 'object',
        properties: { a: { type: 'string' }, b: { type: 'string' } },
        oneOf: [{ required: ['a'] }, { required: ['b'] }],
      },
      any: { type: 'string', anyOf: [{ maxLength: 1 }, { pattern: '^long' }] },
      all: { type: 'string', allOf: [{ minLength: 2 }, { pattern: '^x' }] },
      no: { type: 'string', not: { enum: ['bad'] } },
      inner: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
      ruled: {
        type: 'object',
        properties: {
          min: { type: 'integer' },
          max: { type: 'integer' },
          fixed: { type: 'string', 'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'is fixed' }] },
        },
        'x-kubernetes-validations': [
          { rule: '!has(self.min) || !has(self.max) || self.min <= self.max' },
          {
            rule: '!has(self.max) || self.max < 100',
            messageExpression: '"max " + "is too much"',
            reason: 'FieldValueForbidden',
            fieldPath: '.max',
          },
        ],
      },
    },
  },
  status: { type: 'object', properties: { replicas: { type: 'integer' }, state: { type: 'string', enum: ['ok'] } } },
})

const things = crd('things', [
  version(thingSchema, {
    subresources: { status: {}, scale: { specReplicasPath: '.spec.count', statusReplicasPath: '.status.replicas' } },
    additionalPrinterColumns: [
      { name: 'Color', type: 'string', jsonPath: '.spec.color' },
      { name: 'Count', type: 'integer', jsonPath: '.spec.count' },
      { name: 'First', type: 'string', jsonPath: '.spec.map[?(@.key=="a")].value', priority: 1 },
      { name: 'Labels', type: 'string', jsonPath: '.spec.labels' },
    ],
    selectableFields: [{ jsonPath: '.spec.color' }],
  }),
  version(root({ spec: { type: 'object', properties: { name: { type: 'string' }, color: { type: 'string' } } } }), {
    name: 'v1beta1',
    storage: false,
    deprecated: true,
  }),
])

const looseGroup = 'loose.example.com'
const loose = {
  ...crd(
    'loose',
    [
      version(
        root({
          spec: {
            type: 'object',
            properties: {
              few: { type: 'array', maxItems: 1, items: { type: 'string' } },
              pick: { type: 'number', enum: [1, 2] },
              code: { type: 'integer', enum: ['a', 5] },
              most: { type: 'integer', maximum: 100 },
              text: { type: 'string' },
              free: { 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
          status: { type: 'object', properties: { replicas: { type: 'integer' } } },
        }),
        { subresources: { status: {}, scale: { specReplicasPath: '.spec.none', statusReplicasPath: '.status.replicas' } } },
      ),
    ],
    { group: looseGroup, scope: 'Cluster', conversion: { strategy: 'None', webhook: { conversionReviewVersions: [] } } },
  ),
  metadata: { name: `loose.${looseGroup}` },
}
const loosePath = `/apis/${looseGroup}/v1/loose`
const looseThing = (value: Json, others: Json = {}): Json => ({
  apiVersion: `${looseGroup}/v1`,
  kind: 'Loose',
  metadata: { name: 'one' },
  spec: value,
  ...others,
})
const looseScale = (replicas: number): Json => ({
  apiVersion: 'autoscaling/v1',
  kind: 'Scale',
  metadata: { name: 'one' },
  spec: { replicas },
})
const looseValues: Readonly<Record<string, Json>> = {
  'one item too many': { few: ['a', 'b'] },
  'a fraction of what is listed': { pick: 1.5 },
  'a fraction of nothing that is listed': { pick: 3.5 },
  'the code of a character that is listed': { code: 97 },
  'the code of another': { code: 98 },
  'a whole number that is written as none': { most: 1e21 },
  'a whole number where a text is wanted': { text: 1e21 },
  'a long number where a text is wanted': { text: 2 ** 53 },
}

const ruledSpec = (isRuled: boolean): Json => {
  const rules = (...all: Json[]) => (isRuled ? { 'x-kubernetes-validations': all } : {})
  const numbers = { n: { type: 'integer', ...rules({ rule: 'self > 5' }) }, other: { type: 'string' } }
  return spec(
    {
      ...numbers,
      set: { type: 'array', maxItems: 5, 'x-kubernetes-list-type': 'set', items: { type: 'string', maxLength: 5 } },
      plain: { type: 'array', maxItems: 5, items: { type: 'object', properties: numbers } },
      keyed: {
        type: 'array',
        maxItems: 5,
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['key'],
        items: { type: 'object', required: ['key'], properties: { key: { type: 'string', maxLength: 5 }, ...numbers } },
      },
      when: { type: 'string', format: 'date-time', ...rules({ rule: 'self.getFullYear() > 2000' }) },
      secret: {
        type: 'string',
        format: 'byte',
        maxLength: 100,
        ...rules({ rule: 'self.size() == 3', messageExpression: 'self.size() > 3 ? "is too long" : "is too short"' }),
      },
    },
    rules(
      { rule: '!has(self.set) || self.set == ["a", "b"]', message: 'is another set' },
      { rule: '!has(self.set) || (self.set + ["a", "c"]).size() == 3', message: 'is no set' },
      {
        rule: '!has(self.keyed) || self.keyed.size() != 2 || self.keyed == [self.keyed[1], self.keyed[0]]',
        message: 'is no map',
      },
    ),
  )
}

const ruledGroup = 'rules.example.com'
const ruled = {
  ...crd('ruled', [version(ruledSpec(true)), version(ruledSpec(false), { name: 'v1beta1', storage: false })], {
    group: ruledGroup,
  }),
  metadata: { name: `ruled.${ruledGroup}` },
}
const ruledPath = (versionName: string) => `/apis/${ruledGroup}/${versionName}/namespaces/default/ruled`
const ruledThing = (value: Json, versionName = 'v1'): Json => ({
  apiVersion: `${ruledGroup}/${versionName}`,
  kind: 'Ruled',
  metadata: { name: 'one' },
  spec: value,
})

const ruledValues: Readonly<Record<string, Json>> = {
  'a set in another order': { set: ['b', 'a'] },
  'another set': { set: ['b', 'c'] },
  'a list by its keys in another order': { keyed: [{ key: 'a', n: 6 }, { key: 'b' }] },
  'items that break a rule': { plain: [{ n: 1 }, { n: 6 }], keyed: [{ key: 'a', n: 1 }] },
  'a time that is too early': { when: '1999-01-02T03:04:05Z' },
  'bytes of another length': { secret: 'YWJjZA==' },
}

const thing = (name: string, changes: Json = {}, others: Json = {}): Json => ({
  apiVersion: `${group}/v1`,
  kind: 'Things',
  metadata: { name },
  spec: { name: 'abc', ...changes },
  ...others,
})

const values: Readonly<Record<string, Json>> = {
  'a name that is missing': { name: undefined },
  'a name that is too short': { name: 'a' },
  'a name that is too long': { name: 'abcdef' },
  'a name that does not match': { name: 'AB' },
  'a name of a wrong type': { name: 5 },
  'a color that is not there': { color: 'blue' },
  'a count that is too small': { count: 0 },
  'a count that is too large': { count: 12 },
  'a count that is no multiple': { count: 3 },
  'a count with a fraction': { count: 2.5 },
  'a count as text': { count: '2' },
  'a ratio that is zero': { ratio: 0 },
  'a ratio': { ratio: 0.25 },
  'a flag as text': { flag: 'true' },
  'a port': { port: 80 },
  'a port by name': { port: 'http' },
  'a port that is neither': { port: true },
  'a null that may be': { maybe: null },
  'a null that may not be': { flag: null },
  'a time': { when: '2026-01-02T03:04:05Z' },
  'no time': { when: 'noon' },
  'no mail': { mail: 'nobody' },
  'no link': { link: 'a b' },
  'a free object': { free: { a: { b: [1, null] } } },
  'a free list': { free: [1] },
  labels: { labels: { a: 'b' } },
  'labels of a wrong type': { labels: { a: 1 } },
  'too many labels': { labels: { a: 'b', c: 'd', e: 'f' } },
  'an empty list': { list: [] },
  'a list that is too long': { list: ['a', 'b', 'c'] },
  'a list of wrong types': { list: ['a', 1] },
  'a list with null': { list: [null] },
  'a set with one twice': { set: ['a', 'b', 'a', 'a'] },
  'a map with one twice': { map: [{ key: 'a' }, { key: 'b' }, { key: 'a' }] },
  'a map without a key': { map: [{ value: 1 }] },
  'a map with a large value': { map: [{ key: 'a', value: 9 }] },
  'no choice': { choice: {} },
  'a choice of both': { choice: { a: 'x', b: 'y' } },
  'none of any': { any: 'other' },
  'not all of all': { all: 'y' },
  'what must not be': { no: 'bad' },
  'an inner object': { inner: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, other: 1 } },
  'an inner object without a kind': { inner: { a: 1 } },
  'an inner object with a bad name': {
    inner: { apiVersion: 'v1', kind: 'Po d', metadata: { name: 'a/b', labels: { '!': 'x' } } },
  },
  'an inner object with odd metadata': { inner: { apiVersion: 'v1', kind: 'Pod', metadata: { labels: [1] } } },
  'unknown fields': { other: 1, map: [{ key: 'a', odd: 1 }] },
  'a rule that fails': { ruled: { min: 5, max: 3 } },
  'a rule with its own message': { ruled: { max: 200 } },
  'many things that are wrong': { name: 'A', color: 'blue', count: 11, list: [], ruled: { min: 5, max: 3 } },
}

const path = `/apis/${group}/v1/namespaces/default/things`
const beta = `/apis/${group}/v1beta1/namespaces/default/things`
const merge = 'application/merge-patch+json'

export const definedFirst: readonly CustomRequest[] = [
  { what: 'things', method: 'POST', path: definitions, body: things, whole: true },
  { what: 'ruled', method: 'POST', path: definitions, body: ruled },
  { what: 'loose', method: 'POST', path: definitions, body: loose },
]

export const customRequests: readonly CustomRequest[] = [
  ...Object.entries(schemas).map(([what, schema]) => ({
    what: `schema: ${what}`,
    method: 'POST',
    path: `${definitions}?dryRun=All`,
    body: crd('broken', [version(schema)]),
  })),
  ...Object.entries(others).map(([what, body]) => ({
    what: `definition: ${what}`,
    method: 'POST',
    path: `${definitions}?dryRun=All`,
    body,
  })),
  ...Object.entries(values).map(([what, value]) => ({
    what: `object: ${what}`,
    method: 'POST',
    path: `${path}?dryRun=All`,
    body: thing('dry', value),
    whole: true,
  })),
  ...['Strict', 'Ignore'].map((validation) => ({
    what: `object: unknown fields, ${validation}`,
    method: 'POST',
    path: `${path}?dryRun=All&fieldValidation=${validation}`,
    body: { ...thing('dry', { other: 1 }, { more: 1 }), metadata: { name: 'dry', odd: 1 } },
  })),
  ...Object.entries(ruledValues).map(([what, value]) => ({
    what: `rules: ${what}`,
    method: 'POST',
    path: `${ruledPath('v1')}?dryRun=All`,
    body: ruledThing(value),
  })),
  {
    what: 'rules: made by a version without them',
    method: 'POST',
    path: ruledPath('v1beta1'),
    body: ruledThing({ n: 1, plain: [{ n: 1 }], keyed: [{ key: 'a', n: 1 }] }, 'v1beta1'),
  },
  ...Object.entries({
    'what was wrong stays': { other: 'x' },
    'what was wrong changes': { n: 2 },
    'an item changes around what was wrong': { plain: [{ n: 1, other: 'x' }] },
    'an item by its key changes around what was wrong': { keyed: [{ key: 'a', n: 1, other: 'x' }] },
  }).map(([what, change]) => ({
    what: `rules: ${what}`,
    method: 'PATCH',
    path: `${ruledPath('v1')}/one?dryRun=All`,
    type: 'application/merge-patch+json',
    body: { spec: change },
  })),
  ...Object.entries(looseValues).map(([what, value]) => ({
    what: `loose: ${what}`,
    method: 'POST',
    path: `${loosePath}?dryRun=All`,
    body: looseThing(value),
  })),
  ...Object.entries({
    'owners of what is of no type of its own': ['POST', '', looseThing({ free: [1] })],
    'owners after another type': ['PATCH', '/one', { spec: { free: { a: 1 } } }],
    'owners after a text': ['PATCH', '/one', { spec: { free: 'a' } }],
    'owners of what is dropped for its type': ['PATCH', '/one?dryRun=All', { spec: { text: 'a' }, status: 0 }],
    'a null that is applied': ['PATCH', '/one?fieldManager=me', looseThing({ text: null })],
    'a scale whose replicas are not there': ['GET', '/one/scale', undefined],
    'a scale below zero': ['PUT', '/one/scale', looseScale(-1)],
    'a scale of nothing': ['PUT', '/one/scale', looseScale(0)],
    'a scale that no schema knows': ['PUT', '/one/scale', looseScale(5)],
    'a scale by a patch': ['PATCH', '/one/scale', { spec: { replicas: 6 } }],
    'what was scaled': ['GET', '/one', undefined],
  } as Readonly<Record<string, readonly [string, string, Json | undefined]>>).map(
    ([what, [method, below, body]]): CustomRequest => ({
      what: `loose: ${what}`,
      method,
      path: loosePath + below,
      ...(method === 'PATCH' ? { type: !below.includes('fieldManager') ? merge : 'application/apply-patch+yaml' } : {}),
      ...(body ? { body } : {}),
      whole: true,
    }),
  ),
  { what: 'another kind', method: 'POST', path, body: { ...thing('x'), kind: 'Other' } },
  { what: 'another version', method: 'POST', path, body: { ...thing('x'), apiVersion: `${group}/v2` } },
  { what: 'no kind', method: 'POST', path, body: { metadata: { name: 'x' }, spec: { name: 'abc' } } },
  { what: 'a list as body', method: 'POST', path, body: [] },
  { what: 'metadata of a wrong type', method: 'POST', path, body: { ...thing('x'), metadata: { name: 'x', labels: { a: 1 } } } },
  { what: 'a bad name', method: 'POST', path, body: thing('A') },
  {
    what: 'an odd finalizer',
    method: 'POST',
    path: `${path}?dryRun=All`,
    body: { ...thing('x'), metadata: { name: 'x', finalizers: ['odd'] } },
  },
  {
    what: 'one',
    method: 'POST',
    path,
    body: thing(
      'one',
      { count: 2, map: [{ key: 'a', value: 1 }], labels: { a: 'b' }, ruled: { fixed: 'x' } },
      { status: { state: 'bad' } },
    ),
    whole: true,
  },
  { what: 'get', method: 'GET', path: `${path}/one`, whole: true },
  { what: 'get by the other version', method: 'GET', path: `${beta}/one`, whole: true },
  { what: 'nothing of that name', method: 'GET', path: `${path}/two` },
  { what: 'no such subresource', method: 'GET', path: `${path}/one/odd` },
  { what: 'no such version', method: 'GET', path: `/apis/${group}/v2/namespaces/default/things` },
  { what: 'a selector', method: 'GET', path: `${path}?fieldSelector=spec.color=red` },
  { what: 'a selector of nothing', method: 'GET', path: `${path}?fieldSelector=spec.name=x` },
  { what: 'put without a revision', method: 'PUT', path: `${path}/one`, body: thing('one') },
  {
    what: 'put to nothing',
    method: 'PUT',
    path: `${path}/two`,
    body: thing('two', {}, { metadata: { name: 'two', resourceVersion: '1' } }),
  },
  { what: 'a strategic patch', method: 'PATCH', path: `${path}/one`, type: 'application/strategic-merge-patch+json', body: {} },
  { what: 'patch the spec', method: 'PATCH', path: `${path}/one`, type: merge, body: { spec: { color: 'green' } }, whole: true },
  { what: 'patch nothing', method: 'PATCH', path: `${path}/one`, type: merge, body: { spec: { color: 'green' } }, whole: true },
  { what: 'patch what is fixed', method: 'PATCH', path: `${path}/one`, type: merge, body: { spec: { ruled: { fixed: 'y' } } } },
  {
    what: 'patch status by the object',
    method: 'PATCH',
    path: `${path}/one`,
    type: merge,
    body: { status: { replicas: 3 } },
    whole: true,
  },
  {
    what: 'patch status',
    method: 'PATCH',
    path: `${path}/one/status`,
    type: merge,
    body: { status: { replicas: 3 }, spec: { color: 'red' }, metadata: { labels: { a: 'b' } } },
    whole: true,
  },
  {
    what: 'patch status wrongly',
    method: 'PATCH',
    path: `${path}/one/status`,
    type: merge,
    body: { status: { state: 'bad', replicas: 'x' } },
  },
  {
    what: 'patch unknown fields',
    method: 'PATCH',
    path: `${path}/one?fieldValidation=Strict`,
    type: merge,
    body: { spec: { odd: 1 } },
  },
  { what: 'patch the kind', method: 'PATCH', path: `${path}/one`, type: merge, body: { kind: 'Other' } },
  { what: 'patch away what is required', method: 'PATCH', path: `${path}/one`, type: merge, body: { spec: { name: null } } },
  { what: 'scale', method: 'GET', path: `${path}/one/scale`, whole: true },
  { what: 'scale it', method: 'PATCH', path: `${path}/one/scale`, type: merge, body: { spec: { replicas: 4 } }, whole: true },
  { what: 'scale it too far', method: 'PATCH', path: `${path}/one/scale`, type: merge, body: { spec: { replicas: 40 } } },
  {
    what: 'apply',
    method: 'PATCH',
    path: `${path}/one?fieldManager=me`,
    type: 'application/apply-patch+yaml',
    body: { apiVersion: `${group}/v1`, kind: 'Things', spec: { map: [{ key: 'b', value: 2 }] } },
    whole: true,
  },
  {
    what: 'apply a conflict',
    method: 'PATCH',
    path: `${path}/one?fieldManager=me`,
    type: 'application/apply-patch+yaml',
    body: { apiVersion: `${group}/v1`, kind: 'Things', spec: { name: 'xyz' } },
  },
  {
    what: 'apply unknown fields',
    method: 'PATCH',
    path: `${path}/one?fieldManager=me`,
    type: 'application/apply-patch+yaml',
    body: { apiVersion: `${group}/v1`, kind: 'Things', spec: { odd: 1 } },
  },
  { what: 'discovery of the group', method: 'GET', path: `/apis/${group}`, whole: true },
  { what: 'discovery of the version', method: 'GET', path: `/apis/${group}/v1`, whole: true },
  { what: 'discovery of the other version', method: 'GET', path: `/apis/${group}/v1beta1`, whole: true },
  {
    what: 'change the scope',
    method: 'PATCH',
    path: `${definitions}/things.${group}`,
    type: merge,
    body: { spec: { scope: 'Cluster', names: { kind: 'Other' } } },
  },
  {
    what: 'take a stored version away',
    method: 'PATCH',
    path: `${definitions}/things.${group}`,
    type: merge,
    body: { spec: { versions: [version(good, { name: 'v3' })] } },
  },
  { what: 'delete one', method: 'DELETE', path: `${path}/one` },
]
