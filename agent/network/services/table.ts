import { nodeAddress } from '../address.ts'
import { interfacePattern, servicesTable } from '../name.ts'

export interface ServicesTableOptions {
  readonly nodeName: string
  readonly podCIDR: string
  readonly podRange: string
  readonly clusterDNS: string
  /** where the node's DNS listens, on the node's own address */
  readonly dnsPort: number
  /** whether this node also translates for the machine: its processes, hostNetwork pods */
  readonly hostServices: boolean
  /** whether it translates connections from outside too, see GuardOptions */
  readonly expose: boolean
}

/**
 * Text of a node's table for Services with nothing in its maps yet; replaces one that stands. `services` holds what
 * pods and the machine may call (ClusterIPs, externalIPs, ingress addresses), `outside` what others may, `nodeports` the
 * node's own ports.
 */
export const servicesTableRules = (options: ServicesTableOptions): string => {
  const { nodeName, podCIDR, podRange, clusterDNS, dnsPort, hostServices, expose } = options
  const table = servicesTable(nodeName)
  const own = nodeAddress(podCIDR)
  const key = 'ip daddr . meta l4proto . th dport'
  const ports = (destination: string) => `${destination} meta l4proto . th dport vmap @nodeports`
  const portsOfMachine = ports(`ip daddr != ${podRange} fib daddr type local`)
  const dns = ['tcp', 'udp'].map((protocol) => `ip daddr ${clusterDNS} ${protocol} dport 53 dnat to ${own}:${dnsPort}`)
  const prerouting = [
    `iifname "${interfacePattern}" ip saddr ${podCIDR} jump inside`,
    ...(expose ? [] : [`iifname != "${interfacePattern}" return`]),
    ports(`ip daddr ${own}`),
    ...(hostServices ? [`iifname != "${interfacePattern}" ${key} vmap @outside`, portsOfMachine] : []),
  ]
  const output = [...(hostServices ? ['jump inside'] : []), ports(`ip daddr ${own}`), ...(hostServices ? [portsOfMachine] : [])]
  const refuse = [
    `${key} vmap @refused`,
    `ip daddr ${own} meta l4proto . th dport vmap @refused-nodeports`,
    ...(hostServices ? ['ip daddr != 127.0.0.0/8 fib daddr type local meta l4proto . th dport vmap @refused-nodeports'] : []),
  ]
  const lines = (rules: readonly string[]) => rules.map((rule) => `    ${rule}\n`).join('')
  return `
add table ip ${table}
delete table ip ${table}
table ip ${table} {
  map services { type ipv4_addr . inet_proto . inet_service : verdict; }
  map outside { type ipv4_addr . inet_proto . inet_service : verdict; }
  map nodeports { type inet_proto . inet_service : verdict; }
  map refused { type ipv4_addr . inet_proto . inet_service : verdict; }
  map refused-nodeports { type inet_proto . inet_service : verdict; }
  chain refuse {
    meta l4proto tcp reject with tcp reset
    reject
  }
  chain inside {
${lines([...dns, `${key} vmap @services`])}  }
  chain prerouting {
    type nat hook prerouting priority dstnat;
${lines(prerouting)}  }
  chain output {
    type nat hook output priority -100;
${lines(output)}  }
  chain refuse-input {
    type filter hook input priority 0;
${lines(refuse)}  }
  chain refuse-forward {
    type filter hook forward priority -5;
${lines(refuse)}  }
  chain refuse-output {
    type filter hook output priority -5;
${lines(refuse)}  }
}
`
}
