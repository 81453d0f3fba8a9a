import { isReason } from '../../meta/status.ts'
import type { ResourceClaimConsumerReference } from '../../resources/generated/types.ts'
import { type Pod, pods, type ResourceClaim, resourceClaims } from '../../resources/resource.ts'
import { type Controller, type ReconcileContext, watch } from '../controller.ts'
import { ownKey, splitKey } from '../key.ts'
import { claimKeysOf, isPodDone, ownerPodOf } from './claim-of-pod.ts'

const finalizer = 'resource.kubernetes.io/delete-protection'

/**
 * Takes back what is reserved for pods that are gone or done, frees what nobody has reserved any more, and removes claims that were made
 * for a pod which needs them no longer. Reservations are for pods: others are left as they are.
 */
export const resourceClaimController: Controller = {
  name: 'resourceclaim',
  eventComponent: 'resource_claim',
  watches: [
    watch(resourceClaims, (claim, previous) => (claim ? ownKey(claim, previous) : [])),
    watch(pods, (pod, previous) => {
      if (pod) return isPodDone(pod) ? claimKeysOf(pod) : []
      return claimKeysOf(previous!)
    }),
  ],
  reconcile: async (key, context) => {
    const { namespace, name } = splitKey(key)
    const claim = context.cache.get(resourceClaims, namespace, name)
    if (!claim) return
    const reservedFor = claim.status?.reservedFor ?? []
    const foreign = reservedFor.find((reference) => !isForPod(reference))
    if (foreign) {
      context.log.warn('a claim is reserved for what is no pod', { claim: key, ...foreign })
      return
    }
    const valid = reservedFor.filter((reference) => holds(reference, podOf(namespace, reference, context)))
    if (valid.length < reservedFor.length) await release(claim, valid, context)
    else if (valid.length === 0 && isHeld(claim) && claim.metadata.deletionTimestamp) await release(claim, valid, context)
    if (valid.length === 0 && isUnneeded(claim, context)) await remove(claim, context)
  },
}

const isForPod = ({ apiGroup, resource }: ResourceClaimConsumerReference) => !apiGroup && resource === 'pods'

/** What was reserved for a pod was reserved after the pod was made: one that is not here is gone. */
const podOf = (namespace: string, { name }: ResourceClaimConsumerReference, { cache }: ReconcileContext) =>
  cache.get(pods, namespace, name)

const holds = ({ uid }: ResourceClaimConsumerReference, pod: Pod | undefined): boolean =>
  pod !== undefined && pod.metadata.uid === uid && !isPodDone(pod)

const isHeld = ({ metadata }: ResourceClaim): boolean => metadata.finalizers?.includes(finalizer) === true

/** What the scheduler allocated, and holds by the finalizer, is free with its last reservation. */
const release = async (
  claim: ResourceClaim,
  reservedFor: ResourceClaimConsumerReference[],
  { client }: ReconcileContext,
): Promise<void> => {
  const { allocation, ...others } = claim.status ?? {}
  const kept = reservedFor.length === 0 && isHeld(claim) ? undefined : allocation
  const isChanged = kept !== allocation || reservedFor.length < (others.reservedFor?.length ?? 0)
  const status = { ...others, reservedFor, ...(kept && { allocation: kept }) }
  const now = isChanged ? await client.update(resourceClaims, { ...claim, status }, { subresource: 'status' }) : claim
  if (!isHeld(now) || now.status?.allocation) return
  const finalizers = now.metadata.finalizers!.filter((one) => one !== finalizer)
  await client.update(resourceClaims, { ...now, metadata: { ...now.metadata, finalizers } })
}

/** The garbage collector takes those of pods that are gone. */
const isUnneeded = (claim: ResourceClaim, { cache }: ReconcileContext): boolean => {
  const owner = ownerPodOf(claim)
  const pod = owner && cache.get(pods, claim.metadata.namespace ?? '', owner.name)
  return pod !== undefined && (pod.metadata.uid !== owner!.uid || isPodDone(pod))
}

const remove = async ({ metadata }: ResourceClaim, { client }: ReconcileContext): Promise<void> => {
  if (metadata.deletionTimestamp) return
  try {
    await client.delete(resourceClaims, metadata.namespace ?? '', metadata.name, { preconditions: { uid: metadata.uid ?? '' } })
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error
  }
}
