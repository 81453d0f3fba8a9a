import { mkdir } from 'node:fs/promises'
import type { AgentConfiguration } from '../agent/configuration.ts'
import { type AddressPlan, clusterDomain, kubeletPort, nodeName, simulatedRange } from './addresses.ts'
import type { DataDirectory } from './data-directory.ts'
import type { LocalOptions } from './options.ts'
import type { Pki } from './pki.ts'

/** What each agent process is told: one a node with real containers, one for all simulated nodes. */
export const agentConfigurations = async (options: {
  local: LocalOptions
  plan: AddressPlan
  directory: DataDirectory
  pki: Pki
  server: string
  dockerSocket: string
}): Promise<AgentConfiguration[]> => {
  const { local, plan, directory, pki, server, dockerSocket } = options
  const simulated = local.runtime === 'simulated'
  return Promise.all(
    Array.from({ length: simulated ? 1 : local.nodes }, async (_, index) => {
      const name = simulated && local.nodes > 1 ? 'windlass' : nodeName(index)
      await mkdir(directory.node(name), { recursive: true, mode: 0o700 })
      const client = await pki.certificate(`node-${name}`, clientRequest(name, simulated && local.nodes > 1))
      const serving = await pki.certificate(`kubelet-${name}`, { name, usage: 'server', dnsNames: [name, 'kubelet'] })
      return {
        nodeName: name,
        runtime: local.runtime,
        simulatedNodes: simulated ? local.nodes : 0,
        server,
        certificateAuthority: pki.authority.certificate,
        clientCertificate: client.certificate,
        clientKey: client.key,
        servingCertificate: serving.certificate,
        servingKey: serving.key,
        port: simulated ? 0 : kubeletPort,
        dataDir: directory.node(name),
        dockerSocket,
        clusterDomain,
        clusterDNS: plan.clusterDNS,
        podRange: plan.podRange,
        serviceCIDR: plan.serviceRange,
        podCIDR: local.nodes > plan.nodes ? simulatedRange.replace(/\/.*/, '/24') : plan.nodePodCIDR(index),
        hostServices: index === 0,
        expose: local.expose,
        labels: {},
      }
    }),
  )
}

/** One process that plays many nodes may act for each of them. */
const clientRequest = (name: string, many: boolean) =>
  many
    ? ({ name: 'windlass-simulator', groups: ['system:masters'], usage: 'client' } as const)
    : ({ name: `system:node:${name}`, groups: ['system:nodes'], usage: 'client' } as const)
