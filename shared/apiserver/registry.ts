import { resourceName } from '../meta/object.ts'
import type { KindDefinition } from '../resources/definition.ts'

/** The kinds that a server serves. */
export interface Registry {
  readonly definitions: readonly KindDefinition[]
  find(group: string, version: string, plural: string): KindDefinition | undefined
  /** by the name keys use: `deployments.apps` */
  byResource(resource: string): KindDefinition | undefined
  hasGroupVersion(group: string, version: string): boolean
}

export const resourceOf = (definition: KindDefinition) => resourceName(definition.group, definition.plural)

export const createRegistry = (definitions: readonly KindDefinition[]): Registry => {
  const byPath = new Map(definitions.map((one) => [`${one.group}/${one.version}/${one.plural}`, one]))
  const byResource = new Map(definitions.map((one) => [resourceOf(one), one]))
  const groupVersions = new Set(definitions.map((one) => `${one.group}/${one.version}`))
  return {
    definitions,
    find: (group, version, plural) => byPath.get(`${group}/${version}/${plural}`),
    byResource: (resource) => byResource.get(resource),
    hasGroupVersion: (group, version) => groupVersions.has(`${group}/${version}`),
  }
}

const defaultVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'] as const

export const verbsOf = (definition: KindDefinition): readonly string[] => definition.verbs ?? defaultVerbs
