/**
 * Gives pods their interface. The sandbox container is made without a network; `attach` puts a veth of the host
 * into its network namespace with an address out of the node's podCIDR and a default route.
 */
export interface PodNetwork {
  /** Makes the node's device, routes and rules. Idempotent; takes over what an earlier agent left. Throws without the machine's guards. */
  start(): Promise<void>
  /** Idempotent by uid: a pod attached before (by an earlier agent too) keeps its address. */
  attach(pod: PodAttachment): Promise<{ ip: string }>
  /** Idempotent. Also right when the sandbox has gone already. */
  detach(uid: string): Promise<void>
  /** Pods that hold an address, for clean-up after a restart. */
  attached(): Promise<readonly { uid: string; ip: string }[]>
  stop(): Promise<void>
}

export interface PodAttachment {
  readonly uid: string
  readonly namespace: string
  readonly name: string
  /** path of the sandbox's network namespace: `/proc/<pid>/ns/net` */
  readonly netns: string
  readonly hostPorts: readonly {
    readonly hostIP: string
    readonly hostPort: number
    readonly containerPort: number
    readonly protocol: 'TCP' | 'UDP' | 'SCTP'
  }[]
}
