import type { KubeObject } from '../../../meta/object.ts'
import type { ObjectMeta } from '../../../meta/object-meta.ts'

const shown: readonly (keyof ObjectMeta)[] = [
  'name',
  'generateName',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'finalizers',
]

/** As much of a Namespace as policies see. */
export const shownNamespace = (namespace: KubeObject): object => {
  const { metadata, spec = {}, status = {} } = namespace as KubeObject & { spec?: object; status?: object }
  const fields = shown.flatMap((name) => (metadata[name] === undefined ? [] : [[name, metadata[name]] as const]))
  return { metadata: Object.fromEntries(fields), spec, status }
}
