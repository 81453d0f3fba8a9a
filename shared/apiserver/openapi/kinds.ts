import type { SchemaTable } from '../../meta/schema.ts'
import type { KindDefinition, SubresourceInfo } from '../../resources/definition.ts'
import { listKindOf } from '../registry.ts'

export interface GroupVersionKind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1'
export const deleteOptions = `${meta}.DeleteOptions`
export const status = `${meta}.Status`
export const watchEvent = `${meta}.WatchEvent`
/** In each document of a group and version whose objects are stored. */
export const alwaysThere = [deleteOptions, status]

/** The type of a subresource's body: `Eviction` of policy/v1 → `io.k8s.api.policy.v1.Eviction`; undefined when it has no schema (streams). */
export const typeOf = (schemas: SchemaTable, { group, version, kind }: GroupVersionKind): string | undefined => {
  const end = `.${group === '' ? 'core' : group.split('.')[0]}.${version}.${kind}`
  return Object.keys(schemas).find((name) => name.endsWith(end))
}

export const scaleKind: GroupVersionKind = { group: 'autoscaling', version: 'v1', kind: 'Scale' }

export const kindOfSubresource = (definition: KindDefinition, info: SubresourceInfo): GroupVersionKind => ({
  group: info.group ?? definition.group,
  version: info.version ?? definition.version,
  kind: info.kind,
})

/** The type of a kind's lists: `com.example.v1.CronTab` → `com.example.v1.CronTabs`, if that is what they are called. */
export const listTypeOf = (definition: KindDefinition): string =>
  definition.custom ? definition.schema.replace(/[^.]+$/, listKindOf(definition)) : `${definition.schema}List`

/** Which kinds a type is, for x-kubernetes-group-version-kind. */
export const kindsByType = (definitions: readonly KindDefinition[], schemas: SchemaTable): Map<string, GroupVersionKind[]> => {
  const kinds = new Map<string, GroupVersionKind[]>()
  const add = (type: string | undefined, kind: GroupVersionKind) => {
    if (type === undefined || !schemas[type]) return
    const known = kinds.get(type) ?? []
    if (!known.some((other) => sameKind(other, kind))) kinds.set(type, [...known, kind])
  }
  for (const definition of definitions) {
    const { group, version, kind, schema, subresources } = definition
    add(schema, { group, version, kind })
    add(`${schema}List`, { group, version, kind: `${kind}List` })
    add(deleteOptions, { group, version, kind: 'DeleteOptions' })
    add(watchEvent, { group, version, kind: 'WatchEvent' })
    if (subresources?.scale) add(typeOf(schemas, scaleKind), scaleKind)
    for (const info of Object.values(subresources?.others ?? {})) {
      const own = kindOfSubresource(definition, info)
      add(typeOf(schemas, own), own)
    }
  }
  for (const kind of ['APIGroup', 'APIGroupList', 'APIResourceList', 'APIVersions', 'Status'])
    add(`${meta}.${kind}`, { group: '', version: 'v1', kind })
  return kinds
}

const sameKind = (a: GroupVersionKind, b: GroupVersionKind) => a.group === b.group && a.version === b.version && a.kind === b.kind
