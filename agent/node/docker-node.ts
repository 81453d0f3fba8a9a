import Docker from 'dockerode'
import type { Client } from '../../shared/client/client.ts'
import type { Clock } from '../../shared/platform/clock.ts'
import type { Logger } from '../../shared/platform/log.ts'
import type { NodeConfiguration } from '../configuration.ts'
import { createPreparer } from '../container/prepare-container.ts'
import { EventRecorder } from '../event-recorder.ts'
import { createEndpointDepartures } from '../network/endpoint-departures.ts'
import { startNodeNetwork } from '../network/node-network.ts'
import { runProbe } from '../probes/run-probe.ts'
import { DockerRuntime } from '../runtime/docker/docker-runtime.ts'
import { machineStats } from '../usage/machine-stats.ts'
import { claimPlugins } from '../volumes/claim-plugins.ts'
import { createEmptyDirPlugin } from '../volumes/empty-dir.ts'
import { hostPathPlugin } from '../volumes/host-path.ts'
import { HostVolumes, podsBelow } from '../volumes/host-volumes.ts'
import { LocalDirectories } from '../volumes/local-directories.ts'
import { projectedPlugins } from '../volumes/projected-plugins.ts'
import { startReleasedDirectories } from '../volumes/released-directories.ts'
import { createTokenSource } from '../volumes/service-account-token.ts'
import { withDirectories } from './ensure-node.ts'
import { machineHealth } from './machine-health.ts'
import { nodeLabels, startNodeAgent } from './node-agent.ts'
import type { NodeEdge } from './node-edge.ts'

export interface DockerNodeOptions {
  readonly configuration: NodeConfiguration
  readonly edge: NodeEdge
  /** see NodeNetworkOptions */
  readonly extraBytes?: number | undefined
  readonly client: Client
  readonly clock: Clock
  readonly log: Logger
}

/** A node whose pods really run, on this machine's Docker Engine. */
export const startDockerNode = async (options: DockerNodeOptions): Promise<{ stop(): Promise<void> }> => {
  const { configuration, edge, extraBytes, client, clock, log } = options
  const { nodeName, dataDir } = configuration
  const { informers, config, rooms, identity, podCIDR, capacity } = edge
  const runtime = new DockerRuntime({ docker: engineAt(configuration.dockerSocket), owner: { nodeName, dataDir }, log })
  const [network] = await Promise.all([
    startNodeNetwork({ configuration: { ...configuration, podCIDR }, extraBytes, ...informers, log }),
    informers.services.synced,
    rooms.start(),
  ])
  const token = createTokenSource({ client, clock })
  const address = edge.address ?? { internalIP: network.nodeAddress }
  const node = { hostIP: address.internalIP, allocatable: capacity.allocatable }
  const events = new EventRecorder({ client, clock, log, nodeName })
  const directories = new LocalDirectories({ dataDir, podsDir: podsBelow(dataDir) })
  const plugins = [
    createEmptyDirPlugin(node),
    hostPathPlugin,
    ...projectedPlugins({ config, token, ...node }),
    ...claimPlugins({
      ...{ client, nodeName, directories, events },
      labels: () => informers.node.get('', nodeName)?.metadata.labels ?? nodeLabels(identity),
    }),
  ]
  const volumes = new HostVolumes({ dataDir, plugins, log })
  const dns = { clusterDomain: configuration.clusterDomain, clusterDNS: configuration.clusterDNS }
  const server = await edge.serve({ runtime, pods: () => informers.pods.list() }, address.internalIP)
  const agent = await startNodeAgent({
    ...{ dataDir, address, capacity, dns, client, runtime, rooms, volumes, config, events, clock, log },
    identity: withDirectories(identity, directories.root),
    allocatable: edge.allocatable,
    heartbeats: edge.heartbeats,
    nodeStats: () => machineStats(),
    usageEveryMs: edge.usageEveryMs,
    statusEveryMs: edge.statusEveryMs,
    port: edge.port,
    pods: informers.pods,
    node: informers.node,
    network: network.pods,
    departures: createEndpointDepartures({ ...informers, othersLaterMs: edge.othersLaterMs ?? 0, clock }),
    prepare: createPreparer({
      ...{ volumes, config, dns, rooms, ...node },
      services: () => informers.services.list(),
      nodeMemoryBytes: capacity.memoryBytes,
    }),
    probe: (probe, target) => runProbe(probe, { ...target, runtime }),
    health: () => machineHealth(dataDir),
  })
  const stopReleasing = startReleasedDirectories({ ...informers, client, nodeName, directories, events, clock, log })
  return {
    stop: async () => {
      stopReleasing()
      await server.stop()
      await agent.stop()
      await rooms.stop()
      await network.stop()
      await events.flush()
    },
  }
}

/** `unix:///var/run/docker.sock`, or the path alone. */
export const engineAt = (socket: string): Docker => new Docker({ socketPath: socket.replace(/^unix:\/\//, '') })
