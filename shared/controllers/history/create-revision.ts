import type { Client, Resource } from '../../client/client.ts'
import { isReason } from '../../meta/status.ts'
import { type ControllerRevision, controllerRevisions } from '../../resources/resource.ts'
import { controllerReference } from '../owner.ts'
import { dataHash, holdsTemplate, type RevisionOwner, revisionName, templatePatch } from './revision.ts'

const hashLabel = 'controller.kubernetes.io/hash'

/** Makes the revision of the owner's template, or finds the one that an earlier run made. Moves on from names that are taken. */
export const createRevision = async (options: {
  client: Client
  owner: RevisionOwner
  ownerResource: Resource
  revision: number
  collisionCount: number
}): Promise<{ revision: ControllerRevision; collisionCount: number }> => {
  const { client, owner, ownerResource, revision } = options
  const { namespace = '', name: ownerName, annotations } = owner.metadata
  const { template } = owner.spec
  const data = templatePatch(template)
  const labels = { ...template.metadata?.labels, [hashLabel]: dataHash(data, options.collisionCount) }
  for (let { collisionCount } = options; ; collisionCount++) {
    const name = revisionName(ownerName, dataHash(data, collisionCount))
    const metadata = { name, namespace, labels, annotations, ownerReferences: [controllerReference(ownerResource, owner)] }
    try {
      const made = { apiVersion: 'apps/v1', kind: 'ControllerRevision', metadata, data, revision } as ControllerRevision
      return { revision: await client.create(controllerRevisions, made), collisionCount }
    } catch (error) {
      if (!isReason(error, 'AlreadyExists')) throw error
      const existing = await client.get(controllerRevisions, namespace, name)
      if (holdsTemplate(existing, template)) return { revision: existing, collisionCount }
    }
  }
}
