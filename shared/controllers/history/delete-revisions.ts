import type { Client } from '../../client/client.ts'
import { isReason } from '../../meta/status.ts'
import { type ControllerRevision, controllerRevisions } from '../../resources/resource.ts'

export const deleteRevisions = async (
  unused: readonly ControllerRevision[],
  { client }: { readonly client: Client },
): Promise<void> => {
  for (const { metadata } of unused) {
    try {
      await client.delete(controllerRevisions, metadata.namespace ?? '', metadata.name)
    } catch (error) {
      if (!isReason(error, 'NotFound')) throw error
    }
  }
}
