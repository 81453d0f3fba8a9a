import { preservesUnknown, type Structural } from '../../meta/structural/structural.ts'
import type { JsonSchema } from '../../resources/apiextensions/json-schema.ts'
import type { DescriptionTable } from '../../resources/schemas.ts'
import type { Dialect } from './dialect.ts'
import type { GroupVersionKind } from './kinds.ts'

type Shown = Record<string, unknown>

/** A type of a custom kind, as OpenAPI shows it. `refer` names another type, which is then there too. */
export type CustomType = (dialect: Dialect, refer: (name: string) => string) => Shown

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1'
const objectMeta = `${meta}.ObjectMeta`

export interface CustomTypeSource {
  /** undefined: whatever is stored is kept */
  readonly schema: JsonSchema | undefined
  readonly kind: GroupVersionKind
  readonly listKind: string
  readonly plural: string
  /** of the type: `com.example.v1.CronTab` */
  readonly name: string
  readonly selectable: readonly string[]
  readonly descriptions: DescriptionTable
}

/** Of the kind and its list, by their names. */
export const customTypes = (source: CustomTypeSource): [string, CustomType][] => [
  [source.name, (dialect, refer) => kindType(source, dialect, refer)],
  [source.name.replace(/[^.]+$/, source.listKind), (dialect, refer) => listType(source, dialect, refer)],
]

const typeMeta = ({ descriptions }: CustomTypeSource): Record<'apiVersion' | 'kind', Shown> => {
  const [, texts] = descriptions[`${meta}.Status`] ?? ['', {} as Readonly<Record<string, string>>]
  return {
    apiVersion: { type: 'string', description: texts.apiVersion ?? '' },
    kind: { type: 'string', description: texts.kind ?? '' },
  }
}

const kindType = (source: CustomTypeSource, dialect: Dialect, refer: (name: string) => string): Shown => {
  const { schema, kind } = source
  const extensions = {
    'x-kubernetes-group-version-kind': [kind],
    ...selectableFields(source),
  }
  // A client of the old form would refuse what it is not told of.
  if (!schema || (!dialect.defaults && preservesUnknown(schema as Structural))) return { type: 'object', ...extensions }
  const own = shown(schema, { dialect, refer, source })
  return { ...own, properties: { ...(own.properties as Shown), ...metaProperties({ dialect, refer, source }) }, ...extensions }
}

const selectableFields = ({ selectable }: CustomTypeSource): Shown =>
  selectable.length > 0 ? { 'x-kubernetes-selectable-fields': selectable.map((fieldPath) => ({ fieldPath })) } : {}

interface Showing {
  readonly dialect: Dialect
  readonly refer: (name: string) => string
  readonly source: CustomTypeSource
}

const metadataText =
  "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata"

const metaProperties = ({ dialect, refer, source }: Showing): Shown => ({
  ...typeMeta(source),
  metadata: { ...dialect.annotated(refer(objectMeta)), description: metadataText },
})

const listType = (source: CustomTypeSource, dialect: Dialect, refer: (name: string) => string): Shown => {
  const { kind, listKind, plural, name } = source
  return {
    description: `${listKind} is a list of ${kind.kind}`,
    type: 'object',
    required: ['items'],
    properties: {
      ...typeMeta(source),
      items: {
        description: `List of ${plural}. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md`,
        type: 'array',
        items: { $ref: refer(name) },
      },
      metadata: { ...dialect.annotated(refer(`${meta}.ListMeta`)), description: metadataText },
    },
    'x-kubernetes-group-version-kind': [{ ...kind, kind: listKind }],
    ...selectableFields(source),
  }
}

const shown = (schema: JsonSchema, showing: Showing): Shown => {
  const { properties, items, additionalProperties, externalDocs: _docs, example: _example, ...said } = schema
  const own = showing.dialect.defaults ? unfolded(said) : plain(schema, said)
  const of = (part: JsonSchema) => shown(part, showing)
  const hidden = !showing.dialect.defaults && (schema.nullable || preservesUnknown(schema as Structural))
  const embedded = schema['x-kubernetes-embedded-resource'] && !hidden
  const fields = {
    ...Object.fromEntries(Object.entries(properties ?? {}).map(([name, field]) => [name, of(field)])),
    ...(embedded ? metaProperties(showing) : {}),
  }
  return {
    ...own,
    ...(embedded ? { required: [...new Set([...(said.required ?? []), 'kind', 'apiVersion'])] } : {}),
    ...(!hidden && (properties || embedded) ? { properties: fields } : {}),
    ...(!hidden && items ? { items: of(items) } : {}),
    ...(additionalProperties === undefined
      ? {}
      : { additionalProperties: typeof additionalProperties === 'object' ? of(additionalProperties) : additionalProperties }),
  }
}

const eitherType = [{ type: 'integer' }, { type: 'string' }]

/** An int-or-string says so by alternatives too. */
const unfolded = (said: Shown): Shown => {
  const { anyOf, allOf = [] } = said as JsonSchema
  if (!said['x-kubernetes-int-or-string']) return said
  const known = [anyOf, allOf[0]?.anyOf].some(
    (one) => one?.length === 2 && one[0]?.type === 'integer' && one[1]?.type === 'string',
  )
  if (known) return said
  return anyOf ? { ...said, allOf: [{ anyOf: eitherType }, ...allOf] } : { ...said, anyOf: eitherType }
}

/** What Swagger 2 has words for, and kubectl understands. */
const plain = (
  schema: JsonSchema,
  { allOf: _all, anyOf: _any, oneOf: _one, not: _not, default: _default, nullable, type, ...said }: Shown,
): Shown => {
  const preserves = preservesUnknown(schema as Structural)
  const typeless = nullable || (type === 'array' && (preserves || !schema.items)) || (type === 'object' && preserves)
  const required = schema.required?.filter((name) => !schema.properties?.[name]?.nullable)
  const { required: _required, ...others } = said
  return {
    ...others,
    ...(typeless || type === undefined ? {} : { type }),
    ...(required?.length ? { required } : {}),
  }
}
