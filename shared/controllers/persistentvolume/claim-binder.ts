import type { Cache } from '../../client/cache.ts'
import { volumeAnnotations } from '../../resources/core/volume/binding.ts'
import { classOf } from '../../resources/core/volume/class-name.ts'
import { defaultStorageClassOf, isDefaultStorageClass } from '../../resources/default-storage-class.ts'
import {
  type PersistentVolumeClaim,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  storageClasses,
} from '../../resources/resource.ts'
import { type Controller, type ReconcileContext, watch } from '../controller.ts'
import { keyOf, ownKey, splitKey } from '../key.ts'
import { isPodTerminal } from '../pod-state.ts'
import { bind, setClaimPhase } from './bind.ts'
import { type ClaimSurroundings, decideClaim } from './decide-claim.ts'
import { candidatesFor, claimKeyOf, podsByClaim, unboundClaimsByClass } from './volume-index.ts'

const unboundOf = (cache: Cache, className: string) => cache.byIndex(unboundClaimsByClass, className).map(keyOf)

/**
 * Binds claims to volumes, or asks a provisioner for one. https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding
 */
export const claimBinder: Controller = {
  name: 'persistentvolume-binder',
  eventComponent: 'persistentvolume-controller',
  watches: [
    watch(persistentVolumeClaims, (claim, previous) => (claim ? ownKey(claim, previous) : [])),
    watch(persistentVolumes, (volume, previous, cache) => {
      const referring = [volume, previous].flatMap((one) => (one && claimKeyOf(one)) ?? [])
      return volume && !volume.spec.claimRef ? [...referring, ...unboundOf(cache, classOf(volume))] : referring
    }),
    watch(storageClasses, (storageClass, _previous, cache) => {
      if (!storageClass) return []
      const own = unboundOf(cache, storageClass.metadata.name)
      return isDefaultStorageClass(storageClass) ? [...own, ...unboundOf(cache, '')] : own
    }),
    // a claim that waits says for which pods
    watch(pods, (pod, previous) => (pod && !previous && !pod.spec.nodeName ? podsByClaim.valuesOf(pod) : [])),
  ],
  reconcile: async (key, context) => {
    const { namespace, name } = splitKey(key)
    const claim = context.cache.get(persistentVolumeClaims, namespace, name)
    if (!claim) return
    const step = decideClaim(claim, surroundingsOf(claim, context))
    const { client, events } = context
    switch (step.does) {
      case 'bind':
        return bind(client, step.volume, claim)
      case 'take class': {
        const spec = { ...claim.spec, storageClassName: step.name }
        await client.update(persistentVolumeClaims, { ...claim, spec })
        return
      }
      case 'ask':
        return ask(claim, step.provisioner, context)
      case 'lose':
        if (claim.status?.phase === 'Lost') return
        await setClaimPhase(client, claim, { phase: 'Lost' })
        return events.record(claim, step.event.type, step.event.reason, step.event.message)
      case 'wait':
        await setClaimPhase(client, claim, { phase: 'Pending' })
        if (step.event) await events.record(claim, step.event.type, step.event.reason, step.event.message)
    }
  },
}

const surroundingsOf = (claim: PersistentVolumeClaim, { cache }: ReconcileContext): ClaimSurroundings => {
  const { volumeName } = claim.spec
  const className = classOf(claim)
  return {
    named: volumeName ? cache.get(persistentVolumes, '', volumeName) : undefined,
    volumes: candidatesFor(claim, cache),
    storageClass: className ? cache.get(storageClasses, '', className) : undefined,
    defaultClass: defaultStorageClassOf(cache.list(storageClasses)),
    waitingPods: cache
      .byIndex(podsByClaim, keyOf(claim))
      .filter((pod) => !isPodTerminal(pod) && !pod.spec.nodeName)
      .map(({ metadata }) => metadata.name),
  }
}

/** Says on the claim whose work it is. */
const ask = async (claim: PersistentVolumeClaim, provisioner: string, { client, events }: ReconcileContext): Promise<void> => {
  const { annotations } = claim.metadata
  if (annotations?.[volumeAnnotations.provisioner] !== provisioner) {
    const asked = { [volumeAnnotations.betaProvisioner]: provisioner, [volumeAnnotations.provisioner]: provisioner }
    await client.update(persistentVolumeClaims, {
      ...claim,
      metadata: { ...claim.metadata, annotations: { ...annotations, ...asked } },
    })
  }
  const message =
    `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system ` +
    'administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.'
  await events.record(claim, 'Normal', 'ExternalProvisioning', message)
}
