/** Machines that are alike, made and taken away by somebody else: nodes join and leave with them. */
export interface NodeGroup {
  /** undefined: there is none (yet) */
  describe(): Promise<NodeGroupState | undefined>
  /** What a node that has just joined offers to pods. */
  freshNode(): Promise<NodeShape>
  /** Has as many machines as this, some time later. */
  resize(desired: number): Promise<void>
  /** Takes one machine away, and makes the group one smaller. Of a machine that has gone: nothing. */
  remove(instanceId: string): Promise<void>
  /** When machines of the group were begun lately, in milliseconds since the epoch, by their id. */
  launches(): Promise<ReadonlyMap<string, number>>
}

export interface NodeGroupState {
  readonly name: string
  readonly minimum: number
  readonly maximum: number
  /** how many there are to be */
  readonly desired: number
  /** ids of those that are there, or begin, and have not been told to end */
  readonly instances: readonly string[]
}

export interface NodeShape {
  readonly allocatable: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
}
