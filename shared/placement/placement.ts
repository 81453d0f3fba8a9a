/**
 * Holds room for pods on the machines of a capacity provider, so that nobody else takes it. A host is the provider's name of a
 * machine, a reference its name of what it holds for one pod.
 */
export interface Placement {
  /**
   * Begins to hold room for a pod; of a pod that it is known to hold room for it answers the same, and where it does not know yet it may
   * hold twice: the pod names one, the sweep gives back the other. Throws `PlacementRefused` when the
   * provider says no, anything else when it is not known what happened: ask again.
   */
  start(request: PlacementRequest): Promise<string>
  /** Gives the room back. What is not held any more needs nothing. */
  stop(reference: string, reason: string): Promise<void>
  /** undefined: the provider does not know it yet, or has forgotten it, long after it was given back */
  status(reference: string): Promise<HeldStatus | undefined>
  /** What is held for a pod, by its uid; what was given back is not found, what was begun a moment ago may not be. */
  find(podUid: string): Promise<string | undefined>
  /** Everything that is held on a host for pods. */
  list(host: string): Promise<HeldRoom[]>
}

export interface PodIdentity {
  readonly namespace: string
  readonly name: string
  readonly uid: string
}

export interface PlacementRequest {
  readonly pod: PodIdentity
  readonly host: string
  readonly cpuMillis: number
  readonly memoryBytes: number
}

export interface HeldStatus {
  readonly state: 'starting' | 'running' | 'stopped'
  /** why it was given back, in the provider's words */
  readonly reason?: string | undefined
}

export interface HeldRoom extends HeldStatus {
  readonly reference: string
  readonly podUid: string
}

export class PlacementRefused extends Error {
  /** in the provider's words: `RESOURCE:MEMORY` */
  readonly reason: string
  /** whether the same may be granted later; if not, the pod can't run on that host */
  readonly passing: boolean
  constructor(reason: string, options: { message: string; passing: boolean }) {
    super(options.message)
    this.name = 'PlacementRefused'
    this.reason = reason
    this.passing = options.passing
  }
}
