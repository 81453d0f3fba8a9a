import type { OwnerReference } from '../../meta/object-meta.ts'
import type { PodTemplateSpec } from '../../resources/generated/types.ts'
import type { PersistentVolumeClaim, Pod, StatefulSet } from '../../resources/resource.ts'
import { isPodReady, isPodTerminal, untilAvailableMs } from '../pod-state.ts'
import { correctedOwners, hasOtherController, isStaleClaim } from './claim-owners.ts'
import { claimsOf, hasIdentity, hasStorage, newPod, revisionOfPod, withIdentity, withStorage } from './identity.ts'
import { isInRange, isOrdered, ordinalOf, replicasOf, startOrdinal } from './ordinal.ts'

export interface Revision {
  readonly name: string
  readonly template: PodTemplateSpec
}

export interface PlanInput {
  readonly set: StatefulSet
  /** what pods below the partition have */
  readonly current: Revision
  /** what the others are to have */
  readonly update: Revision
  /** all that the set manages */
  readonly pods: readonly Pod[]
  /** of the set's namespace, as far as it is there */
  readonly claim: (name: string) => PersistentVolumeClaim | undefined
  readonly nowMs: number
}

export interface Step {
  /** `claims`: nothing is done to the pod itself */
  readonly verb: 'create' | 'update' | 'delete' | 'claims'
  /** as it is to be */
  readonly pod: Pod
  readonly claims: ClaimSteps
}

export interface ClaimSteps {
  readonly missing: readonly PersistentVolumeClaim[]
  /** names of those that are being deleted: the pod has to wait for others in their place */
  readonly leaving: readonly string[]
  readonly owners: readonly { readonly claim: PersistentVolumeClaim; readonly references: readonly OwnerReference[] }[]
  /** names of those that somebody else controls, so that the retention policy does not count */
  readonly foreign: readonly string[]
}

export interface Plan {
  /** One after the other; steps of a phase too where pods have an order, else in growing batches. What fails ends the plan. */
  readonly phases: readonly (readonly Step[])[]
  /** to go for the rolling update when all else is done */
  readonly outdated: Pod | undefined
  /** every pod that counts in the status, those that are not made yet left out */
  readonly counted: readonly Pod[]
}

/** What is to be done next for a StatefulSet that is to stay. */
export const planStatefulSet = (input: PlanInput): Plan => {
  const { set } = input
  const { replicas, condemned } = partition(input)
  const counted = [...replicas, ...condemned].filter(isCreated)
  const ordered = isOrdered(set)
  const phases: Step[][] = [[]]
  for (const pod of replicas) {
    const { steps, stops } = replicaSteps(pod, input)
    phases[0]!.push(...steps)
    if (ordered && stops) return { phases, outdated: undefined, counted }
  }
  phases.push(condemned.flatMap((pod) => ownerSteps(pod, input)))
  const { doomed, waits } = scaleDown(replicas, condemned, input)
  phases.push(doomed.map(deletion))
  const outdated = ordered && (waits || doomed.length > 0) ? undefined : nextOutdated(replicas, input)
  return { phases, outdated, counted }
}

/** Those that are wanted, by their ordinals, made or not, and those that are not, the highest ordinal first. */
const partition = ({ set, pods, current, update }: PlanInput) => {
  const start = startOrdinal(set)
  const known = new Map<number, Pod>()
  for (const pod of pods) {
    const ordinal = ordinalOf(pod)
    if (ordinal !== undefined) known.set(ordinal, pod)
  }
  const replicas = Array.from({ length: replicasOf(set) }, (_, index) => {
    const ordinal = start + index
    const revision = isBelowPartition(set, index) ? current : update
    return known.get(ordinal) ?? newPod(set, { template: revision.template, revision: revision.name, ordinal })
  })
  const condemned = [...known].filter(([ordinal]) => !isInRange(set, ordinal)).sort(([a], [b]) => b - a)
  return { replicas, condemned: condemned.map(([, pod]) => pod) }
}

/** Whether a new pod, counted from the start, belongs to the current revision. Without a partition as many stay as there were. */
const isBelowPartition = ({ spec, status }: StatefulSet, index: number): boolean => {
  const { type, rollingUpdate } = spec.updateStrategy ?? {}
  if (rollingUpdate) return index < (rollingUpdate.partition ?? 0)
  return type === 'RollingUpdate' && index < (status?.currentReplicas ?? 0)
}

/** `stops`: where pods have an order, nothing further is done before this one is as it should be. */
const replicaSteps = (pod: Pod, input: PlanInput): { steps: Step[]; stops: boolean } => {
  const { set } = input
  // Whatever it ended with: a machine that goes down may make either of it.
  if (isPodTerminal(pod)) return { steps: isLeaving(pod) ? [] : [deletion(pod)], stops: true }
  const claims = claimSteps(pod, input)
  if (!isCreated(pod)) {
    const stale = [...claimsOf(set, pod).values()].some(({ metadata }) => {
      const claim = input.claim(metadata.name)
      return claim !== undefined && isStaleClaim(claim, set, pod)
    })
    return { steps: stale ? [] : [{ verb: 'create', pod, claims }], stops: true }
  }
  const pending = pod.status?.phase === 'Pending'
  const steps: Step[] = pending && hasWork(claims) ? [{ verb: 'claims', pod, claims }] : []
  if (isOrdered(set) && (isLeaving(pod) || !isRunningAndReady(pod) || !isAvailable(pod, input))) return { steps, stops: true }
  const matches = hasIdentity(pod) && hasStorage(set, pod)
  if (matches && (pending || claims.owners.length === 0)) return { steps, stops: false }
  const mended = withStorage(set, withIdentity(set, pod))
  const missing = hasStorage(set, pod) ? { ...claims, missing: [], leaving: [] } : claims
  return { steps: [...steps, { verb: 'update', pod: mended, claims: missing }], stops: false }
}

const ownerSteps = (pod: Pod, input: PlanInput): Step[] => {
  const claims = { ...claimSteps(pod, input), missing: [], leaving: [] }
  return claims.owners.length > 0 ? [{ verb: 'claims', pod, claims }] : []
}

const claimSteps = (pod: Pod, { set, claim: find }: PlanInput): ClaimSteps => {
  const wanted = [...claimsOf(set, pod).values()]
  const found = wanted.flatMap(({ metadata }) => find(metadata.name) ?? [])
  return {
    missing: wanted.filter(({ metadata }) => !find(metadata.name)),
    leaving: found.filter(({ metadata }) => metadata.deletionTimestamp).map(({ metadata }) => metadata.name),
    owners: found.flatMap((claim) => {
      const references = correctedOwners(claim, set, pod)
      return references ? [{ claim, references }] : []
    }),
    foreign: found.filter((claim) => hasOtherController(claim, set, pod)).map(({ metadata }) => metadata.name),
  }
}

const hasWork = ({ missing, leaving, owners }: ClaimSteps) => missing.length + leaving.length + owners.length > 0

/** Where pods have an order one goes at a time, and an unhealthy one only if it is the first of all. */
const scaleDown = (replicas: readonly Pod[], condemned: readonly Pod[], input: PlanInput): { doomed: Pod[]; waits: boolean } => {
  if (!isOrdered(input.set)) return { doomed: condemned.filter((pod) => !isLeaving(pod)), waits: false }
  const [last] = condemned
  if (!last) return { doomed: [], waits: false }
  if (isLeaving(last)) return { doomed: [], waits: true }
  const healthy = isRunningAndReady(last) && isAvailable(last, input)
  const firstUnhealthy = [...replicas, ...[...condemned].reverse()].find((pod) => isUnavailable(pod, input))
  return healthy || last === firstUnhealthy ? { doomed: [last], waits: false } : { doomed: [], waits: true }
}

/** The highest that is not of the update revision, once all above it are available. */
const nextOutdated = (replicas: readonly Pod[], input: PlanInput): Pod | undefined => {
  const { type, rollingUpdate } = input.set.spec.updateStrategy ?? {}
  if (type === 'OnDelete') return undefined
  for (const pod of replicas.slice(rollingUpdate?.partition ?? 0).reverse()) {
    if (revisionOfPod(pod) !== input.update.name && !isLeaving(pod)) return pod
    if (isUnavailable(pod, input)) return undefined
  }
  return undefined
}

const deletion = (pod: Pod): Step => ({
  verb: 'delete',
  pod,
  claims: { missing: [], leaving: [], owners: [], foreign: [] },
})

/** The server gives every pod a phase. */
const isCreated = ({ status }: Pod): boolean => Boolean(status?.phase)
const isLeaving = ({ metadata }: Pod): boolean => metadata.deletionTimestamp !== undefined
export const isRunningAndReady = (pod: Pod): boolean => pod.status?.phase === 'Running' && isPodReady(pod)

const isAvailable = (pod: Pod, { set, nowMs }: Pick<PlanInput, 'set' | 'nowMs'>): boolean =>
  untilAvailableMs(pod, set.spec.minReadySeconds ?? 0, nowMs) === 0

const isUnavailable = (pod: Pod, input: PlanInput): boolean => isLeaving(pod) || !isAvailable(pod, input)
