import type { Client } from '../../shared/client/client.ts'
import { startInformer } from '../../shared/client/watching-informer.ts'
import type { Clock } from '../../shared/platform/clock.ts'
import type { Logger } from '../../shared/platform/log.ts'
import { nodeLabel } from '../../shared/resources/core/volume/local-directory.ts'
import { endpointSlices, nodes, persistentVolumes, pods, services } from '../../shared/resources/resource.ts'
import type { AgentConfiguration } from '../configuration.ts'
import { createConfigSource } from '../container/config-source.ts'
import { startMetadataBlock } from '../network/metadata-block.ts'
import { ownMachine } from '../room/own-machine.ts'
import { startKubeletServer } from '../server/kubelet-server.ts'
import { createApiHeartbeats } from './api-heartbeats.ts'
import { machineCapacity } from './capacity.ts'
import { startDockerNode } from './docker-node.ts'

export interface StartOptions {
  readonly configuration: AgentConfiguration
  readonly client: Client
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal
}

/** A node on the machine of its API server: connections lead both ways, and all of the machine is its own. */
export const startLocalNode = async (options: StartOptions): Promise<{ stop(): Promise<void> }> => {
  const { configuration, client, clock, log, signal } = options
  const { nodeName: name, dataDir, podCIDR, labels, port } = configuration
  const common = { client, clock, log, signal }
  // This machine may be a cloud's.
  const block = await startMetadataBlock({ onError: (error) => log.error('metadata is not kept from pods', { error }) })
  const node = await startDockerNode({
    ...options,
    edge: {
      informers: {
        services: startInformer({ ...common, resource: services }),
        endpointSlices: startInformer({ ...common, resource: endpointSlices }),
        volumes: startInformer({ ...common, resource: persistentVolumes, labelSelector: `${nodeLabel}=${name}` }),
        pods: startInformer({ ...common, resource: pods, fieldSelector: `spec.nodeName=${name}` }),
        node: startInformer({ ...common, resource: nodes, fieldSelector: `metadata.name=${name}` }),
      },
      config: createConfigSource(client),
      heartbeats: createApiHeartbeats(client),
      rooms: ownMachine,
      identity: { name, labels, wantedPodCIDR: podCIDR },
      podCIDR,
      capacity: await machineCapacity(dataDir),
      port,
      serve: (source, address) => startKubeletServer({ ...source, configuration, address, log }),
    },
  })
  return {
    stop: async () => {
      block.stop()
      await node.stop()
    },
  }
}
