import type { Informer } from '../../shared/client/informer.ts'
import type { EndpointSlice, Node, PersistentVolume, Pod, Service } from '../../shared/resources/resource.ts'
import type { ConfigSource } from '../container/config-source.ts'
import type { RoomHolder } from '../room/room-holder.ts'
import type { TargetSource } from '../server/container-target.ts'
import type { NodeCapacity } from './capacity.ts'
import type { NodeIdentity } from './ensure-node.ts'
import type { HeartbeatSink } from './heartbeat-sink.ts'

/** What a node follows. */
export interface NodeInformers {
  /** those of this node */
  readonly pods: Informer<Pod>
  /** this node's own object at least */
  readonly node: Informer<Node>
  readonly services: Informer<Service>
  readonly endpointSlices: Informer<EndpointSlice>
  /** volumes that are directories of this node */
  readonly volumes: Informer<PersistentVolume>
}

/** How a node with real containers meets the rest of its cluster: on one machine by connections, on an instance by queues. */
export interface NodeEdge {
  readonly informers: NodeInformers
  readonly config: ConfigSource
  readonly heartbeats: HeartbeatSink
  /** how often it is said at most what the node uses; default: with each heartbeat */
  readonly usageEveryMs?: number | undefined
  readonly rooms: RoomHolder
  readonly identity: NodeIdentity
  readonly podCIDR: string
  /** undefined: the first address of its podCIDR */
  readonly address?: NodeAddress | undefined
  readonly capacity: NodeCapacity
  /** undefined: as `capacity` has it, always */
  readonly allocatable?: (() => Promise<Readonly<Record<string, string>>>) | undefined
  /** how often a status is written that has not changed; default: every 5 minutes */
  readonly statusEveryMs?: number | undefined
  /** how much later than this node others may come to know of a change; default: not at all */
  readonly othersLaterMs?: number | undefined
  /** of its kubelet API; 0: it has none that can be connected to */
  readonly port: number
  /** Lets the API server ask for what runs here. */
  serve(source: TargetSource, address: string): Promise<{ stop(): Promise<void> }>
}

export interface NodeAddress {
  readonly internalIP: string
  /** undefined: it has no name but the node's */
  readonly internalDNS?: string | undefined
}
