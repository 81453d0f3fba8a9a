import type { PersistentVolumeClaim, Pod } from '../../resource.ts'

/** The name of the claim that is made for a pod's own volume. */
export const claimOfEphemeral = ({ metadata }: Pod, volume: string): string => `${metadata.name}-${volume}`

export const isClaimForPod = ({ metadata }: PersistentVolumeClaim, pod: Pod): boolean =>
  metadata.namespace === pod.metadata.namespace &&
  metadata.ownerReferences?.some(({ controller, uid }) => controller && uid === pod.metadata.uid) === true

export const notForPod = ({ metadata }: PersistentVolumeClaim, pod: Pod): string => {
  const { namespace } = pod.metadata
  return `PVC ${namespace}/${metadata.name} was not created for pod ${namespace}/${pod.metadata.name} (pod is not owner)`
}
