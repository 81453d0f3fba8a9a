import type { KubeObject } from '../meta/object.ts'

/** `namespace/name`, or `name` of a cluster-scoped object. */
export const keyOf = ({ metadata }: KubeObject): string =>
  metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name

export const splitKey = (key: string): { namespace: string; name: string } => {
  const slash = key.indexOf('/')
  return slash < 0 ? { namespace: '', name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}

/** The watch of a controller's own kind. Deletions are looked at too: `reconcile` finds nothing and is done. */
export const ownKey = (object: KubeObject | undefined, previous: KubeObject | undefined): string[] => {
  const known = object ?? previous
  return known ? [keyOf(known)] : []
}
