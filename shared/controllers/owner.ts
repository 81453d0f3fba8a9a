import type { Index } from '../client/cache.ts'
import type { Resource } from '../client/client.ts'
import { apiVersionOf, type KubeObject } from '../meta/object.ts'
import type { OwnerReference } from '../meta/object-meta.ts'

/** The owner that manages the object, if any. */
export const controllerOf = ({ metadata }: KubeObject): OwnerReference | undefined =>
  metadata.ownerReferences?.find((reference) => reference.controller)

export const isControlledBy = (object: KubeObject, owner: KubeObject): boolean => {
  const controller = controllerOf(object)
  return controller !== undefined && controller.uid === owner.metadata.uid
}

export const controllerReference = (resource: Resource, owner: KubeObject): OwnerReference => ({
  apiVersion: apiVersionOf(resource.group, resource.version),
  kind: resource.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid ?? '',
  controller: true,
  blockOwnerDeletion: true,
})

/** Objects by their managing owner's uid; those without one stand under `orphans of <namespace>`. */
export const byController = <T extends KubeObject>(resource: Resource<T>): Index<T> => ({
  name: 'controller',
  resource,
  valuesOf: (object) => [controllerOf(object)?.uid ?? orphansOf(object.metadata.namespace ?? '')],
})

export const orphansOf = (namespace: string) => `orphans of ${namespace}`
