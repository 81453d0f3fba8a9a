import type { Client } from '../../shared/client/client.ts'
import type { Informer } from '../../shared/client/informer.ts'
import { createUpstream } from '../../shared/client/upstream.ts'
import { nthAddress } from '../../shared/meta/ipv4.ts'
import { endingTaint, removalTaint } from '../../shared/placement/annotation.ts'
import type { Node } from '../../shared/resources/resource.ts'
import { startMetadataBlock } from '../network/metadata-block.ts'
import { startOverlay } from '../network/overlay.ts'
import { startNodeHealth } from '../network/services/node-health.ts'
import type { AgentParts } from '../node/start-with-server.ts'
import { createMayWatch } from '../proxy/access.ts'
import { startApiProxy } from '../proxy/api-proxy.ts'
import { obtainServingCertificate } from '../proxy/serving-certificate.ts'
import { untilDone } from './until-done.ts'

export interface InstanceNetworkOptions extends AgentParts {
  readonly nodeName: string
  readonly podCIDR: string
  readonly podRange: string
  readonly serviceRange: string
  /** the node's InternalIP */
  readonly address: string
  readonly nodes: Informer<Node>
  readonly client: Client
  readonly server: string
}

/** where the Service `kubernetes` has its one endpoint: on the last address but one of the pod range, on every node */
const proxyPort = 6443
/** a third of a certificate's life */
const renewMs = 30 * 86_400_000

export const apiAddressOf = (podRange: string): string => nthAddress(podRange, -2)

/** What a node among machines has beside the network of its own pods: the way to the others', the API, and none to the metadata. */
export const startInstanceNetwork = async (options: InstanceNetworkOptions): Promise<{ stop(): Promise<void> }> => {
  const { nodeName, podRange, nodes, client, server, clock, log, signal } = options
  const block = await startMetadataBlock({ onError: (error) => log.error('metadata is not kept from pods', { error }) })
  await nodes.synced
  const overlay = await startOverlay(options)
  const health = await startNodeHealth({ eligible: () => takesConnections(nodes.get('', nodeName)), log })
  const upstream = createUpstream({ server })
  const certificate = () => untilDone('a certificate', () => obtainServingCertificate(client, nodeName), options)
  const proxy = await startApiProxy({
    address: apiAddressOf(podRange),
    port: proxyPort,
    ...(await certificate()),
    upstream,
    mayWatch: createMayWatch({ upstream, clock }),
    clock,
    log,
  })
  const renewing = (async () => {
    for (;;) {
      await clock.sleep(renewMs, signal)
      if (signal.aborted) return
      proxy.setCertificate(await certificate())
    }
  })()
  renewing.catch((error: unknown) => {
    if (!signal.aborted) log.error('certificate not renewed', { error })
  })
  return {
    stop: async () => {
      block.stop()
      health.stop()
      await Promise.all([overlay.stop(), proxy.stop()])
      upstream.close()
    },
  }
}

/** Not of a node that is being taken away, whoever does so. */
const takesConnections = (node: Node | undefined): boolean =>
  node !== undefined &&
  node.metadata.deletionTimestamp === undefined &&
  !node.spec.taints?.some(({ key }) => key === endingTaint || key === removalTaint)
