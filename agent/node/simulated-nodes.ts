import type { Informer } from '../../shared/client/informer.ts'
import { KnownObjects } from '../../shared/client/known-objects.ts'
import { startInformer } from '../../shared/client/watching-informer.ts'
import { nthAddress, parseRange } from '../../shared/meta/ipv4.ts'
import type { KubeObject } from '../../shared/meta/object.ts'
import type { Logger } from '../../shared/platform/log.ts'
import { nodeLabel, nodeOfDirectory } from '../../shared/resources/core/volume/local-directory.ts'
import { nodes, type PersistentVolume, type Pod, persistentVolumes, pods } from '../../shared/resources/resource.ts'
import { createConfigSource } from '../container/config-source.ts'
import { EventRecorder } from '../event-recorder.ts'
import { ownMachine } from '../room/own-machine.ts'
import { simulatedPreparer, simulatedVolumes } from '../runtime/simulated/simulated-files.ts'
import { createSimulatedNetwork } from '../runtime/simulated/simulated-network.ts'
import { SimulatedRuntime } from '../runtime/simulated/simulated-runtime.ts'
import { simulatedNodeStats } from '../runtime/simulated/simulated-usage.ts'
import { startReleasedDirectories } from '../volumes/released-directories.ts'
import { createApiHeartbeats } from './api-heartbeats.ts'
import { simulatedCapacity } from './capacity.ts'
import { withDirectories } from './ensure-node.ts'
import type { StartOptions } from './local-node.ts'
import { type NodeAgent, startNodeAgent } from './node-agent.ts'

/** Simulated nodes come up this many at a time. */
const startedTogether = 50

/** As many nodes as the configuration says, in this process; nothing really runs. */
export const startSimulatedNodes = async (options: StartOptions): Promise<{ stop(): Promise<void> }> => {
  const { configuration, client, clock, log, signal } = options
  const common = { client, clock, log, signal }
  const { nodeName, simulatedNodes, dataDir, labels, clusterDomain, clusterDNS } = configuration
  // Who plays one node is that node, and reads no others.
  const ofOne = (field: string) => (simulatedNodes > 1 ? {} : { fieldSelector: `${field}=${nodeName}` })
  const podsByNode = splitInformer(startInformer({ ...common, ...ofOne('spec.nodeName'), resource: pods }), {
    keyOf: (pod: Pod) => pod.spec.nodeName ?? '',
    log,
  })
  const nodesByName = splitInformer(startInformer({ ...common, ...ofOne('metadata.name'), resource: nodes }), {
    keyOf: ({ metadata }) => metadata.name,
    log,
  })
  const volumesByNode = splitInformer(
    startInformer({
      ...common,
      ...(simulatedNodes > 1 ? {} : { labelSelector: `${nodeLabel}=${nodeName}` }),
      resource: persistentVolumes,
    }),
    { keyOf: (volume: PersistentVolume) => nodeOfDirectory(volume) ?? '', log },
  )
  const names = simulatedNodes > 1 ? Array.from({ length: simulatedNodes }, (_, index) => `${nodeName}-${index + 1}`) : [nodeName]
  const agents: NodeAgent[] = []
  const stops: (() => void)[] = []
  const config = createConfigSource(client)
  const startOne = async (name: string, index: number) => {
    const podCIDR = cidrOf(configuration.podCIDR, index)
    const own = podsByNode(name)
    const runtime = new SimulatedRuntime({
      clock,
      pullMs: 100,
      startMs: 50,
      podOf: ({ namespace, name }) => own.get(namespace, name),
    })
    const events = new EventRecorder({ client, clock, log, nodeName: name })
    const agent = await startNodeAgent({
      ...{ dataDir, client, runtime, config, clock, log },
      // only who plays many nodes may choose for them
      identity: withDirectories(
        { name, labels, ...(simulatedNodes > 1 ? { podCIDR } : { wantedPodCIDR: podCIDR }) },
        '/simulated/volumes',
      ),
      address: { internalIP: '127.0.0.1' },
      heartbeats: createApiHeartbeats(client),
      rooms: ownMachine,
      port: configuration.port,
      dns: { clusterDomain, clusterDNS },
      capacity: simulatedCapacity,
      nodeStats: simulatedNodeStats(clock.now),
      pods: own,
      node: nodesByName(name),
      network: createSimulatedNetwork(podCIDR),
      volumes: simulatedVolumes,
      prepare: simulatedPreparer,
      probe: async () => ({ ok: true, output: '' }),
      health: async () => ({ memoryPressure: false, diskPressure: false }),
      events,
    })
    agents.push(agent)
    stops.push(startReleasedDirectories({ client, nodeName: name, volumes: volumesByNode(name), events, clock, log }))
  }
  for (let from = 0; from < names.length; from += startedTogether) {
    await Promise.all(names.slice(from, from + startedTogether).map((name, index) => startOne(name, from + index)))
  }
  return {
    stop: async () => {
      for (const stop of stops) stop()
      await Promise.all(agents.map((agent) => agent.stop()))
    },
  }
}

/** The n-th range of the same size after the first node's. */
const cidrOf = (podCIDR: string, index: number): string => {
  const { size, prefixLength } = parseRange(podCIDR)
  return `${nthAddress(podCIDR, index * size)}/${prefixLength}`
}

/** One informer for all nodes, seen by each as one of its own: a change costs only those whom it concerns. */
const splitInformer = <T extends KubeObject>(
  informer: Informer<T>,
  { keyOf, log }: { keyOf: (object: T) => string; log: Logger },
) => {
  const views = new Map<string, KnownObjects<T>>()
  const view = (key: string) => {
    const found = views.get(key) ?? new KnownObjects<T>(log)
    views.set(key, found)
    return found
  }
  informer.onChange((object, previous) => {
    const [now, before] = [object && keyOf(object), previous && keyOf(previous)]
    if (previous && before !== undefined && before !== now) {
      const { namespace = '', name } = previous.metadata
      view(before).remove(namespace, name)
    }
    if (object && now !== undefined) view(now).set(object)
  })
  return (key: string): Informer<T> => {
    const objects = view(key)
    return {
      synced: informer.synced,
      get: (namespace, name) => objects.get(namespace, name),
      list: () => objects.list(),
      onChange: (listener) => objects.onChange(listener),
    }
  }
}
