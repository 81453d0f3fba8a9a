/**
 * Swagger 2 in the protobuf encoding that kubectl asks for (messages of gnostic's openapi.v2). What the messages have no field for
 * (`x-…`) goes into their vendor extensions, as YAML text; JSON is YAML.
 */
export const swaggerProtobuf = (document: unknown): Uint8Array => Buffer.concat(encodeDocument(document))

export const swaggerProtobufTypes = [
  'application/com.github.proto-openapi.spec.v2@v1.0+protobuf',
  'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
] as const

type Encoder = (value: unknown) => Uint8Array[]
type FieldEncoder = (number: number, value: unknown) => Uint8Array[]
type Fields = Readonly<Record<string, readonly [number: number, encode: FieldEncoder]>>

const varint = (value: number): Uint8Array => {
  const bytes: number[] = []
  let rest = value
  while (rest > 0x7f) {
    bytes.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  bytes.push(rest)
  return Uint8Array.from(bytes)
}

const delimited = (number: number, parts: readonly Uint8Array[]): Uint8Array[] => {
  const length = parts.reduce((sum, { byteLength }) => sum + byteLength, 0)
  return [varint(number * 8 + 2), varint(length), ...parts]
}

const text: FieldEncoder = (number, value) => delimited(number, [Buffer.from(String(value))])
const flag: FieldEncoder = (number, value) => [varint(number * 8), varint(value ? 1 : 0)]
const integer: FieldEncoder = (number, value) => [varint(number * 8), varint(Number(value))]
const double: FieldEncoder = (number, value) => {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(Number(value))
  return [varint(number * 8 + 1), bytes]
}
const any: FieldEncoder = (number, value) => delimited(number, text(2, JSON.stringify(value)))

const message =
  (encode: () => Encoder): FieldEncoder =>
  (number, value) =>
    delimited(number, encode()(value))
const repeated =
  (encode: FieldEncoder): FieldEncoder =>
  (number, value) =>
    (value as unknown[]).flatMap((item) => encode(number, item))
/** An object as a list of (name, value). */
const named =
  (encode: FieldEncoder): FieldEncoder =>
  (number, value) =>
    Object.entries(value as object).flatMap(([name, item]) => delimited(number, [...text(1, name), ...encode(2, item)]))
/** A message whose only content is one field. */
const within =
  (inner: number, encode: FieldEncoder): FieldEncoder =>
  (number, value) =>
    delimited(number, encode(inner, value))

const object =
  (fields: Fields, vendorExtension: number): Encoder =>
  (value) =>
    Object.entries(value as object).flatMap(([name, item]) => {
      if (item === undefined) return []
      const field = fields[name]
      if (field) return field[1](field[0], item)
      if (name.startsWith('x-')) return delimited(vendorExtension, [...text(1, name), ...any(2, item)])
      throw new Error(`Swagger has no field "${name}" here`)
    })

const schema = message(() => encodeSchema)
const encodeSchema = object(
  {
    $ref: [1, text],
    format: [2, text],
    title: [3, text],
    description: [4, text],
    default: [5, any],
    multipleOf: [6, double],
    maximum: [7, double],
    exclusiveMaximum: [8, flag],
    minimum: [9, double],
    exclusiveMinimum: [10, flag],
    maxLength: [11, integer],
    minLength: [12, integer],
    pattern: [13, text],
    maxItems: [14, integer],
    minItems: [15, integer],
    uniqueItems: [16, flag],
    maxProperties: [17, integer],
    minProperties: [18, integer],
    required: [19, repeated(text)],
    enum: [20, repeated(any)],
    additionalProperties: [
      21,
      (number, value) => within(typeof value === 'boolean' ? 2 : 1, typeof value === 'boolean' ? flag : schema)(number, value),
    ],
    type: [22, within(1, text)],
    items: [23, within(1, schema)],
    allOf: [24, repeated(schema)],
    properties: [25, within(1, named(schema))],
  },
  31,
)

const bodyParameter = object(
  { description: [1, text], name: [2, text], in: [3, text], required: [4, flag], schema: [5, schema] },
  6,
)
const queryParameter = object(
  {
    required: [1, flag],
    in: [2, text],
    description: [3, text],
    name: [4, text],
    type: [6, text],
    format: [7, text],
    uniqueItems: [20, flag],
  },
  23,
)
const pathParameter = object(
  {
    required: [1, flag],
    in: [2, text],
    description: [3, text],
    name: [4, text],
    type: [5, text],
    format: [6, text],
    uniqueItems: [19, flag],
  },
  22,
)
const parameter: FieldEncoder = (number, value) => {
  const place = (value as { in: string }).in
  if (place === 'body')
    return within(
      1,
      within(
        1,
        message(() => bodyParameter),
      ),
    )(number, value)
  const [inner, encode] = place === 'path' ? ([4, pathParameter] as const) : ([3, queryParameter] as const)
  return within(
    1,
    within(
      2,
      within(
        inner,
        message(() => encode),
      ),
    ),
  )(number, value)
}

const response = message(() => object({ description: [1, text], schema: [2, within(1, schema)] }, 5))
const operation = message(() => encodeOperation)
const encodeOperation = object(
  {
    tags: [1, repeated(text)],
    summary: [2, text],
    description: [3, text],
    operationId: [5, text],
    produces: [6, repeated(text)],
    consumes: [7, repeated(text)],
    parameters: [8, repeated(parameter)],
    responses: [9, within(1, named(within(1, response)))],
    schemes: [10, repeated(text)],
  },
  13,
)

const encodePathItem = object(
  {
    get: [2, operation],
    put: [3, operation],
    post: [4, operation],
    delete: [5, operation],
    options: [6, operation],
    head: [7, operation],
    patch: [8, operation],
    parameters: [9, repeated(parameter)],
  },
  10,
)
const pathItem = message(() => encodePathItem)
const apiKey = message(() => object({ type: [1, text], name: [2, text], in: [3, text], description: [4, text] }, 5))
const info = message(() => object({ title: [1, text], version: [2, text], description: [3, text] }, 7))

const encodeDocument = object(
  {
    swagger: [1, text],
    info: [2, info],
    paths: [8, within(2, named(pathItem))],
    definitions: [9, within(1, named(schema))],
    security: [12, repeated(within(1, named(within(1, repeated(text)))))],
    securityDefinitions: [13, within(1, named(within(2, apiKey)))],
  },
  16,
)
