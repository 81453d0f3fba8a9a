import type { Client } from '../../shared/client/client.ts'
import type { Informer } from '../../shared/client/informer.ts'
import type { Clock } from '../../shared/platform/clock.ts'
import type { Logger } from '../../shared/platform/log.ts'
import type { NodeStatus, Probe } from '../../shared/resources/generated/types.ts'
import type { Node, Pod } from '../../shared/resources/resource.ts'
import type { ConfigSource } from '../container/config-source.ts'
import type { ContainerPreparer } from '../container/container-preparer.ts'
import type { EventRecorder } from '../event-recorder.ts'
import { makePrivateDirectory } from '../files/private-directory.ts'
import { ImagePuller } from '../image/image-puller.ts'
import type { EndpointDepartures } from '../network/endpoint-departures.ts'
import type { PodNetwork } from '../network/pod-network.ts'
import type { PodContext } from '../pod-worker/pod-context.ts'
import { PodWorkers } from '../pod-worker/pod-workers.ts'
import type { ProbeOutcome } from '../probes/probe.ts'
import type { ProbeTarget } from '../probes/run-probe.ts'
import type { RoomHolder } from '../room/room-holder.ts'
import type { ContainerRuntime } from '../runtime/runtime.ts'
import { type NodeStats, UsageMeter } from '../usage/usage-meter.ts'
import { UsageReporter } from '../usage/usage-reporter.ts'
import type { ClusterDns } from '../volumes/pod-files.ts'
import type { PodVolumes } from '../volumes/volume.ts'
import type { NodeCapacity } from './capacity.ts'
import type { NodeHealth } from './conditions.ts'
import type { NodeIdentity } from './ensure-node.ts'
import type { HeartbeatSink } from './heartbeat-sink.ts'
import type { NodeAddress } from './node-edge.ts'
import { NodeRegistration } from './node-registration.ts'
import { architecture, systemInfo } from './system-info.ts'

export interface NodeAgentOptions {
  readonly identity: NodeIdentity
  readonly dataDir: string
  readonly address: NodeAddress
  /** of the kubelet API; 0: none */
  readonly port: number
  readonly dns: ClusterDns
  readonly capacity: NodeCapacity
  /** undefined: as `capacity` has it, always */
  readonly allocatable?: (() => Promise<Readonly<Record<string, string>>>) | undefined
  readonly heartbeats: HeartbeatSink
  /** of all that runs here; the sum of its pods' containers is given */
  readonly nodeStats: (pods: NodeStats) => Promise<NodeStats>
  /** how often it is said at most what the node uses; default: with each heartbeat */
  readonly usageEveryMs?: number | undefined
  readonly statusEveryMs?: number | undefined
  readonly client: Client
  readonly pods: Pick<Informer<Pod>, 'synced' | 'list' | 'onChange'>
  readonly node: Pick<Informer<Node>, 'onChange'>
  readonly runtime: ContainerRuntime
  readonly rooms: RoomHolder
  readonly network: PodNetwork
  /** undefined: nobody sends requests to pods here */
  readonly departures?: EndpointDepartures | undefined
  readonly volumes: PodVolumes
  readonly config: ConfigSource
  readonly prepare: ContainerPreparer
  readonly probe: (probe: Probe, target: Omit<ProbeTarget, 'runtime'>) => Promise<ProbeOutcome>
  readonly health: () => Promise<Pick<NodeHealth, 'memoryPressure' | 'diskPressure'>>
  readonly events: EventRecorder
  readonly clock: Clock
  readonly log: Logger
}

export interface NodeAgent {
  readonly workers: PodWorkers
  /** Lets go of everything; containers keep running. */
  stop(): Promise<void>
}

/** One node: its runtime and network, its object on the API server, and its pods. Resolves when the node is Ready. */
export const startNodeAgent = async (options: NodeAgentOptions): Promise<NodeAgent> => {
  const { identity, client, runtime, rooms, network, events, clock, log } = options
  await makePrivateDirectory(options.dataDir)
  await Promise.all([runtime.start(), network.start()])
  const images = new ImagePuller({ runtime, config: options.config, events, clock })
  const { volumes, prepare, probe, dns } = options
  const context: PodContext = {
    ...{ client, runtime, rooms, network, volumes, images, prepare, probe, events, clock, log, dns },
    departures: options.departures,
    hostIP: options.address.internalIP,
  }
  const workers = new PodWorkers({ context, pods: options.pods })
  const registration = new NodeRegistration({
    client,
    node: options.node,
    heartbeats: options.heartbeats,
    statusEveryMs: options.statusEveryMs,
    identity: { ...identity, labels: nodeLabels(identity) },
    status: await statusOf(options),
    usage: new UsageReporter({
      meter: new UsageMeter({ runtime, nodeStats: options.nodeStats, now: clock.now }),
      now: clock.now,
      everyMs: options.usageEveryMs,
    }),
    health: async () => ({ notReady: await runtimeTrouble(runtime), ...(await options.health()) }),
    events,
    clock,
    log,
  })
  const started = workers.start()
  await registration.start()
  await started
  return {
    workers,
    stop: async () => {
      registration.stop()
      workers.stop()
      await Promise.all([runtime.stop(), network.stop()])
    },
  }
}

/** With those that every node has. */
export const nodeLabels = ({ name, labels }: NodeIdentity): Record<string, string> => ({
  'kubernetes.io/hostname': name,
  'kubernetes.io/os': 'linux',
  'kubernetes.io/arch': architecture(),
  'beta.kubernetes.io/os': 'linux',
  'beta.kubernetes.io/arch': architecture(),
  ...labels,
})

const runtimeTrouble = async (runtime: ContainerRuntime): Promise<string | undefined> => {
  try {
    await runtime.version()
    return undefined
  } catch (error) {
    return `container runtime is down: ${error instanceof Error ? error.message : error}`
  }
}

const mostImages = 50

const statusOf = async (options: NodeAgentOptions): Promise<() => Promise<Omit<NodeStatus, 'conditions'>>> => {
  const { identity, address, port, capacity, runtime } = options
  const nodeInfo = await systemInfo(await runtime.version())
  const fixed = {
    capacity: { ...capacity.capacity },
    addresses: [
      { type: 'InternalIP', address: address.internalIP },
      ...(address.internalDNS ? [{ type: 'InternalDNS', address: address.internalDNS }] : []),
      { type: 'Hostname', address: address.internalDNS ?? identity.name },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
    nodeInfo,
  }
  return async () => {
    const images = (await runtime.images().catch(() => [])).filter(({ names }) => names.length > 0)
    const largest = [...images].sort((a, b) => b.sizeBytes - a.sizeBytes || (a.id < b.id ? -1 : 1)).slice(0, mostImages)
    const allocatable = { ...((await options.allocatable?.()) ?? capacity.allocatable) }
    return { ...fixed, allocatable, images: largest.map(({ names, sizeBytes }) => ({ names: [...names].sort(), sizeBytes })) }
  }
}
