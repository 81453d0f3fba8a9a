import type { KubeObject } from '../../meta/object.ts'
import type { KindDefinition } from '../../resources/definition.ts'

/** A deleting object that nothing holds any more. */
export const isFinished = (definition: KindDefinition, object: KubeObject): boolean => {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata
  return (
    deletionTimestamp !== undefined && !deletionGracePeriodSeconds && !finalizers?.length && !definition.holdsDeletion?.(object)
  )
}
