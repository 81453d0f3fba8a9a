import type { Resource } from '../../client/client.ts'
import type { KubeObject } from '../../meta/object.ts'
import type { PodTemplateSpec } from '../../resources/generated/types.ts'
import type { Pod } from '../../resources/resource.ts'
import { controllerReference } from '../owner.ts'

/** A pod of an owner's template; the server gives it the rest of its name. */
export const podFromTemplate = (template: PodTemplateSpec | undefined, owner: KubeObject, ownerResource: Resource): Pod => {
  const { labels, annotations, finalizers } = template?.metadata ?? {}
  const prefix = `${owner.metadata.name}-`
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      // Upstream drops the dash where the prefix would not be a name with it; a ReplicaSet's name always fits.
      generateName: prefix,
      namespace: owner.metadata.namespace,
      labels,
      annotations,
      finalizers,
      ownerReferences: [controllerReference(ownerResource, owner)],
    } as Pod['metadata'],
    spec: template?.spec ?? { containers: [] },
  }
}
