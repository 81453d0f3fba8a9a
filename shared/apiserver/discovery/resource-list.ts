import { createHash } from 'node:crypto'
import { apiVersionOf } from '../../meta/object.ts'
import type { KindDefinition } from '../../resources/definition.ts'
import type { DiscoveredKinds } from '../custom/discovered.ts'
import { verbsOf } from '../registry.ts'

/** An entry of discovery, plain or aggregated: a resource or subresource. */
export interface DiscoveredResource {
  readonly name: string
  readonly singularName: string
  readonly namespaced: boolean
  readonly kind: string
  /** where they differ from the list's */
  readonly group?: string | undefined
  readonly version?: string | undefined
  readonly verbs: readonly string[]
  readonly shortNames?: readonly string[] | undefined
  readonly categories?: readonly string[] | undefined
}

const mainResource = (definition: KindDefinition): DiscoveredResource => ({
  name: definition.plural,
  singularName: definition.singular,
  namespaced: definition.namespaced,
  kind: definition.kind,
  verbs: verbsOf(definition),
  shortNames: definition.shortNames,
  categories: definition.categories,
})

const scaleKind = { kind: 'Scale', group: 'autoscaling', version: 'v1' }

export const subresourcesOf = ({ plural, namespaced, kind, subresources, custom }: KindDefinition): DiscoveredResource[] => {
  const common = (name: string) => ({ name: `${plural}/${name}`, singularName: '', namespaced })
  const verbs = ['get', 'patch', 'update']
  const all = [
    ...(subresources?.status ? [{ ...common('status'), kind, verbs }] : []),
    ...(subresources?.scale ? [{ ...common('scale'), ...scaleKind, verbs }] : []),
    ...Object.entries(subresources?.others ?? {}).map(([name, { kind, group, version, verbs }]) => ({
      ...common(name),
      kind,
      group,
      version,
      verbs,
    })),
  ]
  return custom ? all : all.sort((a, b) => (a.name < b.name ? -1 : 1))
}

export interface GroupVersion {
  readonly group: string
  readonly version: string
}

export const discoverGroupVersion = (registry: DiscoveredKinds, { group, version }: GroupVersion) =>
  registry.definitions
    .filter((one) => one.group === group && one.version === version)
    .toSorted((a, b) => (a.plural < b.plural ? -1 : 1))
    .map((definition) => ({ definition, main: mainResource(definition), subresources: subresourcesOf(definition) }))

/** The plain document of one group and version. */
export const resourceList = (registry: DiscoveredKinds, groupVersion: GroupVersion) => ({
  kind: 'APIResourceList',
  // as old as its kind: the core group's says no version
  ...(groupVersion.group === '' ? {} : { apiVersion: 'v1' }),
  groupVersion: apiVersionOf(groupVersion.group, groupVersion.version),
  resources: discoverGroupVersion(registry, groupVersion).flatMap(({ definition, main, subresources }) => [
    { ...main, ...(isStored(main) ? { storageVersionHash: storageVersionHash(definition) } : {}) },
    ...subresources,
  ]),
})

/** Others are answered and forgotten. */
const isStored = ({ verbs }: DiscoveredResource) => verbs.includes('create') && verbs.includes('get')

/** Tells a client that migrates what is stored whether the stored version has changed. */
const storageVersionHash = ({ group, version, kind, upstreamStores = `${group}/${version}` }: KindDefinition): string =>
  createHash('sha256').update(`${upstreamStores}/${kind}`).digest().subarray(0, 8).toString('base64')
