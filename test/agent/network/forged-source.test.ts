import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { prepareHost, removeHost } from '../../../agent/network/host.ts'
import type { PodNetwork } from '../../../agent/network/pod-network.ts'
import { createPodNetwork } from '../../../agent/network/routed-network.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import { createMachine, type Machine, missing } from './machine.ts'
import { answeredBy, type Peer, startPeer } from './peer.ts'

const reason = missing()
const ranges = { podRange: '10.244.0.0/16', serviceRange: '10.96.0.0/16' }
const apiAddress = '10.244.255.254'
const nodeAddress = '10.244.0.1'
const log = createLogger({ write: (line) => console.error(line), level: 'error' })

/** Packets are counted behind the guards, whatever becomes of them later. */
const eye = (address: string) => `add table ip eye
delete table ip eye
table ip eye {
  chain came { type filter hook prerouting priority -140; iifname "wl-*" ip saddr ${address} udp dport 8080 counter; }
}
`

/** A container may send raw packets, by the engine's default: everything in them is its choice. */
describe.skipIf(reason)(`a pod that forges packets${reason ? ` (${reason})` : ''}`, () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'windlass-forged-'))
  let machine: Machine
  let network: PodNetwork
  let local: Peer
  let pod: Peer
  let podNetns = ''
  let podIP = ''
  let otherIP = ''

  const inPod = (...args: string[]) => machine.run('nsenter', [`--net=${podNetns}`, ...args])
  /** How many packets came past the guards. */
  const packetsFrom = async (address: string): Promise<number> => {
    await machine.run('nft', ['-f', '-'], eye(address))
    if (address !== podIP) await inPod('ip', 'address', 'add', `${address}/32`, 'dev', 'eth0')
    const answer = answeredBy(await pod.call({ protocol: 'udp', address: nodeAddress, port: 8080, from: address }))
    expect(answer).toEqual([address === podIP ? 'machine' : 'timeout'])
    return Number(/packets (\d+)/.exec(await machine.run('nft', ['list', 'table', 'ip', 'eye']))?.[1])
  }

  beforeAll(async () => {
    machine = await createMachine()
    const { run } = machine
    // as Ubuntu sets it: what is asked of single interfaces counts no more
    await run('tee', ['/proc/sys/net/ipv4/conf/all/rp_filter'], '2')
    await prepareHost({ ...ranges, apiAddress, expose: false, run })
    const node = { nodeName: 'one', podCIDR: '10.244.0.0/24', podRange: ranges.podRange, serviceCIDR: ranges.serviceRange }
    network = createPodNetwork({ ...node, hostServices: true, expose: false, dataDir, log, run })
    await network.start()
    const attach = async (name: string) => {
      const netns = await machine.newSandbox()
      return { netns, ip: (await network.attach({ uid: name, namespace: 'default', name, netns, hostPorts: [] })).ip }
    }
    const [first, second] = [await attach('a'), await attach('b')]
    podNetns = first.netns
    podIP = first.ip
    otherIP = second.ip
    await inPod('sh', '-c', 'for f in all eth0; do echo 1 > /proc/sys/net/ipv4/conf/$f/route_localnet; done')
    local = await startPeer({ netns: `/run/netns/${machine.netns}`, name: 'machine', ports: [8080] })
    pod = await startPeer({ netns: podNetns, name: 'pod' })
  })
  afterAll(async () => {
    await pod?.stop()
    await local?.stop()
    await network?.stop()
    await removeHost({ run: machine.run })
    await machine?.dispose()
    rmSync(dataDir, { recursive: true })
  })

  it('is heard under its own address', async () => expect(await packetsFrom(podIP)).toBe(1))

  it.each([
    ['of another pod', () => otherIP],
    ['of no pod yet', () => '10.244.0.77'],
    ['of a pod of another node', () => '10.244.7.7'],
    ['of a Service', () => '10.96.0.10'],
    ['of the API server', () => apiAddress],
    ['of a neighbour of the machine', () => '203.0.113.9'],
    ['of somebody in the world', () => '192.0.2.8'],
    ['of the loopback, which many services trust', () => '127.0.0.2'],
  ])('is not heard under the address %s', async (_, address) => expect(await packetsFrom(address())).toBe(0))
})
