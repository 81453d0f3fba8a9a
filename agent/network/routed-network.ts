import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '../../shared/platform/log.ts'
import { macOf, nodeAddress } from './address.ts'
import { type Lease, openAddressPool } from './address-pool.ts'
import { CommandError, createRun, gone, ignoring, type Run } from './command.ts'
import { setSysctl } from './forwarding.ts'
import { createGuardKeeper, guardsStand } from './guards.ts'
import { listLinks, outsideMtu } from './link.ts'
import { nodeInterface, nodeTable, podAlias, podInterface, routeProtocol } from './name.ts'
import { hostPortLines, nodeRules } from './node-rules.ts'
import type { PodAttachment, PodNetwork } from './pod-network.ts'

const gatewayMac = 'ee:ee:ee:ee:ee:ee'

/** as CNI plugins begin it */
const ofPods = '0a:58'

export interface PodNetworkOptions {
  readonly nodeName: string
  readonly podCIDR: string
  /** of all nodes, e.g. 10.244.0.0/16 */
  readonly podRange: string
  readonly serviceCIDR: string
  /** whether this node also answers on the machine's other addresses */
  readonly hostServices: boolean
  /** see GuardOptions */
  readonly expose: boolean
  readonly dataDir: string
  readonly log: Logger
  /** what is put around packets that go to other machines; default: there are none */
  readonly extraBytes?: number | undefined
  readonly run?: Run | undefined
  /** how often the rules are looked after */
  readonly checkMilliseconds?: number | undefined
}

/**
 * `PodNetwork` on one machine. Every pod's veth is an interface of its own on the host, with a host route to the pod's
 * address; the node's address (first of its podCIDR) stands on a portless bridge and is every pod's gateway. All
 * packets of pods are thus routed by the host, so that Services are translated there, once for all pods
 * (docs/decisions/020-services-in-the-host.md), whether br_netfilter is there or not. `prepareHost` must have run before.
 */
export const createPodNetwork = (options: PodNetworkOptions): PodNetwork => {
  const { nodeName, podCIDR, podRange, serviceCIDR, hostServices, expose, dataDir, log } = options
  const { run = createRun(), checkMilliseconds = 30_000 } = options
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
    const alias = podAlias(nodeName, pod.namespace, pod.name)
    const podMac = macOf(ofPods, ip)
    // fixed hardware addresses, known to both sides: nothing to ask for, and udev leaves them alone
    const host = [
      `link add ${link} mtu ${mtu} address ${gatewayMac} type veth peer name eth0 mtu ${mtu} address ${podMac} netns ${pod.netns}`,
      `link set ${link} alias "${alias}" up`,
      `route replace ${ip}/32 dev ${link} src ${gateway}`,
      `neighbor replace ${ip} lladdr ${podMac} dev ${link} nud permanent`,
    ]
    const inside = [
      'link set lo up',
      `address add ${ip}/32 dev eth0`,
      'link set eth0 up',
      `route add ${gateway}/32 dev eth0 scope link`,
      `route add default via ${gateway} dev eth0`,
      `neighbor replace ${gateway} lladdr ${gatewayMac} dev eth0 nud permanent`,
    ]
    const batch = `${host.join('\n')}\n`
    await run('ip', ['-batch', '-'], batch).catch(async (error: unknown) => {
      if (!(error instanceof CommandError && error.stderr.includes('File exists'))) throw error
      // the interface to a former sandbox is still there
      await ignoring(run('ip', ['link', 'delete', link]), gone)
      await run('ip', ['-batch', '-'], batch)
    })
    // what the machine calls by localhost leaves towards the pod with a loopback source; by no interface but ours, ever
    await setSysctl(run, `net/ipv4/conf/${link}/route_localnet`, '1')
    await run('nsenter', [`--net=${pod.netns}`, 'ip', '-batch', '-'], `${inside.join('\n')}\n`)
  }

  const attach = async (pod: PodAttachment): Promise<{ ip: string }> => {
    const [{ ino }, own] = await Promise.all([stat(pod.netns), stat('/proc/self/ns/net')])
    if (ino === own.ino) throw new Error(`${pod.netns} is the network of this machine itself, and no pod's`)
    const known = pool.get(pod.uid)
    if (known && known.netnsInode === ino && (await listLinks(run)).some(({ ifname }) => ifname === podInterface(pod.uid)))
      return { ip: known.ip }
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

  const applyRules = async () => {
    const rules = nodeRules({ nodeName, podCIDR, podRange, hostServices, expose })
    const hostPorts = pool.entries().flatMap(([, { ip, hostPorts }]) => hostPortLines({ verb: 'add', nodeName, ip, hostPorts }))
    await run('nft', ['-f', '-'], rules + hostPorts.join(''))
  }

  const ensureRules = async () => {
    await keepGuards()
    const present = await run('nft', ['list', 'map', 'ip', nodeTable(nodeName), 'hostports']).then(
      () => true,
      () => false,
    )
    if (present) return
    log.warn('rules of the pod network are gone, making them again')
    await applyRules()
  }

  const keepGuards = createGuardKeeper({ podRange, serviceRange: serviceCIDR, expose, run }, (text) => log.warn(text))
  let check: NodeJS.Timeout | undefined

  return {
    start: async () => {
      clearInterval(check)
      // nothing of a pod's may leave the machine, so no pod starts before the guards stand
      if (!(await guardsStand(run))) throw new Error('the machine is not prepared for pods: prepareHost must run before')
      mtu = await outsideMtu(run, options.extraBytes)
      await ignoring(run('ip', ['link', 'add', device, 'type', 'bridge']), /File exists/)
      // a pod that has gone is refused at once, where a blackhole would let its clients wait
      const lines = [
        `link set ${device} address ${gatewayMac} up`,
        `address replace ${gateway}/32 dev ${device}`,
        `route replace unreachable ${podCIDR} proto ${routeProtocol}`,
      ]
      await run('ip', ['-batch', '-'], `${lines.join('\n')}\n`)
      await applyRules()
      // a firewall service that restarts takes every table with it
      check = setInterval(
        () => ensureRules().catch((error: unknown) => log.error('pod network not repaired', { error })),
        checkMilliseconds,
      )
      check.unref()
      log.info('pod network is ready', { podCIDR, device, mtu, pods: pool.entries().length })
    },
    attach: (pod) => inTurn(pod.uid, () => attach(pod)),
    detach: (uid) => inTurn(uid, () => detach(uid)),
    attached: async () => pool.entries().map(([uid, { ip }]) => ({ uid, ip })),
    // running pods keep their network while the agent is away
    stop: async () => clearInterval(check),
  }
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
