import { compareQuantities } from '../../meta/quantity.ts'
import { reachesVolume } from '../../resources/core/volume/affinity.ts'
import { isFullyBound, volumeAnnotations } from '../../resources/core/volume/binding.ts'
import { claimOfEphemeral, isClaimForPod, notForPod } from '../../resources/core/volume/ephemeral-claim.ts'
import { directoriesAnnotation, localDirectory } from '../../resources/core/volume/local-directory.ts'
import { findMatchingVolume, requestOf } from '../../resources/core/volume/matching.ts'
import type { TopologySelectorTerm, Volume } from '../../resources/generated/types.ts'
import type { PersistentVolumeClaim, Pod, StorageClass } from '../../resources/resource.ts'
import type { NodeInfo } from '../node-info.ts'
import { type FilterPlugin, type Rejection, unresolvable } from '../plugin.ts'
import type { VolumeLookups, VolumePlan } from '../volume-state.ts'

const noMatch = "node(s) didn't find available persistent volumes to bind"
const otherNode = "node(s) didn't match PersistentVolume's node affinity"
const noVolume = 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)'

/** A pod goes where its claims' volumes are, or can be: bound ones, free ones that fit, and those that can be made there. */
export const volumeBinding: FilterPlugin = {
  name: 'VolumeBinding',
  refuse: ({ pod, claims }, { lookups: { volumes } }) => {
    if (claims.length === 0) return undefined
    for (const volume of pod.spec.volumes ?? []) {
      const refusal = refusalOf(pod, volume, volumes)
      if (refusal !== undefined) return refusal
    }
    const isImmediate = (claim: PersistentVolumeClaim) => !isFullyBound(claim) && !waitsForConsumer(claim, volumes)
    return claimsOf(pod, claims, volumes).some(isImmediate) ? 'pod has unbound immediate PersistentVolumeClaims' : undefined
  },
  filter: ({ pod, claims }, { lookups: { volumes } }) => {
    if (claims.length === 0) return undefined
    return {
      check: (node) => {
        const outcome = place(claimsOf(pod, claims, volumes), node, volumes)
        return 'reasons' in outcome ? outcome : undefined
      },
      placed: () => claimsOf(pod, claims, volumes).some((claim) => !isFullyBound(claim)),
    }
  },
  reserve: ({ pod, claims }, node, { lookups: { volumes } }) => {
    const needed = claimsOf(pod, claims, volumes)
    if (needed.every(isFullyBound)) return undefined
    const outcome = place(needed, node, volumes)
    return 'reasons' in outcome ? undefined : outcome
  },
}

const refusalOf = (pod: Pod, { name, persistentVolumeClaim, ephemeral }: Volume, volumes: VolumeLookups): string | undefined => {
  if (!persistentVolumeClaim && !ephemeral) return undefined
  const claimName = persistentVolumeClaim?.claimName ?? claimOfEphemeral(pod, name)
  const claim = volumes.claim(pod.metadata.namespace ?? '', claimName)
  const quoted = JSON.stringify(claimName)
  if (!claim) {
    return ephemeral
      ? `waiting for ephemeral volume controller to create the persistentvolumeclaim ${quoted}`
      : `persistentvolumeclaim ${quoted} not found`
  }
  if (claim.status?.phase === 'Lost')
    return `persistentvolumeclaim ${quoted} bound to non-existent persistentvolume ${JSON.stringify(claim.spec.volumeName ?? '')}`
  if (claim.metadata.deletionTimestamp) return `persistentvolumeclaim ${quoted} is being deleted`
  return ephemeral && !isClaimForPod(claim, pod) ? notForPod(claim, pod) : undefined
}

const claimsOf = ({ metadata }: Pod, names: readonly string[], volumes: VolumeLookups): PersistentVolumeClaim[] =>
  names.flatMap((name) => volumes.claim(metadata.namespace ?? '', name) ?? [])

const waitsForConsumer = (claim: PersistentVolumeClaim, volumes: VolumeLookups): boolean =>
  !claim.spec.volumeName && volumes.classOf(claim)?.volumeBindingMode === 'WaitForFirstConsumer'

/** What is to be written so that all claims are had on the node; or why they can't be. */
const place = (claims: readonly PersistentVolumeClaim[], node: NodeInfo, volumes: VolumeLookups): VolumePlan | Rejection => {
  const bound = claims.filter(isFullyBound)
  const rejection = rejectionOfBound(bound, node, volumes)
  if (rejection) return rejection
  const unbound = claims.filter((claim) => !isFullyBound(claim))
  const selected = (claim: PersistentVolumeClaim) => claim.metadata.annotations?.[volumeAnnotations.selectedNode]
  if (unbound.some((claim) => selected(claim) !== undefined && selected(claim) !== node.name)) return unresolvable(noMatch)
  const bindings: { claim: PersistentVolumeClaim; volume: NonNullable<ReturnType<typeof findMatchingVolume>> }[] = []
  const provisions: PersistentVolumeClaim[] = []
  // The smallest is served first, so that it leaves the larger volumes to the others.
  for (const claim of [...unbound].sort((a, b) => compareQuantities(requestOf(a), requestOf(b)))) {
    const isAsked = selected(claim) !== undefined
    const chosen = new Set(bindings.map(({ volume }) => volume.metadata.name))
    const free = () => volumes.candidates(claim).filter(({ metadata }) => !chosen.has(metadata.name))
    const volume = isAsked
      ? undefined
      : findMatchingVolume(claim, { volumes: free(), reaches: (one) => reachesVolume(node.labels, one) })
    if (volume) bindings.push({ claim, volume })
    else if (!canBeMade(volumes.classOf(claim), node)) return unresolvable(noMatch)
    else if (!isAsked) provisions.push(claim)
  }
  return { bindings, provisions }
}

const rejectionOfBound = (
  claims: readonly PersistentVolumeClaim[],
  node: NodeInfo,
  volumes: VolumeLookups,
): Rejection | undefined => {
  for (const { spec } of claims) {
    const volume = volumes.volume(spec.volumeName ?? '')
    if (!volume) return unresolvable(noVolume)
    if (!reachesVolume(node.labels, volume)) return unresolvable(otherNode)
  }
  return undefined
}

const canBeMade = (storageClass: StorageClass | undefined, { node, labels }: NodeInfo): boolean => {
  const { provisioner, allowedTopologies } = storageClass ?? {}
  if (!provisioner || provisioner === 'kubernetes.io/no-provisioner') return false
  // There is no capacity to ask for: a node says that it keeps directories, or that it does not.
  if (provisioner === localDirectory && node.metadata.annotations?.[directoriesAnnotation] === undefined) return false
  return !allowedTopologies?.length || allowedTopologies.some((term) => isWithin(term, labels))
}

const isWithin = ({ matchLabelExpressions = [] }: TopologySelectorTerm, labels: NodeInfo['labels']): boolean =>
  matchLabelExpressions.length > 0 && matchLabelExpressions.every(({ key, values }) => values.includes(labels[key] ?? ''))
