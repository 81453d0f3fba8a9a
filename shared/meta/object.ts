import type { NamedObjectMeta } from './object-meta.ts'

/** Any Kubernetes object as it stands in JSON. What is known of a kind beyond this is on its definition. */
export interface KubeObject {
  apiVersion?: string | undefined
  kind?: string | undefined
  metadata: NamedObjectMeta
  [field: string]: unknown
}

/** A list as the API answers it. */
export interface KubeList<T = KubeObject> {
  apiVersion: string
  kind: string
  metadata: { resourceVersion?: string; continue?: string; remainingItemCount?: number }
  items: T[]
}

/** Names one object of a resource. `namespace` is '' for cluster-scoped resources. */
export interface ObjectKey {
  /** plural, with the group after a dot unless it is the core group: `pods`, `deployments.apps` */
  resource: string
  namespace: string
  name: string
}

/** `group` is '' for the core group. */
export interface GroupVersionResource {
  group: string
  version: string
  resource: string
}

/** `pods`, `deployments.apps`: how a resource is named in keys, queues and errors. */
export const resourceName = (group: string, plural: string) => (group === '' ? plural : `${plural}.${group}`)

export const apiVersionOf = (group: string, version: string) => (group === '' ? version : `${group}/${version}`)
