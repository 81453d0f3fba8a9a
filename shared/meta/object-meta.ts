/** Metadata of every object; the wire shape of meta/v1 ObjectMeta. */
export interface ObjectMeta {
  annotations?: Record<string, string> | undefined
  /** RFC 3339, whole seconds, UTC */
  creationTimestamp?: string | undefined
  deletionGracePeriodSeconds?: number | undefined
  deletionTimestamp?: string | undefined
  finalizers?: string[] | undefined
  generateName?: string | undefined
  generation?: number | undefined
  labels?: Record<string, string> | undefined
  managedFields?: ManagedFieldsEntry[] | undefined
  name?: string | undefined
  namespace?: string | undefined
  ownerReferences?: OwnerReference[] | undefined
  /** decimal; a position in the store's log */
  resourceVersion?: string | undefined
  selfLink?: string | undefined
  uid?: string | undefined
}

export interface OwnerReference {
  apiVersion: string
  blockOwnerDeletion?: boolean | undefined
  controller?: boolean | undefined
  kind: string
  name: string
  uid: string
}

export interface ManagedFieldsEntry {
  apiVersion?: string | undefined
  fieldsType?: string | undefined
  fieldsV1?: unknown
  manager?: string | undefined
  operation?: string | undefined
  subresource?: string | undefined
  time?: string | undefined
}

export type NamedObjectMeta = ObjectMeta & { name: string }
