import type { Cache, Index } from '../../client/cache.ts'
import type { Resource } from '../../client/client.ts'
import { apiVersionOf, type KubeObject, resourceName } from '../../meta/object.ts'
import type { OwnerReference } from '../../meta/object-meta.ts'
import { customResourceNamed, customResourceOfType, customResources } from '../custom-resources.ts'

/** An object with its resource. */
export interface Item {
  readonly resource: Resource
  readonly object: KubeObject
}

/** Who owns whom, over all kinds, read out of the cache: an index by owner uid for each. */
export interface OwnerGraph {
  /** built-in ones; custom ones are whichever the cache knows */
  readonly resources: readonly Resource[]
  find(key: string, cache: Cache): Item | undefined
  dependentsOf(owner: KubeObject, cache: Cache): Item[]
  /** `unknown`: of a kind or in a place that can't be looked up, so nobody may say that it is gone */
  ownerOf(dependent: Item, reference: OwnerReference, cache: Cache): Item | 'absent' | 'unknown'
  /** whether what a reference means by its uid stands in a namespace that is not the dependent's: nothing is owned from there */
  isInOtherNamespace(dependent: Item, reference: OwnerReference, cache: Cache): boolean
}

export const createOwnerGraph = (resources: readonly Resource[]): OwnerGraph => {
  const byName = new Map(resources.map((resource) => [resourceName(resource.group, resource.resource), resource]))
  const byType = new Map(
    resources.flatMap((resource) =>
      [apiVersionOf(resource.group, resource.version), ...(resource.otherApiVersions ?? [])].map((apiVersion) => [
        typeKey(apiVersion, resource.kind),
        resource,
      ]),
    ),
  )
  const owners = indexesOf('owner uid', ownerUids)
  const uids = indexesOf('uid', ({ metadata }) => [metadata.uid ?? ''])
  const all = (cache: Cache): readonly Resource[] => [...resources, ...customResources(cache)]
  return {
    resources,
    find: (key, cache) => {
      const space = key.indexOf(' ')
      const slash = key.indexOf('/', space)
      const name = key.slice(0, space)
      const resource = byName.get(name) ?? customResourceNamed(cache, name)
      const object = resource && cache.get(resource, key.slice(space + 1, slash), key.slice(slash + 1))
      return object && { resource, object }
    },
    dependentsOf: ({ metadata: { uid = '' } }, cache) => {
      const found: Item[] = []
      for (const resource of all(cache))
        for (const object of cache.byIndex(owners(resource), uid)) found.push({ resource, object })
      return found
    },
    ownerOf: (dependent, reference, cache) => {
      const { apiVersion, kind } = reference
      const resource = byType.get(typeKey(apiVersion, kind)) ?? customResourceOfType(cache, apiVersion, kind)
      if (!resource || (resource.namespaced && !dependent.resource.namespaced)) return 'unknown'
      const namespace = resource.namespaced ? (dependent.object.metadata.namespace ?? '') : ''
      const object = cache.get(resource, namespace, reference.name)
      return object && object.metadata.uid === reference.uid ? { resource, object } : 'absent'
    },
    isInOtherNamespace: ({ object }, { uid }, cache) =>
      all(cache)
        .filter(({ namespaced }) => namespaced)
        .flatMap((resource) => cache.byIndex(uids(resource), uid))
        .some(({ metadata }) => metadata.namespace !== object.metadata.namespace),
  }
}

/** One for each resource, made when it is first asked for. */
const indexesOf = (name: string, valuesOf: Index<KubeObject>['valuesOf']): ((resource: Resource) => Index<KubeObject>) => {
  const made = new Map<string, Index<KubeObject>>()
  const known = new WeakMap<Resource, Index<KubeObject>>()
  return (resource) => {
    const again = known.get(resource)
    if (again) return again
    const key = resourceName(resource.group, resource.resource)
    const index = made.get(key) ?? { name, resource, valuesOf }
    made.set(key, index)
    known.set(resource, index)
    return index
  }
}

const typeKey = (apiVersion: string, kind: string) => `${apiVersion} ${kind}`

export const itemKey = ({ resource, object: { metadata } }: Item): string =>
  `${resourceName(resource.group, resource.resource)} ${metadata.namespace ?? ''}/${metadata.name}`

const ownerUids = ({ metadata }: KubeObject): string[] => metadata.ownerReferences?.map(({ uid }) => uid) ?? []
