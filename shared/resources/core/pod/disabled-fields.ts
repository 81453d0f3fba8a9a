import type { PodSpec } from '../../generated/types.ts'

/** Takes out what upstream has behind feature gates that are off by default, as it does: without a word. */
export const dropDisabledFields = (spec: PodSpec) => {
  delete spec.workloadRef
  for (const { projected } of spec.volumes ?? [])
    for (const source of projected?.sources ?? []) {
      delete source.clusterTrustBundle
      delete source.podCertificate
    }
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    if (container.lifecycle?.stopSignal === undefined) continue
    const { stopSignal: _, ...lifecycle } = container.lifecycle
    container.lifecycle = Object.keys(lifecycle).length > 0 ? lifecycle : undefined
  }
}
