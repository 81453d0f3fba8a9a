import type { Node, Pod } from '../resources/resource.ts'

/** on a pod: what is held for it */
export const referenceAnnotation = 'windlass.dev/task'
/** on a pod: since when, as an RFC 3339 time */
export const heldSinceAnnotation = 'windlass.dev/task-since'
/** on a node: the machine it is to the capacity provider; set by the node's agent */
export const hostAnnotation = 'windlass.dev/container-instance'

export const referenceOf = ({ metadata }: Pod): string | undefined => metadata.annotations?.[referenceAnnotation] || undefined
/** Milliseconds since the epoch; 0: long ago. */
export const heldSinceMs = ({ metadata }: Pod): number => Date.parse(metadata.annotations?.[heldSinceAnnotation] ?? '') || 0
/** undefined: nobody holds room on such a node */
export const hostOf = ({ metadata }: Node): string | undefined => metadata.annotations?.[hostAnnotation] || undefined
/** on a node: who waits for it to be empty, as JSON */
export const hookAnnotation = 'windlass.dev/lifecycle-hook'
/** on a node that is to be emptied: a pod that does not tolerate it leaves, in its own grace period */
export const endingTaint = 'windlass.dev/node-ending'
/** on a node that is about to be taken away for want of work: the word of upstream's cluster-autoscaler */
export const removalTaint = 'ToBeDeletedByClusterAutoscaler'
