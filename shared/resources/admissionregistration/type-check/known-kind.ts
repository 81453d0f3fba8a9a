import { type DeclaredType, declaredType } from '../../../cel/schema/declared-type.ts'
import type { CelSchema } from '../../../cel/schema/schema.ts'
import type { SchemaTable } from '../../../meta/schema.ts'
import { somewhere } from '../../../meta/structural/somewhere.ts'
import { type CustomResourceDefinition, isTrue } from '../../apiextensions/resource.ts'
import type { KindDefinition } from '../../definition.ts'
import { builtInSchema } from './cel-schema.ts'

/** A served kind, and what expressions can know of its objects. */
export interface KnownKind {
  readonly group: string
  readonly version: string
  readonly kind: string
  /** words for it in rules */
  readonly names: readonly string[]
  /** undefined: nobody knows */
  declared(): DeclaredType | undefined
}

export const builtInKind = (definition: KindDefinition, schemas: SchemaTable): KnownKind => {
  const { group, version, kind, plural, singular, schema } = definition
  const declared = once(() => declare(builtInSchema(schema, schemas)))
  return { group, version, kind, names: [plural, singular], declared }
}

const objectMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'

/** One for each version that is served. */
export const customKinds = (crd: CustomResourceDefinition, schemas: SchemaTable): KnownKind[] => {
  if (!isTrue(crd, 'Established')) return []
  const { group, versions } = crd.spec
  const { kind, plural, singular } = crd.status.acceptedNames
  return versions
    .filter(({ served }) => served)
    .map(({ name: version, schema }) => ({
      group,
      version,
      kind,
      names: [plural, singular ?? kind.toLowerCase()],
      declared: once(() => {
        const own = schema?.openAPIV3Schema as CelSchema | undefined
        const metadata = builtInSchema(objectMeta, schemas) ?? { type: 'object' }
        return own && declare(withMetadata({ ...own, 'x-kubernetes-embedded-resource': true }, metadata))
      }),
    }))
}

const text = { type: 'string' }
const isEmbedded = somewhere((schema) => schema['x-kubernetes-embedded-resource'] === true)

/** As OpenAPI tells of whole objects: they have all of their metadata. */
const withMetadata = (schema: CelSchema, metadata: CelSchema): CelSchema => {
  if (!isEmbedded(schema)) return schema
  const { 'x-kubernetes-embedded-resource': whole, properties, items, additionalProperties, ...rest } = schema
  const inside = (one: CelSchema) => withMetadata(one, metadata)
  const fields = Object.entries(properties ?? {}).map(([name, one]) => [name, inside(one)] as const)
  return {
    ...rest,
    ...((properties || whole) && {
      properties: { ...Object.fromEntries(fields), ...(whole && { apiVersion: text, kind: text, metadata }) },
    }),
    ...(items && { items: inside(items) }),
    ...(additionalProperties !== undefined && {
      additionalProperties: typeof additionalProperties === 'object' ? inside(additionalProperties) : additionalProperties,
    }),
  }
}

const declare = (schema: CelSchema | undefined) => schema && declaredType(schema, false)

const once = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
