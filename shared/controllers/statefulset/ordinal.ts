import type { Pod, StatefulSet } from '../../resources/resource.ts'

const longestOrdinal = 2 ** 31 - 1

export const startOrdinal = ({ spec }: StatefulSet): number => spec.ordinals?.start ?? 0
export const replicasOf = ({ spec }: StatefulSet): number => spec.replicas ?? 1
export const isOrdered = ({ spec }: StatefulSet): boolean => spec.podManagementPolicy !== 'Parallel'

export const podNameOf = ({ metadata }: StatefulSet, ordinal: number): string => `${metadata.name}-${ordinal}`

/** Of a pod by its name alone; undefined: it has none. */
export const ordinalOf = ({ metadata }: Pod): number | undefined => {
  const [, digits] = /-(0|[1-9]\d{0,9})$/.exec(metadata.name) ?? []
  const ordinal = Number(digits)
  return digits !== undefined && ordinal <= longestOrdinal ? ordinal : undefined
}

/** Whether its name is one that the set gives. */
export const isMemberOf = (set: StatefulSet, pod: Pod): boolean => {
  const ordinal = ordinalOf(pod)
  return ordinal !== undefined && pod.metadata.name === podNameOf(set, ordinal)
}

/** Whether the set wants a pod of this ordinal. */
export const isInRange = (set: StatefulSet, ordinal: number): boolean =>
  ordinal >= startOrdinal(set) && ordinal < startOrdinal(set) + replicasOf(set)
