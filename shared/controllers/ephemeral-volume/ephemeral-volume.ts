import { claimOfEphemeral, isClaimForPod, notForPod } from '../../resources/core/volume/ephemeral-claim.ts'
import type { Volume } from '../../resources/generated/types.ts'
import { type PersistentVolumeClaim, type Pod, persistentVolumeClaims, pods } from '../../resources/resource.ts'
import { type Controller, type ReconcileContext, watch } from '../controller.ts'
import { keyOf, splitKey } from '../key.ts'
import { controllerReference } from '../owner.ts'
import { podsByClaim } from '../persistentvolume/volume-index.ts'

const needsClaims = ({ metadata, spec }: Pod): boolean =>
  !metadata.deletionTimestamp && (spec.volumes ?? []).some(({ ephemeral }) => ephemeral !== undefined)

/**
 * Makes the claims of pods' own volumes; the garbage collector takes them with their pod.
 * https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/#generic-ephemeral-volumes
 */
export const ephemeralVolumeController: Controller = {
  name: 'ephemeral-volume',
  eventComponent: 'ephemeral_volume',
  watches: [
    watch(pods, (pod, previous) => (pod && !previous && needsClaims(pod) ? [keyOf(pod)] : [])),
    watch(persistentVolumeClaims, (claim, previous, cache) =>
      claim ? [] : cache.byIndex(podsByClaim, keyOf(previous!)).filter(needsClaims).map(keyOf),
    ),
  ],
  reconcile: async (key, context) => {
    const { namespace, name } = splitKey(key)
    const pod = context.cache.get(pods, namespace, name)
    if (!pod || !needsClaims(pod)) return
    for (const volume of pod.spec.volumes ?? []) {
      try {
        await makeClaim(pod, volume, context)
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error)
        await context.events.record(pod, 'Warning', 'FailedBinding', `ephemeral volume ${volume.name}: ${text}`)
        throw error
      }
    }
  },
}

const makeClaim = async (pod: Pod, volume: Volume, { cache, client }: ReconcileContext): Promise<void> => {
  const template = volume.ephemeral?.volumeClaimTemplate
  if (!template) return
  const name = claimOfEphemeral(pod, volume.name)
  const { namespace = '' } = pod.metadata
  const known = cache.get(persistentVolumeClaims, namespace, name)
  if (known) {
    if (isClaimForPod(known, pod)) return
    throw new Error(notForPod(known, pod))
  }
  const { labels, annotations } = template.metadata ?? {}
  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      namespace,
      name,
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ownerReferences: [controllerReference(pods, pod)],
    },
    spec: template.spec,
  } as PersistentVolumeClaim
  try {
    await client.create(persistentVolumeClaims, claim)
  } catch (cause) {
    throw new Error(`create PVC ${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}
