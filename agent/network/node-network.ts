import type { Informer } from '../../shared/client/informer.ts'
import type { Logger } from '../../shared/platform/log.ts'
import type { EndpointSlice, Service } from '../../shared/resources/resource.ts'
import type { AgentConfiguration } from '../configuration.ts'
import { hostResolvers } from '../dns/host-resolvers.ts'
import { startDns } from '../dns/server.ts'
import { nodeAddress } from './address.ts'
import type { PodNetwork } from './pod-network.ts'
import { createPodNetwork } from './routed-network.ts'
import { startHealthChecks } from './services/health-checks.ts'
import { startServiceRules } from './services/service-rules.ts'

export interface NodeNetworkOptions {
  readonly configuration: Pick<
    AgentConfiguration,
    'nodeName' | 'podCIDR' | 'podRange' | 'serviceCIDR' | 'clusterDNS' | 'clusterDomain' | 'dataDir' | 'hostServices' | 'expose'
  >
  /** what is put around packets that go to other machines; default: there are none */
  readonly extraBytes?: number | undefined
  readonly services: Informer<Service>
  readonly endpointSlices: Informer<EndpointSlice>
  readonly log: Logger
}

export interface NodeNetwork {
  readonly pods: PodNetwork
  /** The node's InternalIP on one machine: first address of its podCIDR. */
  readonly nodeAddress: string
  /** Waits for every change of Services known so far to stand in the kernel. */
  settled(): Promise<void>
  /** Pods keep their network, and Services as they were. */
  stop(): Promise<void>
}

/** not 53: another DNS server may hold that on all addresses of the machine */
const dnsPort = 10053

/**
 * All of a node's network with real containers: pod network, Service rules and DNS. Resolves when pods may be started.
 * The composition root must have called `prepareHost` (agent/network/host.ts) before; `removeHost` undoes it all.
 */
export const startNodeNetwork = async (options: NodeNetworkOptions): Promise<NodeNetwork> => {
  const { configuration, extraBytes, services, endpointSlices, log } = options
  const { nodeName, podCIDR, podRange, serviceCIDR, clusterDNS, clusterDomain, hostServices, expose } = configuration
  const address = nodeAddress(podCIDR)
  const pods = createPodNetwork({ ...configuration, extraBytes, log })
  await pods.start()
  const rules = await startServiceRules({ ...configuration, dnsPort, services, endpointSlices, log })
  const checks = hostServices
    ? startHealthChecks({ nodeName, address: expose ? undefined : address, services, endpointSlices, log })
    : undefined
  const dns = await startDns({
    addresses: [address],
    port: dnsPort,
    services,
    endpointSlices,
    clusterDomain,
    upstreams: hostResolvers({ except: [clusterDNS, address] }),
    ranges: [podRange, serviceCIDR],
    log,
  })
  return {
    pods,
    nodeAddress: address,
    settled: () => rules.settled(),
    stop: async () => {
      await dns.stop()
      await checks?.stop()
      await rules.stop()
      await pods.stop()
    },
  }
}
