const group = 'compare.example.com'

const definition = (plural: string, kind: string, spec: object) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    names: { plural, kind, singular: kind.toLowerCase(), ...((spec as { names?: object }).names ?? {}) },
    ...without(spec),
  },
})

const without = (spec: object) => Object.fromEntries(Object.entries(spec).filter(([name]) => name !== 'names'))

const text = { type: 'string' }

/** Every word of a schema that says something to clients. */
const wholeSchema = {
  type: 'object',
  description: 'a whole kind',
  required: ['spec'],
  properties: {
    spec: {
      type: 'object',
      description: 'what is wanted',
      required: ['size'],
      properties: {
        size: { type: 'integer', format: 'int32', minimum: 0, maximum: 100, default: 1 },
        mode: { type: 'string', enum: ['fast', 'slow'], default: 'slow' },
        nullable: { type: 'string', nullable: true, default: null },
        port: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] },
        since: { type: 'string', format: 'date-time' },
        ratio: { type: 'number', format: 'double', multipleOf: 0.5, exclusiveMinimum: true, minimum: 0 },
        labels: { type: 'object', additionalProperties: text, maxProperties: 5 },
        names: { type: 'array', items: { ...text, maxLength: 10 }, maxItems: 5, 'x-kubernetes-list-type': 'set' },
        ports: {
          type: 'array',
          maxItems: 10,
          items: {
            type: 'object',
            required: ['port'],
            properties: { port: { type: 'integer' }, protocol: { type: 'string', default: 'TCP' } },
          },
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['port', 'protocol'],
        },
        template: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
        any: { 'x-kubernetes-preserve-unknown-fields': true },
        atomic: { type: 'object', properties: { a: text }, 'x-kubernetes-map-type': 'atomic' },
        choice: {
          type: 'object',
          properties: { a: text, b: text },
          oneOf: [{ required: ['a'] }, { required: ['b'] }],
          not: { required: ['c'] },
        },
      },
      'x-kubernetes-validations': [
        { rule: 'self.size < 100', message: 'too large', reason: 'FieldValueForbidden', fieldPath: '.size' },
      ],
    },
    status: { type: 'object', properties: { replicas: { type: 'integer' }, selector: text } },
  },
}

const columns = [
  { name: 'Size', type: 'integer', format: 'int32', jsonPath: '.spec.size', description: 'how large' },
  { name: 'Mode', type: 'string', jsonPath: '.spec.mode', priority: 1 },
  { name: 'Ports', type: 'string', jsonPath: '.spec.ports[*].port' },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
]

const scale = { specReplicasPath: '.spec.size', statusReplicasPath: '.status.replicas', labelSelectorPath: '.status.selector' }

/** Definitions that differ in all that discovery, OpenAPI and tables tell of. */
export const customDefinitions = [
  definition('wholes', 'Whole', {
    scope: 'Namespaced',
    names: { shortNames: ['wh', 'who'], categories: ['all', 'parts'], listKind: 'Wholes' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: wholeSchema },
        subresources: { status: {}, scale },
        additionalPrinterColumns: columns,
        selectableFields: [{ jsonPath: '.spec.mode' }],
      },
      {
        name: 'v1beta1',
        served: true,
        storage: false,
        deprecated: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
      { name: 'v1alpha1', served: false, storage: false, schema: { openAPIV3Schema: wholeSchema } },
    ],
  }),
  definition('looses', 'Loose', {
    scope: 'Cluster',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  }),
  definition('plains', 'Plain', {
    scope: 'Cluster',
    versions: [
      {
        name: 'v2',
        served: true,
        storage: true,
        deprecated: true,
        deprecationWarning: 'plains are old',
        schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { a: text } } } } },
        subresources: { status: {} },
      },
    ],
  }),
]

/** Where objects of them are made, and what of. */
export const customObjects: readonly { readonly path: string; readonly body: object }[] = [
  {
    path: `/apis/${group}/v1/namespaces/compare/wholes`,
    body: {
      apiVersion: `${group}/v1`,
      kind: 'Whole',
      metadata: { name: 'one', labels: { a: 'b' } },
      spec: {
        ports: [{ port: 1 }, { port: 2, protocol: 'UDP' }],
        any: { b: [1] },
        unknown: 1,
        template: { kind: 'A', apiVersion: 'v1', more: 1 },
      },
    },
  },
  {
    path: `/apis/${group}/v1/namespaces/compare/wholes`,
    body: {
      apiVersion: `${group}/v1`,
      kind: 'Whole',
      metadata: { name: 'two' },
      spec: { size: 100, mode: 'odd', names: ['a', 'a'] },
    },
  },
  {
    path: `/apis/${group}/v1beta1/namespaces/compare/wholes`,
    body: { apiVersion: `${group}/v1beta1`, kind: 'Whole', metadata: { name: 'three' }, spec: { size: 3, more: { c: 1 } } },
  },
  {
    path: `/apis/${group}/v1/looses`,
    body: { apiVersion: `${group}/v1`, kind: 'Loose', metadata: { name: 'one' }, more: { a: 1.5 } },
  },
  {
    path: `/apis/${group}/v2/plains`,
    body: { apiVersion: `${group}/v2`, kind: 'Plain', metadata: { name: 'one' }, spec: { a: 'b' } },
  },
]
