import { networkInterfaces } from 'node:os'
import { formatAddress, isRange, nthAddress, overlap, parseRange } from '../shared/meta/ipv4.ts'

/** Which addresses the cluster hands out. None of them may ever leave the machine. */
export interface Ranges {
  readonly podRange: string
  readonly serviceRange: string
}

export const defaultRanges: Ranges = { podRange: '10.244.0.0/16', serviceRange: '10.96.0.0/16' }

/** The cluster's address plan on one machine; all of it follows from the two ranges. */
export interface AddressPlan extends Ranges {
  /** of the `kubernetes` Service */
  readonly apiServiceAddress: string
  readonly clusterDNS: string
  /** where pods reach the API server: out of the pod range, behind the last node's */
  readonly apiAddress: string
  /** how many nodes have addresses for pods */
  readonly nodes: number
  nodePodCIDR(index: number): string
}

/** what each node has for its pods */
const nodePrefixLength = 24

export const addressPlan = ({ podRange, serviceRange }: Ranges): AddressPlan => ({
  podRange,
  serviceRange,
  apiServiceAddress: nthAddress(serviceRange, 1),
  clusterDNS: nthAddress(serviceRange, 10),
  apiAddress: nthAddress(podRange, -2),
  // the last range is the API address'
  nodes: 2 ** (nodePrefixLength - parseRange(podRange).prefixLength) - 1,
  nodePodCIDR: (index) => `${nthAddress(podRange, index * 2 ** (32 - nodePrefixLength))}/${nodePrefixLength}`,
})

const notForHosts = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'].map(parseRange)

/** Whether a cluster can have it: canonical, of a fit size, and of addresses that hosts may have. */
export const clusterRange = (cidr: string, shortestPrefix: number, longestPrefix: number): boolean => {
  if (!isRange(cidr)) return false
  const range = parseRange(cidr)
  const canonical = cidr === `${formatAddress(range.first)}/${range.prefixLength}`
  const fits = range.prefixLength >= shortestPrefix && range.prefixLength <= longestPrefix
  return canonical && fits && !notForHosts.some((other) => overlap(other, range))
}

export const clusterDomain = 'cluster.local'

/** Simulated nodes beyond what the pod range holds take theirs from here; nothing answers on either. */
export const simulatedRange = '100.64.0.0/10'

export const nodeName = (index: number) => `windlass-${index + 1}`
export const kubeletPort = 10250

/** The machine's own address, which Services of type LoadBalancer answer on; 127.0.0.1 where it has no other. */
export const machineAddress = (interfaces = networkInterfaces()): string =>
  Object.entries(interfaces)
    .filter(([name]) => !/^(wl-|windlass|docker|br-|veth|virbr|cni|flannel)/.test(name))
    .flatMap(([, addresses = []]) => addresses)
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1'
