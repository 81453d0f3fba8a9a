import type { Index } from '../../client/cache.ts'
import { protectionFinalizers } from '../../resources/core/volume/protection.ts'
import { type PersistentVolumeClaim, type Pod, persistentVolumeClaims, pods } from '../../resources/resource.ts'
import { watch } from '../controller.ts'
import { createProtectionController } from './protection.ts'

/** A claim stays as long as a pod that has a node names it. */
export const claimProtectionController = createProtectionController({
  name: 'persistentvolumeclaim-protection',
  resource: persistentVolumeClaims,
  finalizer: protectionFinalizers.persistentvolumeclaims,
  watches: [
    watch(pods, (pod, previous) => {
      if (!pod) return claimsOf(previous!)
      return isShutDown(pod) || !pod.spec.nodeName ? claimsOf(pod) : []
    }),
  ],
  isUsed: (claim, { cache }) =>
    cache.byIndex(podsByClaim, `${claim.metadata.namespace}/${claim.metadata.name}`).some((pod) => uses(pod, claim)),
})

const ephemeralClaim = (pod: Pod, volume: string) => `${pod.metadata.name}-${volume}`

const claimsOf = (pod: Pod): string[] =>
  (pod.spec.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) => {
    if (persistentVolumeClaim) return [`${pod.metadata.namespace}/${persistentVolumeClaim.claimName}`]
    return ephemeral ? [`${pod.metadata.namespace}/${ephemeralClaim(pod, name)}`] : []
  })

const podsByClaim: Index<Pod> = { name: 'claim', resource: pods, valuesOf: claimsOf }

const uses = (pod: Pod, { metadata }: PersistentVolumeClaim): boolean => {
  if (!pod.spec.nodeName) return false
  const isOwner = metadata.ownerReferences?.some(({ controller, uid }) => controller && uid === pod.metadata.uid) === true
  return (pod.spec.volumes ?? []).some(
    ({ name, persistentVolumeClaim, ephemeral }) =>
      persistentVolumeClaim?.claimName === metadata.name ||
      (ephemeral !== undefined && isOwner && !isShutDown(pod) && ephemeralClaim(pod, name) === metadata.name),
  )
}

/** Its node is done with it, or it was ended by force: it may wait itself for its claim to go. */
const isShutDown = ({ metadata }: Pod): boolean =>
  metadata.deletionTimestamp !== undefined && metadata.deletionGracePeriodSeconds === 0
