/**
 * Where the room of this node's pods is held by somebody beside the agent. A pod starts when its room is there, runs inside it, and
 * ends with it; on a machine of its own a pod needs nobody to hold room (`ownMachine`).
 */
export interface RoomHolder {
  /** Resolves when what an earlier agent knew is known again. */
  start(): Promise<void>
  /** Pods keep running. */
  stop(): Promise<void>
  /** undefined: nothing is held for the pod, yet or any more */
  room(podUid: string): Room | undefined
  /** Called with a pod's uid whenever its room changes. Returns the way to stop. */
  onChange(listener: (podUid: string) => void): () => void
  /** The pod has ended: gives its room back. Of a pod without room: nothing. */
  release(podUid: string): Promise<void>
}

export interface Room {
  /** `ending`: it is about to be taken away, the pod should leave; `gone`: it was */
  readonly state: 'held' | 'ending' | 'gone'
  /** why, unless it is held */
  readonly reason?: string | undefined
  /** parent of the cgroups of the pod's containers; undefined: the engine's own */
  readonly cgroupParent?: string | undefined
  /** variables that containers get unless they set them themselves */
  readonly environment: ReadonlyMap<string, string>
}
