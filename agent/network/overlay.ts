import type { Informer } from '../../shared/client/informer.ts'
import { contains, formatAddress, isRange, overlap, parseAddress, parseRange } from '../../shared/meta/ipv4.ts'
import type { Logger } from '../../shared/platform/log.ts'
import type { Node } from '../../shared/resources/resource.ts'
import { macOf, nodeAddress } from './address.ts'
import { chainStands } from './chain.ts'
import { createRun, gone, ignoring, type Run } from './command.ts'
import { setSysctl } from './forwarding.ts'
import { outsideMtu } from './link.ts'
import { interfacePattern, overlayInterface } from './name.ts'

export interface OverlayOptions {
  readonly nodeName: string
  readonly podCIDR: string
  /** of all nodes' pods, and of Services */
  readonly podRange: string
  readonly serviceRange: string
  /** under which other nodes reach this one */
  readonly address: string
  /** all of them */
  readonly nodes: Pick<Informer<Node>, 'list' | 'onChange'>
  readonly log: Logger
  readonly run?: Run | undefined
  /** how often device, routes and rules are looked after */
  readonly checkMilliseconds?: number | undefined
}

export interface Overlay {
  /** Waits for every change of nodes known so far to stand in the kernel. */
  settled(): Promise<void>
  /** Pods stay connected. */
  stop(): Promise<void>
}

/** Packets between nodes carry so much more: the outer IP, UDP and VXLAN headers and the inner Ethernet one. */
export const overlayBytes = 50

const port = 4789
const networkId = 1
/** of the devices' hardware addresses: of one address there is one device */
const ofOverlays = '0a:57'
const table = 'windlass-overlay'

/**
 * Carries packets between the pods of different machines in VXLAN. A node's part in it follows from its object alone: its pod range is
 * behind its InternalIP, and the hardware address of its device is made of that, so nobody floods, learns or asks.
 */
export const startOverlay = async (options: OverlayOptions): Promise<Overlay> => {
  const { podCIDR, address, nodes, log, run = createRun(), checkMilliseconds = 30_000 } = options
  const own = nodeAddress(podCIDR)
  let applied = new Map<string, string>()
  let running: Promise<void> = Promise.resolve()
  let failed = false

  const ensureDevice = async () => {
    if (await deviceStands(run, address)) return
    await ignoring(run('ip', ['link', 'delete', overlayInterface]), gone)
    applied = new Map()
    const mtu = await outsideMtu(run, overlayBytes)
    const device = `type vxlan id ${networkId} dstport ${port} local ${address} nolearning`
    const lines = [
      `link add ${overlayInterface} address ${macOf(ofOverlays, address)} mtu ${mtu} ${device}`,
      `link set ${overlayInterface} up`,
      '',
    ]
    await run('ip', ['-batch', '-'], lines.join('\n'))
    // see the pods' interfaces
    await setSysctl(run, `net/ipv4/conf/${overlayInterface}/route_localnet`, '1')
  }

  const ensureRules = async () => {
    if (!(await chainStands(run, { family: 'ip', table, name: 'postrouting' })))
      await run('nft', ['-f', '-'], overlayRules({ podCIDR, own }))
  }

  const connect = async (range: string, peer: string) => {
    const next = nodeAddress(range)
    const mac = macOf(ofOverlays, peer)
    await run('bridge', ['fdb', 'replace', mac, 'dev', overlayInterface, 'dst', peer])
    const lines = [
      `neighbor replace ${next} lladdr ${mac} dev ${overlayInterface} nud permanent`,
      `route replace ${range} via ${next} dev ${overlayInterface} onlink src ${own}`,
      '',
    ]
    await run('ip', ['-batch', '-'], lines.join('\n'))
  }
  const disconnect = async (range: string, peer: string) => {
    await ignoring(run('ip', ['route', 'delete', range, 'dev', overlayInterface]), gone)
    await ignoring(run('ip', ['neighbor', 'delete', nodeAddress(range), 'dev', overlayInterface]), gone)
    if (![...applied].some(([other, address]) => other !== range && address === peer))
      await ignoring(run('bridge', ['fdb', 'delete', macOf(ofOverlays, peer), 'dev', overlayInterface, 'dst', peer]), gone)
  }

  const apply = async () => {
    const wanted = peersOf(nodes.list(), options)
    for (const [range, peer] of applied) {
      if (wanted.get(range) === peer) continue
      await disconnect(range, peer)
      applied.delete(range)
    }
    for (const [range, peer] of wanted) {
      if (applied.get(range) === peer) continue
      await connect(range, peer)
      applied.set(range, peer)
    }
  }

  const soon = (check: boolean) => {
    running = running
      .then(async () => {
        if (check) await Promise.all([ensureDevice(), ensureRules()])
        await apply()
        failed = false
      })
      .catch((error: unknown) => {
        failed = true
        log.error('network between nodes not applied, trying again', { error })
      })
  }

  soon(true)
  await running
  if (failed) throw new Error('the network between nodes can not be made; the log says why')
  // What an earlier agent left of nodes that are no more.
  for (const stale of await staleRanges(run, new Set(applied.keys())))
    await ignoring(run('ip', ['route', 'delete', stale, 'dev', overlayInterface]), gone)
  const unfollow = nodes.onChange(() => soon(false))
  const check = setInterval(() => soon(true), checkMilliseconds)
  check.unref()

  return {
    settled: () => running,
    stop: async () => {
      unfollow()
      clearInterval(check)
      await running
    },
  }
}

/** of what the control plane gives a node */
const nodePrefixLength = 24

/**
 * Pure: pod ranges of the other nodes, and the address that each is behind. What nodes say of themselves is not believed: a range is of
 * the pod range, as long as every node's, not the last one (that of the API's address), and nobody else's who was there earlier; the
 * address is outside what the cluster itself hands out, and not this node's own, to which its packets would come back for ever.
 */
export const peersOf = (
  nodes: readonly Node[],
  self: Pick<OverlayOptions, 'nodeName' | 'podCIDR' | 'podRange' | 'serviceRange' | 'address'>,
): ReadonlyMap<string, string> => {
  const all = parseRange(self.podRange)
  const last = formatAddress(all.first + all.size - 2 ** (32 - nodePrefixLength))
  const taken = [parseRange(self.podCIDR), parseRange(`${last}/${nodePrefixLength}`)]
  const elsewhere = [self.podRange, self.serviceRange, '127.0.0.0/8', '169.254.0.0/16', '0.0.0.0/8', '224.0.0.0/3'].map(
    parseRange,
  )
  const peers = new Map<string, string>()
  for (const { metadata, spec, status } of nodes.toSorted(byAge)) {
    if (metadata.name === self.nodeName || !spec.podCIDR || !isRange(spec.podCIDR)) continue
    const range = parseRange(spec.podCIDR)
    const canonical = spec.podCIDR === `${formatAddress(range.first)}/${nodePrefixLength}`
    if (!canonical || !contains(all, range.first) || taken.some((other) => overlap(other, range))) continue
    taken.push(range)
    const address = status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? ''
    const value = parseAddress(address)
    if (value !== undefined && value !== parseAddress(self.address) && !elsewhere.some((other) => contains(other, value)))
      peers.set(spec.podCIDR, address)
  }
  return peers
}

const byAge = (a: Node, b: Node) =>
  (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? '') ||
  a.metadata.name.localeCompare(b.metadata.name)

/**
 * What the machine itself sends to pods of others, and what it passes on from outside, carries the node's own address of its pod
 * range: other sources, the API's address above all, are not this machine's alone. Nothing in a packet says that it is of a machine's
 * overlay, so pods may send none that looks like it.
 */
const overlayRules = ({ podCIDR, own }: { podCIDR: string; own: string }) => `
add table ip ${table}
delete table ip ${table}
table ip ${table} {
  chain postrouting {
    type nat hook postrouting priority srcnat - 6;
    oifname "${overlayInterface}" ip saddr != ${podCIDR} snat to ${own}
  }
  chain forward {
    type filter hook forward priority -10;
    iifname "${interfacePattern}" oifname != "${interfacePattern}" udp dport ${port} drop
  }
  chain input {
    type filter hook input priority -10;
    iifname "${interfacePattern}" udp dport ${port} drop
  }
}
`

const deviceStands = async (run: Run, address: string): Promise<boolean> => {
  try {
    const text = await run('ip', ['-json', '-details', 'link', 'show', overlayInterface])
    const [link] = JSON.parse(text) as { linkinfo?: { info_data?: { local?: string } }; flags?: string[] }[]
    return link?.linkinfo?.info_data?.local === address && (link.flags ?? []).includes('UP')
  } catch {
    return false
  }
}

const staleRanges = async (run: Run, known: ReadonlySet<string>): Promise<string[]> => {
  const routes = JSON.parse((await run('ip', ['-json', '-4', 'route', 'show', 'dev', overlayInterface])) || '[]') as readonly {
    dst: string
  }[]
  return routes.map(({ dst }) => dst).filter((dst) => !known.has(dst))
}
