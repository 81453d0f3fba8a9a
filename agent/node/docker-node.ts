import Docker from 'dockerode'
import type { Client } from '../../shared/client/client.ts'
import { startInformer } from '../../shared/client/watching-informer.ts'
import type { Clock } from '../../shared/platform/clock.ts'
import type { Logger } from '../../shared/platform/log.ts'
import { endpointSlices, nodes, pods, services } from '../../shared/resources/resource.ts'
import type { AgentConfiguration } from '../configuration.ts'
import { createConfigSource } from '../container/config-source.ts'
import { createPreparer } from '../container/prepare-container.ts'
import { EventRecorder } from '../event-recorder.ts'
import { startNodeNetwork } from '../network/node-network.ts'
import { runProbe } from '../probes/run-probe.ts'
import { DockerRuntime } from '../runtime/docker/docker-runtime.ts'
import { startKubeletServer } from '../server/kubelet-server.ts'
import { emptyDirPlugin } from '../volumes/empty-dir.ts'
import { hostPathPlugin } from '../volumes/host-path.ts'
import { HostVolumes } from '../volumes/host-volumes.ts'
import { projectedPlugins } from '../volumes/projected-plugins.ts'
import { createTokenSource } from '../volumes/service-account-token.ts'
import { machineCapacity } from './capacity.ts'
import { machineHealth } from './machine-health.ts'
import { startNodeAgent } from './node-agent.ts'

export interface StartOptions {
  readonly configuration: AgentConfiguration
  readonly client: Client
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal
}

/** A node whose pods really run, on this machine's Docker Engine. */
export const startDockerNode = async (options: StartOptions): Promise<{ stop(): Promise<void> }> => {
  const { configuration, client, clock, log, signal } = options
  const { nodeName, dataDir, podCIDR, labels } = configuration
  const common = { client, clock, log, signal }
  const serviceInformer = startInformer({ ...common, resource: services })
  const sliceInformer = startInformer({ ...common, resource: endpointSlices })
  const podInformer = startInformer({ ...common, resource: pods, fieldSelector: `spec.nodeName=${nodeName}` })
  const nodeInformer = startInformer({ ...common, resource: nodes, fieldSelector: `metadata.name=${nodeName}` })
  const runtime = new DockerRuntime({
    docker: new Docker({ socketPath: configuration.dockerSocket.replace(/^unix:\/\//, '') }),
    owner: { nodeName, dataDir },
    log,
  })
  const [capacity, network] = await Promise.all([
    machineCapacity(dataDir),
    startNodeNetwork({ configuration, services: serviceInformer, endpointSlices: sliceInformer, log }),
    serviceInformer.synced,
  ])
  const config = createConfigSource(client)
  const token = createTokenSource({ client, clock })
  const node = { hostIP: network.nodeAddress, allocatable: capacity.allocatable }
  const plugins = [emptyDirPlugin, hostPathPlugin, ...projectedPlugins({ config, token, ...node })]
  const volumes = new HostVolumes({ dataDir, plugins, log })
  const dns = { clusterDomain: configuration.clusterDomain, clusterDNS: configuration.clusterDNS }
  const events = new EventRecorder({ client, clock, log, nodeName })
  const server = await startKubeletServer({
    configuration,
    address: network.nodeAddress,
    runtime,
    pods: () => podInformer.list(),
    log,
  })
  const agent = await startNodeAgent({
    ...{ dataDir, labels, podCIDR, dns, capacity, client, runtime, volumes, config, events, clock, log },
    name: nodeName,
    address: network.nodeAddress,
    port: configuration.port,
    pods: podInformer,
    node: nodeInformer,
    network: network.pods,
    prepare: createPreparer({
      ...{ volumes, config, dns, ...node },
      services: () => serviceInformer.list(),
      nodeMemoryBytes: capacity.memoryBytes,
    }),
    probe: (probe, target) => runProbe(probe, { ...target, runtime }),
    health: () => machineHealth(dataDir),
  })
  return {
    stop: async () => {
      await server.stop()
      await agent.stop()
      await network.stop()
      await events.flush()
    },
  }
}
