import type { Client } from '../../shared/client/client.ts'
import type { Clock } from '../../shared/platform/clock.ts'
import type { Logger } from '../../shared/platform/log.ts'
import type { Probe } from '../../shared/resources/generated/types.ts'
import type { Pod } from '../../shared/resources/resource.ts'
import type { ContainerPreparer } from '../container/container-preparer.ts'
import type { AgentEvents } from '../event-recorder.ts'
import type { ImagePuller } from '../image/image-puller.ts'
import type { EndpointDepartures } from '../network/endpoint-departures.ts'
import type { PodNetwork } from '../network/pod-network.ts'
import type { ProbeOutcome } from '../probes/probe.ts'
import type { ProbeTarget } from '../probes/run-probe.ts'
import type { RoomHolder } from '../room/room-holder.ts'
import type { ContainerRuntime } from '../runtime/runtime.ts'
import type { ClusterDns } from '../volumes/pod-files.ts'
import type { PodVolumes } from '../volumes/volume.ts'

/** What all pod workers of a node share. */
export interface PodContext {
  readonly client: Client
  readonly runtime: ContainerRuntime
  readonly rooms: RoomHolder
  readonly network: PodNetwork
  /** undefined: nobody sends requests to pods here */
  readonly departures: EndpointDepartures | undefined
  readonly volumes: PodVolumes
  readonly images: ImagePuller
  readonly prepare: ContainerPreparer
  readonly events: AgentEvents
  readonly probe: (probe: Probe, target: Omit<ProbeTarget, 'runtime'>) => Promise<ProbeOutcome>
  readonly clock: Clock
  readonly log: Logger
  readonly dns: ClusterDns
  /** the node's InternalIP */
  readonly hostIP: string
}

/** `name_namespace(uid)`, as upstream's messages name a pod. */
export const podText = ({ metadata }: Pod) => `${metadata.name}_${metadata.namespace}(${metadata.uid})`
