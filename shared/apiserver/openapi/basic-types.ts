/** Types that have no fields of their own: what stands in our schemas as a format, by the name OpenAPI has for it. */
export interface BasicType {
  readonly name: string
  readonly v2: Readonly<Record<string, unknown>>
  readonly v3?: Readonly<Record<string, unknown>>
}

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1'

export const basicTypes: Readonly<Record<string, BasicType>> = {
  quantity: {
    name: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
    v2: {
      description:
        'A fixed-point amount: a number with an optional suffix. Decimal suffixes are n, u, m, k, M, G, T, P and E, binary ones Ki, Mi, Gi, Ti, Pi and Ei; an exponent (e3) works too. It is kept exactly and written canonically, with the largest suffix that leaves no fraction: 1.5 is 1500m, 1.5Gi is 1536Mi.',
      type: 'string',
    },
    v3: { type: undefined, oneOf: [{ type: 'string' }, { type: 'number' }] },
  },
  'int-or-string': {
    name: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
    v2: {
      description: 'A 32-bit integer or a string: a port by number or name, an amount or a percentage.',
      type: 'string',
      format: 'int-or-string',
    },
    v3: { type: undefined, oneOf: [{ type: 'integer' }, { type: 'string' }] },
  },
  'date-time': {
    name: `${meta}.Time`,
    v2: { description: 'A time in RFC 3339, in whole seconds.', type: 'string', format: 'date-time' },
  },
  'micro-time': {
    name: `${meta}.MicroTime`,
    v2: { description: 'A time in RFC 3339, in microseconds.', type: 'string', format: 'date-time' },
  },
  'raw-extension': {
    name: 'io.k8s.apimachinery.pkg.runtime.RawExtension',
    v2: { description: 'Any object; what it holds is kept as it is.', type: 'object' },
  },
  'fields-v1': {
    name: `${meta}.FieldsV1`,
    v2: { description: 'A set of fields, as a trie in JSON.', type: 'object' },
  },
  json: {
    name: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON',
    v2: { description: 'Any JSON value: object, list, string, number, boolean or null.' },
  },
}

export const patchType: BasicType = {
  name: `${meta}.Patch`,
  v2: { description: 'The body of a PATCH request.', type: 'object' },
}
