import type { Schema, SchemaTable } from '../../meta/schema.ts'
import type { DescriptionTable } from '../../resources/schemas.ts'
import { type BasicType, basicTypes, patchType } from './basic-types.ts'
import type { GroupVersionKind } from './kinds.ts'

/** How one version of OpenAPI says what differs between the two. */
export interface Dialect {
  readonly refPrefix: string
  /** a reference that has a description or extensions beside it */
  readonly annotated: (ref: string) => Record<string, unknown>
  readonly basic: (type: BasicType) => Record<string, unknown>
}

export const v2: Dialect = {
  refPrefix: '#/definitions/',
  annotated: (ref) => ({ $ref: ref }),
  basic: (type) => type.v2,
}

export const v3: Dialect = {
  refPrefix: '#/components/schemas/',
  // a sibling of $ref doesn't count there
  annotated: (ref) => ({ allOf: [{ $ref: ref }] }),
  basic: (type) => ({ ...type.v2, ...type.v3 }),
}

export interface ComponentSources {
  readonly schemas: SchemaTable
  readonly descriptions: DescriptionTable
  readonly kinds: ReadonlyMap<string, readonly GroupVersionKind[]>
}

/** The types that the roots need, all the way down, with their descriptions. */
export const components = (roots: Iterable<string>, dialect: Dialect, sources: ComponentSources): Record<string, unknown> => {
  const found = new Map<string, Record<string, unknown>>([[patchType.name, dialect.basic(patchType)]])
  const pending = [...roots]
  const refer = (name: string) => {
    pending.push(name)
    return dialect.refPrefix + name
  }
  const referToBasic = (type: BasicType) => {
    if (!found.has(type.name)) found.set(type.name, dialect.basic(type))
    return dialect.refPrefix + type.name
  }
  const typeOf = (schema: Schema, annotated: boolean): Record<string, unknown> => {
    const basic = schema.format === undefined ? undefined : basicTypes[schema.format]
    const ref = basic ? referToBasic(basic) : schema.ref === undefined ? undefined : refer(schema.ref)
    if (ref !== undefined) return annotated ? dialect.annotated(ref) : { $ref: ref }
    const { type, format, items, additionalProperties } = schema
    return {
      ...(type ? { type } : {}),
      ...(format ? { format } : {}),
      ...(items ? { items: typeOf(items, false) } : {}),
      ...(additionalProperties ? { additionalProperties: typeOf(additionalProperties, false) } : {}),
    }
  }
  const fieldOf = (schema: Schema, description: string) => ({
    ...typeOf(schema, true),
    ...(description ? { description } : {}),
    ...extensions(schema),
  })
  const structOf = (name: string, schema: Schema) => {
    const [description, fields] = sources.descriptions[name] ?? ['', {}]
    const kinds = sources.kinds.get(name)
    return {
      description,
      ...(schema.type ? { type: schema.type } : {}),
      ...(schema.required ? { required: schema.required } : {}),
      properties: Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([field, type]) => [field, fieldOf(type, fields[field] ?? '')]),
      ),
      ...(kinds ? { 'x-kubernetes-group-version-kind': kinds } : {}),
      ...extensions(schema),
    }
  }
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const schema = sources.schemas[name]
    if (schema && !found.has(name)) found.set(name, structOf(name, schema))
  }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

const extensions = (schema: Schema) => ({
  ...(schema.listType ? { 'x-kubernetes-list-type': schema.listType } : {}),
  ...(schema.listMapKeys ? { 'x-kubernetes-list-map-keys': schema.listMapKeys } : {}),
  ...(schema.mapType ? { 'x-kubernetes-map-type': schema.mapType } : {}),
  ...(schema.patchStrategy ? { 'x-kubernetes-patch-strategy': schema.patchStrategy } : {}),
  ...(schema.patchMergeKey ? { 'x-kubernetes-patch-merge-key': schema.patchMergeKey } : {}),
})
