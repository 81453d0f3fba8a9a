import type { KubeObject } from '../../meta/object.ts'
import { isDryRun, type ResourceContext } from '../context.ts'
import { admit, mutate } from './admit.ts'
import { attributesOf } from './attributes.ts'

/** Admission of what is asked by being created, and is not stored. */
export const admitCreation = async (context: ResourceContext, object: KubeObject): Promise<void> => {
  const { name = '' } = object.metadata as Partial<KubeObject['metadata']>
  const attributes = attributesOf(context, { operation: 'CREATE', name, object, oldObject: undefined, dryRun: isDryRun(context) })
  await mutate(context.parts, attributes)
  await admit(context.parts, attributes)
}
