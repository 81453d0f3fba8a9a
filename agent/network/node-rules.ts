import { formatAddress, parseAddress, parseRange } from '../../shared/meta/ipv4.ts'
import { nodeAddress } from './address.ts'
import { masqueradeMark } from './mark.ts'
import { interfacePattern, nodeTable } from './name.ts'

export interface NodeRulesOptions {
  readonly nodeName: string
  readonly podCIDR: string
  readonly podRange: string
  readonly hostServices: boolean
  /** see GuardOptions */
  readonly expose: boolean
}

/** Text of the table that gives a node's pods their hostPorts and the way back to themselves. */
export const nodeRules = (options: NodeRulesOptions): string => {
  const { nodeName, podCIDR, podRange, hostServices, expose } = options
  const table = nodeTable(nodeName)
  const gateway = nodeAddress(podCIDR)
  const translate = [
    'dnat ip to ip daddr . meta l4proto . th dport map @hostports-of-address',
    `ip daddr ${gateway} dnat ip to meta l4proto . th dport map @hostports`,
    ...(hostServices ? [`ip daddr != ${podRange} fib daddr type local dnat ip to meta l4proto . th dport map @hostports`] : []),
  ]
  return `
add table ip ${table}
delete table ip ${table}
table ip ${table} {
  map hostports { type inet_proto . inet_service : ipv4_addr . inet_service; }
  map hostports-of-address { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; }
  set own { type ipv4_addr . ipv4_addr; elements = { ${pairs(podCIDR)} } }
  chain prerouting {
    type nat hook prerouting priority dstnat - 5;
    ${expose ? '' : `iifname != "${interfacePattern}" return`}
    ${translate.join('\n    ')}
  }
  chain output {
    type nat hook output priority -105;
    ${translate.join('\n    ')}
  }
  chain postrouting {
    type nat hook postrouting priority srcnat - 5;
    ip saddr . ip daddr @own snat to ${gateway}
    ip daddr ${podCIDR} ip saddr 127.0.0.0/8 snat to ${gateway}
    ip daddr ${podCIDR} meta mark and ${masqueradeMark} == ${masqueradeMark} snat to ${gateway}
    ${hostServices ? `ip daddr != ${podRange} meta mark and ${masqueradeMark} == ${masqueradeMark} masquerade` : ''}
  }
}
`
}

/** Every address of the range beside itself: nft can't compare two fields of a packet, but can look the pair up. */
const pairs = (podCIDR: string) => {
  const { first, size } = parseRange(podCIDR)
  const addresses = Array.from({ length: size - 3 }, (_, index) => formatAddress(first + 2 + index))
  return addresses.map((address) => `${address} . ${address}`).join(', ')
}

export interface HostPort {
  readonly hostIP: string
  readonly hostPort: number
  readonly containerPort: number
  readonly protocol: 'TCP' | 'UDP' | 'SCTP'
}

/** Lines that add or delete the translation of a pod's hostPorts. */
export const hostPortLines = (options: {
  verb: 'add' | 'delete'
  nodeName: string
  ip: string
  hostPorts: readonly HostPort[]
}): string[] => {
  const { verb, nodeName, ip, hostPorts } = options
  return hostPorts.map(({ hostIP, hostPort, containerPort, protocol }) => {
    const everyAddress = hostIP === '' || hostIP === '0.0.0.0' || hostIP === '::'
    if (!everyAddress && parseAddress(hostIP) === undefined) throw new Error(`hostIP "${hostIP}" is not an IPv4 address`)
    const map = everyAddress ? 'hostports' : 'hostports-of-address'
    const key = `${everyAddress ? '' : `${hostIP} . `}${protocol.toLowerCase()} . ${hostPort}`
    const value = verb === 'add' ? ` : ${ip} . ${containerPort}` : ''
    return `${verb} element ip ${nodeTable(nodeName)} ${map} { ${key}${value} }\n`
  })
}
