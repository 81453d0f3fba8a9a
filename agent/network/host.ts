import { halves, overlap, parseRange } from '../../shared/meta/ipv4.ts'
import { chainStands } from './chain.ts'
import { CommandError, createRun, gone, ignoring, type Run } from './command.ts'
import { listLinks } from './link.ts'
import { hostInterface, hostTable, interfacePattern } from './name.ts'

/** Marks our blackhole routes: ones that somebody else laid are left alone. */
const routeProtocol = '87'

export interface HostNetwork {
  readonly podRange: string
  readonly serviceRange: string
  /** where pods reach the API server; inside the pod range, outside every node's podCIDR */
  readonly apiAddress: string
  readonly run?: Run | undefined
}

/**
 * The machine's guards and shared parts, to be called once before any API server or node starts (idempotent):
 * blackhole routes, then the rules that keep both ranges on the machine, the API server's address, forwarding.
 * Packets that were about to leave are counted in `nft list counter ip windlass escaped`.
 */
export const prepareHost = async (options: HostNetwork): Promise<void> => {
  const { podRange, serviceRange, apiAddress, run = createRun() } = options
  await checkTools(run)
  await checkRangesAreFree(run, [podRange, serviceRange])
  for (const range of [podRange, serviceRange])
    await ignoring(run('ip', ['route', 'add', 'blackhole', range, 'proto', routeProtocol]), /File exists/)
  await setGuards({ podRange, serviceRange, run })
  await ignoring(run('ip', ['link', 'add', hostInterface, 'type', 'bridge']), /File exists/)
  await run('ip', ['-batch', '-'], hostLink({ serviceRange, apiAddress }))
  await setSysctl(run, 'net/ipv4/ip_forward', '1')
  // localhost:nodePort leaves towards a pod with a loopback source; the guard table keeps 127/8 closed from outside
  await setSysctl(run, 'net/ipv4/conf/all/route_localnet', '1')
}

/** The rules alone. A firewall service that starts again takes them with it; each agent looks after them. */
export const setGuards = async (options: { podRange: string; serviceRange: string; run: Run }): Promise<void> => {
  const { podRange, serviceRange, run } = options
  await run('nft', ['-f', '-'], hostRules({ podRange, serviceRange }))
  await acceptPods(run, podRange)
}

export const guardsStand = (run: Run): Promise<boolean> =>
  chainStands(run, { family: 'ip', table: hostTable, name: 'postrouting' })

/** Undoes `prepareHost`, and whatever nodes have left on the machine. The blackhole routes go last. */
export const removeHost = async (options: Omit<HostNetwork, 'apiAddress'>): Promise<void> => {
  const { podRange, serviceRange, run = createRun() } = options
  for (const { ifname } of await listLinks(run)) if (isOurs(ifname)) await ignoring(run('ip', ['link', 'delete', ifname]), gone)
  for (const route of await unreachableRoutes(run, podRange))
    await ignoring(run('ip', ['route', 'delete', 'unreachable', route]), gone)
  await forEachFirewallRule(podRange, async (chain, rule) => {
    await ignoring(run('iptables', ['-w', '5', '-D', chain, ...rule]), /does a matching rule exist|not found|No chain/)
  })
  for (const table of await listTables(run)) await ignoring(run('nft', ['delete', 'table', 'ip', table]), gone)
  for (const range of [podRange, serviceRange])
    await ignoring(run('ip', ['route', 'delete', 'blackhole', range, 'proto', routeProtocol]), gone)
}

const isOurs = (name: string) => name === hostInterface || name.startsWith(interfacePattern.slice(0, -1))

const listTables = async (run: Run) => {
  const { nftables } = JSON.parse(await run('nft', ['-j', 'list', 'tables'])) as {
    nftables: readonly { table?: { family: string; name: string } }[]
  }
  const names = nftables.flatMap(({ table }) => (table?.family === 'ip' ? [table.name] : []))
  return names.filter((name) => name === hostTable || name.startsWith(`${hostTable}-`))
}

const unreachableRoutes = async (run: Run, podRange: string) => {
  const range = parseRange(podRange)
  const routes = JSON.parse((await run('ip', ['-json', '-4', 'route', 'show', 'type', 'unreachable'])) || '[]') as readonly {
    dst: string
  }[]
  return routes.map(({ dst }) => dst).filter((dst) => dst.includes('/') && overlap(range, parseRange(dst)))
}

const checkTools = async (run: Run) => {
  for (const tool of [
    ['ip', '-V'],
    ['nft', '--version'],
    ['nsenter', '--version'],
  ] as const)
    await run(tool[0], [tool[1]]).catch((cause: unknown) => {
      throw new Error(`pod networking needs the program "${tool[0]}" (packages iproute2, nftables, util-linux)`, { cause })
    })
  await run('nft', ['list', 'tables']).catch((cause: unknown) => {
    throw new Error('pod networking needs root and a kernel with nftables', { cause })
  })
}

/** The ranges would take addresses away from the network that the machine is in. */
const checkRangesAreFree = async (run: Run, ranges: readonly string[]) => {
  const links = JSON.parse((await run('ip', ['-json', '-4', 'address', 'show'])) || '[]') as readonly {
    ifname?: string
    addr_info?: readonly { local?: string; prefixlen?: number }[]
  }[]
  for (const link of links) {
    if (link.ifname === undefined || link.ifname === hostInterface || link.ifname.startsWith(interfacePattern.slice(0, -1)))
      continue
    for (const { local, prefixlen } of link.addr_info ?? []) {
      if (local === undefined || prefixlen === undefined) continue
      const taken = ranges.find((range) => overlap(parseRange(range), parseRange(`${local}/${prefixlen}`)))
      if (taken !== undefined)
        throw new Error(`range ${taken} overlaps ${local}/${prefixlen} of interface ${link.ifname}; choose another range`)
    }
  }
}

/**
 * Pure: the table that lets nothing of our ranges out by an interface that is not ours. TCP is refused by a reset: a
 * local process would miss the ICMP error while it is still inside connect(2).
 */
const hostRules = ({ podRange, serviceRange }: { podRange: string; serviceRange: string }) => `
add table ip ${hostTable}
add counter ip ${hostTable} escaped
add chain ip ${hostTable} refuse
add chain ip ${hostTable} prerouting { type filter hook prerouting priority -150; }
add chain ip ${hostTable} forward { type filter hook forward priority 0; }
add chain ip ${hostTable} output { type filter hook output priority 0; }
add chain ip ${hostTable} way-out { type nat hook postrouting priority 100; }
add chain ip ${hostTable} postrouting { type filter hook postrouting priority 300; }
flush table ip ${hostTable}
add rule ip ${hostTable} prerouting iifname != "lo" ip daddr 127.0.0.0/8 drop
add rule ip ${hostTable} forward ip daddr ${serviceRange} goto refuse
add rule ip ${hostTable} output ip daddr ${serviceRange} goto refuse
add rule ip ${hostTable} refuse meta l4proto tcp reject with tcp reset
add rule ip ${hostTable} refuse reject
add rule ip ${hostTable} way-out ip saddr ${podRange} ip daddr != { ${podRange}, ${serviceRange} } oifname != { "lo", "${hostInterface}", "${interfacePattern}" } masquerade
add rule ip ${hostTable} postrouting oifname { "lo", "${hostInterface}", "${interfacePattern}" } accept
add rule ip ${hostTable} postrouting ip daddr { ${podRange}, ${serviceRange} } counter name escaped drop
add rule ip ${hostTable} postrouting ip saddr { ${podRange}, ${serviceRange} } counter name escaped drop
`

// a local process needs a route to a Service's address before its packet can be translated; halves go before the blackhole
const hostLink = ({ serviceRange, apiAddress }: { serviceRange: string; apiAddress: string }) =>
  [
    `link set ${hostInterface} up`,
    `address replace ${apiAddress}/32 dev ${hostInterface}`,
    ...halves(serviceRange).map((half) => `route replace ${half} dev ${hostInterface} src ${apiAddress}`),
    '',
  ].join('\n')

const setSysctl = (run: Run, name: string, value: string) => run('tee', [`/proc/sys/${name}`], value)

/**
 * Docker sets FORWARD's policy to DROP, and firewalls INPUT's; an accept in a table of ours can't overrule that. A rule in
 * FORWARD itself stays when dockerd restarts, and is right too when dockerd starts after us: Docker only drops what
 * comes from its own bridges.
 */
const acceptPods = (run: Run, podRange: string) =>
  forEachFirewallRule(podRange, async (chain, rule) => {
    try {
      await run('iptables', ['-w', '5', '-C', chain, ...rule])
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      if (error.exitCode === undefined) return // no iptables: nobody made a chain that drops
      await run('iptables', ['-w', '5', '-I', chain, '1', ...rule])
    }
  })

const forEachFirewallRule = async (podRange: string, act: (chain: string, rule: string[]) => Promise<void>) => {
  const mark = ['-m', 'comment', '--comment', 'windlass pods', '-j', 'ACCEPT']
  await act('FORWARD', ['-s', podRange, ...mark])
  await act('FORWARD', ['-d', podRange, ...mark])
  await act('INPUT', ['-s', podRange, ...mark])
}
