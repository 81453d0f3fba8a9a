import type { KubeObject } from '../meta/object.ts'
import type { ObjectMeta } from '../meta/object-meta.ts'

/** For kinds whose status is updated without their metadata. */
export const keepMetadata = (object: KubeObject, old: KubeObject): void => {
  object.metadata = structuredClone(old.metadata)
}

const reset: readonly (keyof ObjectMeta)[] = [
  'deletionTimestamp',
  'generation',
  'labels',
  'annotations',
  'finalizers',
  'ownerReferences',
]

/** The same, but for what is as it is sent, and refused where it may not change: upstream's ResetObjectMetaForStatus. */
export const resetMetadata = ({ metadata }: KubeObject, { metadata: old }: KubeObject): void => {
  const own = metadata as unknown as Record<string, unknown>
  for (const field of reset) {
    if (old[field] === undefined) delete own[field]
    else own[field] = structuredClone(old[field])
  }
}
