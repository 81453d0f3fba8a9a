import type { Schema, SchemaTable } from '../../meta/schema.ts'
import type { DescriptionTable, PublishedTable } from '../../resources/schemas.ts'
import { basicTypes, patchType } from './basic-types.ts'
import type { CustomType } from './custom-types.ts'
import type { Dialect } from './dialect.ts'
import type { GroupVersionKind } from './kinds.ts'

export interface ComponentSources {
  readonly schemas: SchemaTable
  readonly descriptions: DescriptionTable
  readonly published: PublishedTable
  readonly kinds: ReadonlyMap<string, readonly GroupVersionKind[]>
  /** by the names of their types */
  readonly custom?: ReadonlyMap<string, CustomType> | undefined
}

/** The types that the roots need, all the way down, with their descriptions. */
export const components = (roots: Iterable<string>, dialect: Dialect, sources: ComponentSources): Record<string, unknown> => {
  const found = new Map<string, Record<string, unknown>>()
  const pending = [...roots]
  const refer = (name: string) => {
    pending.push(name)
    return dialect.refPrefix + name
  }
  const typeOf = (schema: Schema, annotated: boolean, allowed?: readonly string[]): Record<string, unknown> => {
    const ref = basicTypes[schema.format ?? '']?.name ?? schema.ref
    if (ref !== undefined) return annotated ? dialect.annotated(refer(ref)) : { $ref: refer(ref) }
    const { type, format, items, additionalProperties } = schema
    return {
      ...(type ? { type } : {}),
      ...(format ? { format } : {}),
      ...(items ? { items: memberOf(items, allowed) } : {}),
      ...(additionalProperties ? { additionalProperties: memberOf(additionalProperties, allowed) } : {}),
      ...(allowed && !items && !additionalProperties ? { enum: allowed } : {}),
    }
  }
  /** An item of a list, or a value of a map: its own empty value is its default. */
  const memberOf = (schema: Schema, allowed: readonly string[] | undefined): Record<string, unknown> => {
    const empty = dialect.defaults ? emptyOf(schema) : undefined
    return { ...typeOf(schema, empty !== undefined, allowed), ...(empty === undefined ? {} : { default: empty }) }
  }
  const fieldOf = (schema: Schema, { description, said }: { description: string; said: PublishedField | undefined }) => ({
    ...typeOf(schema, true, said?.enum),
    ...(description ? { description } : {}),
    ...(dialect.defaults && said && 'default' in said ? { default: said.default } : {}),
    ...extensions(schema),
  })
  const structOf = (name: string, schema: Schema) => {
    const [description, texts] = sources.descriptions[name] ?? ['', {}]
    const { fields, unions } = sources.published[name] ?? { fields: {} }
    const kinds = sources.kinds.get(name)
    return {
      description,
      ...(schema.type ? { type: schema.type } : {}),
      ...(schema.required ? { required: schema.required } : {}),
      ...(schema.properties && Object.keys(schema.properties).length > 0
        ? {
            properties: Object.fromEntries(
              Object.entries(schema.properties).map(([field, type]) => [
                field,
                fieldOf(type, { description: texts[field] ?? '', said: fields[field] }),
              ]),
            ),
          }
        : {}),
      ...(kinds ? { 'x-kubernetes-group-version-kind': kinds } : {}),
      ...(unions ? { 'x-kubernetes-unions': unions } : {}),
      ...extensions(schema),
    }
  }
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (found.has(name)) continue
    const schema = sources.schemas[name]
    const basic = basicByName.get(name)
    const custom = sources.custom?.get(name)
    if (custom) found.set(name, custom(dialect, refer))
    else if (basic) found.set(name, dialect.basic(basic))
    else if (schema) found.set(name, structOf(name, schema))
  }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

type PublishedField = PublishedTable[string]['fields'][string]

const basicByName = new Map([...Object.values(basicTypes), patchType].map((type) => [type.name, type]))

/** undefined: it has none of its own, as what may be anything. */
const emptyOf = ({ ref, type, format }: Schema): unknown => {
  if (ref !== undefined) return {}
  if (format !== undefined && (format in basicTypes || format === 'byte')) return undefined
  return type === 'string' ? '' : type === 'integer' ? 0 : undefined
}

const extensions = (schema: Schema) => ({
  ...(schema.listType ? { 'x-kubernetes-list-type': schema.listType } : {}),
  ...(schema.listMapKeys ? { 'x-kubernetes-list-map-keys': schema.listMapKeys } : {}),
  ...(schema.mapType ? { 'x-kubernetes-map-type': schema.mapType } : {}),
  ...(schema.patchStrategy ? { 'x-kubernetes-patch-strategy': schema.patchStrategy } : {}),
  ...(schema.patchMergeKey ? { 'x-kubernetes-patch-merge-key': schema.patchMergeKey } : {}),
})
