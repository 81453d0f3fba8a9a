import type { Cache, Index } from '../../client/cache.ts'
import type { Resource } from '../../client/client.ts'
import { apiVersionOf, type KubeObject, resourceName } from '../../meta/object.ts'
import type { OwnerReference } from '../../meta/object-meta.ts'

/** An object with its resource. */
export interface Item {
  readonly resource: Resource
  readonly object: KubeObject
}

/** Who owns whom, over all kinds, read out of the cache: an index by owner uid for each. */
export interface OwnerGraph {
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
  const indexes = resources.map((resource): Index<KubeObject> => ({ name: 'owner uid', resource, valuesOf: ownerUids }))
  const byUid = resources
    .filter(({ namespaced }) => namespaced)
    .map((resource): Index<KubeObject> => ({ name: 'uid', resource, valuesOf: ({ metadata }) => [metadata.uid ?? ''] }))
  return {
    resources,
    find: (key, cache) => {
      const space = key.indexOf(' ')
      const slash = key.indexOf('/', space)
      const resource = byName.get(key.slice(0, space))
      const object = resource && cache.get(resource, key.slice(space + 1, slash), key.slice(slash + 1))
      return object && { resource, object }
    },
    dependentsOf: ({ metadata }, cache) =>
      indexes.flatMap((index) =>
        cache.byIndex(index, metadata.uid ?? '').map((object) => ({ resource: index.resource, object })),
      ),
    ownerOf: (dependent, reference, cache) => {
      const resource = byType.get(typeKey(reference.apiVersion, reference.kind))
      if (!resource || (resource.namespaced && !dependent.resource.namespaced)) return 'unknown'
      const namespace = resource.namespaced ? (dependent.object.metadata.namespace ?? '') : ''
      const object = cache.get(resource, namespace, reference.name)
      return object && object.metadata.uid === reference.uid ? { resource, object } : 'absent'
    },
    isInOtherNamespace: ({ object }, { uid }, cache) =>
      byUid
        .flatMap((index) => cache.byIndex(index, uid))
        .some(({ metadata }) => metadata.namespace !== object.metadata.namespace),
  }
}

const typeKey = (apiVersion: string, kind: string) => `${apiVersion} ${kind}`

export const itemKey = ({ resource, object: { metadata } }: Item): string =>
  `${resourceName(resource.group, resource.resource)} ${metadata.namespace ?? ''}/${metadata.name}`

const ownerUids = ({ metadata }: KubeObject): string[] => metadata.ownerReferences?.map(({ uid }) => uid) ?? []
