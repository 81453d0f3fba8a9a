import { resourceName } from '../meta/object.ts'
import type { SchemaTable } from '../meta/schema.ts'
import type { KindDefinition, ServedVersion } from '../resources/definition.ts'
import { allVersions, handledAs } from '../resources/served-version.ts'
import type { Conversions } from './custom/conversions.ts'

/** What answers a path. */
export interface ServedKind {
  readonly definition: KindDefinition
  /** undefined: the version that is stored */
  readonly servedAs: ServedVersion | undefined
  /** of a custom kind: its types, beside the built-in ones */
  readonly schemas?: SchemaTable | undefined
  /** aborts when the kind is no longer this one */
  readonly ended?: AbortSignal | undefined
  /** what its definition's conversions have to wait for, for this one request; undefined: nothing */
  readonly conversions?: Conversions | undefined
}

/** The kinds that a server serves. */
export interface Registry {
  /** under each of their groups and versions */
  readonly definitions: readonly KindDefinition[]
  find(group: string, version: string, plural: string): ServedKind | undefined
  /** by the name keys use: `deployments.apps` */
  byResource(resource: string): KindDefinition | undefined
  hasGroupVersion(group: string, version: string): boolean
  /** whether an APIService may lead it elsewhere */
  yields(group: string, version: string): boolean
}

export const resourceOf = (definition: KindDefinition) => resourceName(definition.group, definition.plural)

export const listKindOf = ({ kind, listKind = `${kind}List` }: KindDefinition) => listKind

export const createRegistry = (definitions: readonly KindDefinition[]): Registry => {
  const served = definitions.flatMap((one): ServedKind[] => [
    { definition: one, servedAs: undefined },
    ...(one.servedAs ?? []).map((servedAs) => ({ definition: handledAs(one, servedAs), servedAs })),
  ])
  const byPath = new Map(
    served.map((one) => {
      const { group, version } = one.servedAs ?? one.definition
      return [`${group}/${version}/${one.definition.plural}`, one]
    }),
  )
  const byResource = new Map(definitions.map((one) => [resourceOf(one), one]))
  const all = allVersions(definitions)
  const groupVersions = new Set(all.map((one) => `${one.group}/${one.version}`))
  const yielding = new Set(all.filter(({ yields }) => yields).map((one) => `${one.group}/${one.version}`))
  return {
    definitions: all,
    find: (group, version, plural) => byPath.get(`${group}/${version}/${plural}`),
    byResource: (resource) => byResource.get(resource),
    hasGroupVersion: (group, version) => groupVersions.has(`${group}/${version}`),
    yields: (group, version) => yielding.has(`${group}/${version}`),
  }
}

const defaultVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'] as const

export const verbsOf = (definition: KindDefinition): readonly string[] => definition.verbs ?? defaultVerbs
