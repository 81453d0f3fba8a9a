import type { KubeObject } from '../meta/object.ts'

/** For kinds whose status is updated without their metadata. */
export const keepMetadata = (object: KubeObject, old: KubeObject): void => {
  object.metadata = structuredClone(old.metadata)
}
