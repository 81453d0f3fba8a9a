import type { Index } from '../../client/cache.ts'
import { resourceClaimsNamedBy } from '../../resources/core/pod/named-object.ts'
import type { PodResourceClaim } from '../../resources/generated/types.ts'
import { type Pod, pods, type ResourceClaim, resourceClaims } from '../../resources/resource.ts'
import { controllerOf } from '../owner.ts'
import { isPodTerminal } from '../pod-state.ts'

/** On a claim that was made for a pod: which of the pod's claims it is. */
export const podClaimAnnotation = 'resource.kubernetes.io/pod-claim-name'

export type ClaimName =
  | { readonly is: 'named'; readonly name: string; readonly isGenerated: boolean }
  | { readonly is: 'not made' }
  | { readonly is: 'not needed' }

/** Which object stands for a claim of the pod. */
export const claimName = ({ status }: Pod, { name, resourceClaimName }: PodResourceClaim): ClaimName => {
  if (resourceClaimName !== undefined) return { is: 'named', name: resourceClaimName, isGenerated: false }
  const made = status?.resourceClaimStatuses?.find((one) => one.name === name)
  if (!made) return { is: 'not made' }
  return made.resourceClaimName === undefined
    ? { is: 'not needed' }
    : { is: 'named', name: made.resourceClaimName, isGenerated: true }
}

/** It runs no more, or never will. */
export const isPodDone = (pod: Pod): boolean =>
  isPodTerminal(pod) || (pod.metadata.deletionTimestamp !== undefined && !pod.spec.nodeName)

export const claimKeysOf = (pod: Pod): string[] => resourceClaimsNamedBy(pod).map((name) => `${pod.metadata.namespace}/${name}`)

export const podsByClaim: Index<Pod> = { name: 'resource claim', resource: pods, valuesOf: claimKeysOf }

/** The pod that a claim was made for. */
export const ownerPodOf = (claim: ResourceClaim) => {
  const owner = controllerOf(claim)
  return owner?.apiVersion === 'v1' && owner.kind === 'Pod' ? owner : undefined
}

export const claimsByPod: Index<ResourceClaim> = {
  name: 'owning pod',
  resource: resourceClaims,
  valuesOf: (claim) => {
    const owner = ownerPodOf(claim)
    return owner ? [owner.uid] : []
  },
}
