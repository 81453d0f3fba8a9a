import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '../../shared/platform/log.ts'
import { nodeAddress } from './address.ts'
import { type Lease, openAddressPool } from './address-pool.ts'
import { createRun, gone, ignoring, type Run } from './command.ts'
import { isAliasOf, nodeInterface, nodeTable, podAlias, podInterface, servicesTable } from './name.ts'
import { hostPortLines, nodeRules } from './node-rules.ts'
import type { PodAttachment, PodNetwork } from './pod-network.ts'

export interface PodNetworkOptions {
  readonly nodeName: string
  readonly podCIDR: string
  /** of all nodes, e.g. 10.244.0.0/16 */
  readonly podRange?: string | undefined
  readonly serviceCIDR: string
  /** whether this node also answers on the machine's other addresses */
  readonly hostServices: boolean
  readonly dataDir: string
  readonly log: Logger
  readonly run?: Run | undefined
}

/**
 * `PodNetwork` on one machine. Every pod's veth is an interface of its own on the host, with a host route to the pod's
 * address; the node's address (first of its podCIDR) stands on a portless bridge and is every pod's gateway. All
 * packets of pods are thus routed by the host, so that Services are translated there, once for all pods
 * (docs/decisions/020-services-in-the-host.md), whether br_netfilter is there or not. `prepareHost` must have run before.
 */
export const createPodNetwork = (options: PodNetworkOptions): PodNetwork => {
  const { nodeName, podCIDR, podRange = '10.244.0.0/16', serviceCIDR, hostServices, dataDir, log, run = createRun() } = options
  const pool = openAddressPool({ file: join(dataDir, 'network.json'), podCIDR })
  const gateway = nodeAddress(podCIDR)
  const device = nodeInterface(nodeName)
  const inTurn = createTurns()
  let mtu = 1500

  const applyHostPorts = async (verb: 'add' | 'delete', lease: Lease) => {
    const lines = hostPortLines({ verb, nodeName, ip: lease.ip, hostPorts: lease.hostPorts })
    if (verb === 'add') await (lines.length > 0 ? run('nft', ['-f', '-'], lines.join('')) : undefined)
    // one by one: what is not there must not keep the others
    else for (const line of lines) await ignoring(run('nft', ['-f', '-'], line), gone)
  }

  const connect = async (pod: PodAttachment, ip: string) => {
    const link = podInterface(pod.uid)
    // the interface to a former sandbox may still be there
    await ignoring(run('ip', ['link', 'delete', link]), gone)
    const alias = podAlias(nodeName, pod.namespace, pod.name)
    const host = [
      `link add ${link} mtu ${mtu} type veth peer name eth0 mtu ${mtu} netns ${pod.netns}`,
      `link set ${link} alias "${alias}" up`,
      `route replace ${ip}/32 dev ${link} src ${gateway}`,
    ]
    const inside = [
      'link set lo up',
      `address add ${ip}/32 dev eth0`,
      'link set eth0 up',
      `route add ${gateway}/32 dev eth0 scope link`,
      `route add default via ${gateway} dev eth0`,
    ]
    await run('ip', ['-batch', '-'], `${host.join('\n')}\n`)
    await run('nsenter', [`--net=${pod.netns}`, 'ip', '-batch', '-'], `${inside.join('\n')}\n`)
  }

  const attach = async (pod: PodAttachment): Promise<{ ip: string }> => {
    const { ino } = await stat(pod.netns)
    const known = pool.get(pod.uid)
    if (known && known.netnsInode === ino && (await linkExists(run, podInterface(pod.uid)))) return { ip: known.ip }
    const { namespace, name, hostPorts } = pod
    const lease = known ?? pool.take(pod.uid, { namespace, name, hostPorts })
    if (known) await applyHostPorts('delete', known)
    await connect(pod, lease.ip)
    await applyHostPorts('add', { ...lease, hostPorts })
    pool.update(pod.uid, { ...lease, hostPorts, netnsInode: ino })
    return { ip: lease.ip }
  }

  const detach = async (uid: string) => {
    const lease = pool.get(uid)
    await ignoring(run('ip', ['link', 'delete', podInterface(uid)]), gone)
    if (!lease) return
    await applyHostPorts('delete', lease)
    pool.release(uid)
  }

  return {
    start: async () => {
      mtu = await outsideMtu(run)
      await ignoring(run('ip', ['link', 'add', device, 'type', 'bridge']), /File exists/)
      // a pod that has gone is refused at once, where a blackhole would let its clients wait
      const lines = [
        `link set ${device} up`,
        `address replace ${gateway}/32 dev ${device}`,
        `route replace unreachable ${podCIDR}`,
      ]
      await run('ip', ['-batch', '-'], `${lines.join('\n')}\n`)
      const rules = nodeRules({ nodeName, podCIDR, podRange, serviceRange: serviceCIDR, hostServices })
      const hostPorts = pool.entries().flatMap(([, { ip, hostPorts }]) => hostPortLines({ verb: 'add', nodeName, ip, hostPorts }))
      await run('nft', ['-f', '-'], rules + hostPorts.join(''))
      log.info('pod network is ready', { podCIDR, device, mtu, pods: pool.entries().length })
    },
    attach: (pod) => inTurn(pod.uid, () => attach(pod)),
    detach: (uid) => inTurn(uid, () => detach(uid)),
    attached: async () => pool.entries().map(([uid, { ip }]) => ({ uid, ip })),
    // running pods keep their network while the agent is away
    stop: async () => undefined,
  }
}

/** Undoes everything that a node's agent made on the machine; for `npm run reset` and for nodes that are taken away. */
export const removeNode = async (options: { nodeName: string; podCIDR: string; run?: Run | undefined }): Promise<void> => {
  const { nodeName, podCIDR, run = createRun() } = options
  for (const { ifname, ifalias } of await links(run))
    if (isAliasOf(nodeName, ifalias ?? '')) await ignoring(run('ip', ['link', 'delete', ifname]), gone)
  await ignoring(run('ip', ['link', 'delete', nodeInterface(nodeName)]), gone)
  await ignoring(run('ip', ['route', 'delete', 'unreachable', podCIDR]), gone)
  for (const table of [nodeTable(nodeName), servicesTable(nodeName)])
    await ignoring(run('nft', ['delete', 'table', 'ip', table]), gone)
}

interface Link {
  readonly ifname: string
  readonly mtu: number
  readonly ifalias?: string
}

const links = async (run: Run) => JSON.parse((await run('ip', ['-json', 'link', 'show'])) || '[]') as readonly Link[]

const linkExists = async (run: Run, name: string) => (await links(run)).some(({ ifname }) => ifname === name)

/** A pod's packets must fit the interface they leave the machine by. */
const outsideMtu = async (run: Run) => {
  const routes = JSON.parse((await run('ip', ['-json', '-4', 'route', 'show', 'default'])) || '[]') as readonly { dev?: string }[]
  const outside = (await links(run)).find(({ ifname }) => ifname === routes[0]?.dev)
  return Math.min(1500, outside?.mtu ?? 1500)
}

/** Runs what concerns the same key one after the other, different keys at once. */
const createTurns = () => {
  const last = new Map<string, Promise<unknown>>()
  return <T>(key: string, act: () => Promise<T>): Promise<T> => {
    const result = (last.get(key) ?? Promise.resolve()).then(act, act)
    last.set(key, result)
    const clear = () => {
      if (last.get(key) === result) last.delete(key)
    }
    result.then(clear, clear)
    return result
  }
}
