import { BlockList, isIPv6 } from 'node:net'
import type { SubresourceHandlers } from '../context.ts'
import { podLog } from './log.ts'
import type { NodeConnector } from './node-connector.ts'
import { proxy } from './proxy.ts'
import { podPortForward, podProcess } from './session.ts'

export interface StreamsOptions {
  readonly connector: NodeConnector
  /** CIDRs of pods and services: proxies go there only for pods whose node has an agent (a simulated one has none) */
  readonly clusterRanges?: readonly string[] | undefined
}

/** The subresources that lead to a node's agent or into the cluster's network, by name; for ApiServerOptions.subresources. */
export const createStreams = ({
  connector,
  clusterRanges = [],
}: StreamsOptions): Readonly<Record<string, SubresourceHandlers>> => ({
  log: podLog(connector),
  exec: podProcess(connector, 'exec'),
  attach: podProcess(connector, 'attach'),
  portforward: podPortForward(connector),
  proxy: proxy({ connector, clusterRanges: addressesIn(clusterRanges) }),
})

const addressesIn = (ranges: readonly string[]): BlockList => {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits] = range.split('/')
    list.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4')
  }
  return list
}
