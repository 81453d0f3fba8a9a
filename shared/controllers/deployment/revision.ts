import type { Deployment, ReplicaSet } from '../../resources/resource.ts'
import { maxSurge, replicasOf } from './fenceposts.ts'

export const revisionAnnotation = 'deployment.kubernetes.io/revision'
const historyAnnotation = 'deployment.kubernetes.io/revision-history'
export const desiredReplicasAnnotation = 'deployment.kubernetes.io/desired-replicas'
export const maxReplicasAnnotation = 'deployment.kubernetes.io/max-replicas'
const maxHistoryCharacters = 2000

/** belong to the object they stand on */
const notCopied = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deprecated.deployment.rollback.to',
  revisionAnnotation,
  historyAnnotation,
  desiredReplicasAnnotation,
  maxReplicasAnnotation,
])

type Annotations = Readonly<Record<string, string>>

/** 64 bits, as others may have written it; 0 when there is none or it is no number. */
export const revisionOf = ({ metadata }: Deployment | ReplicaSet): bigint =>
  revisionFrom(metadata.annotations?.[revisionAnnotation]) ?? 0n

export const nextRevision = (old: readonly ReplicaSet[]): bigint => {
  let highest = 0n
  for (const revision of old.map(revisionOf)) if (revision > highest) highest = revision
  return BigInt.asIntN(64, highest + 1n)
}

const revisionFrom = (text: string | undefined): bigint | undefined => {
  if (text === undefined || !/^[+-]?\d{1,19}$/.test(text)) return undefined
  const value = BigInt(text.replace('+', ''))
  return BigInt.asIntN(64, value) === value ? value : undefined
}

/** Annotations that the ReplicaSet of the current template is to have: the Deployment's own, and its revision with the earlier ones it had. */
export const newReplicaSetAnnotations = (deployment: Deployment, current: Annotations, revision: bigint): Annotations => {
  const annotations: Record<string, string> = { ...current }
  for (const [name, value] of Object.entries(deployment.metadata.annotations ?? {}))
    if (!notCopied.has(name)) annotations[name] = value
  const before = current[revisionAnnotation]
  const beforeNumber = before ? revisionFrom(before) : 0n
  if (beforeNumber === undefined || beforeNumber >= revision) return annotations
  annotations[revisionAnnotation] = String(revision)
  // It had a revision already: this is a rollback to it.
  if (before !== undefined) annotations[historyAnnotation] = appendHistory(current[historyAnnotation] ?? '', before)
  return annotations
}

/** What the ReplicaSet's share of a later scaling is reckoned from. */
export const replicasAnnotations = (deployment: Deployment): Annotations => ({
  [desiredReplicasAnnotation]: String(replicasOf(deployment)),
  [maxReplicasAnnotation]: String(replicasOf(deployment) + maxSurge(deployment)),
})

export const hasAnnotations = (annotations: Annotations | undefined, wanted: Annotations): boolean =>
  Object.entries(wanted).every(([name, value]) => annotations?.[name] === value)

export const integer = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined

const appendHistory = (history: string, revision: string): string => {
  const entries = history === '' ? [] : history.split(',')
  while (entries.length && [...entries, revision].join(',').length > maxHistoryCharacters) entries.shift()
  return [...entries, revision].join(',')
}
