import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { prepareHost } from '../../../agent/network/host.ts'
import { startMetadataBlock } from '../../../agent/network/metadata-block.ts'
import { type Overlay, overlayBytes, peersOf, startOverlay } from '../../../agent/network/overlay.ts'
import type { PodNetwork } from '../../../agent/network/pod-network.ts'
import { createPodNetwork } from '../../../agent/network/routed-network.ts'
import { type ServiceRules, startServiceRules } from '../../../agent/network/services/service-rules.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import type { EndpointSlice, Node, Service } from '../../../shared/resources/resource.ts'
import { createListInformer } from './list-informer.ts'
import { createMachine, type Machine, missing } from './machine.ts'
import { answeredBy, type Peer, startPeer } from './peer.ts'
import { newService, newSlice } from './service-object.ts'

const podRange = '10.244.0.0/16'
const serviceRange = '10.96.0.0/16'
const log = createLogger({ write: (line) => console.error(line), level: 'warn' })

const newNode = (name: string, podCIDR: string, address: string) =>
  ({ metadata: { name }, spec: { podCIDR }, status: { addresses: [{ type: 'InternalIP', address }] } }) as unknown as Node

const self = { nodeName: 'me', podCIDR: '10.244.0.0/24', podRange, serviceRange, address: '203.0.113.2' }

it('finds the other nodes that can be reached', () => {
  const incomplete = { metadata: { name: 'new' }, spec: {} } as Node
  const nodes = [newNode('me', '10.244.0.0/24', '203.0.113.2'), newNode('other', '10.244.1.0/24', '203.0.113.3'), incomplete]
  expect([...peersOf(nodes, self)]).toEqual([['10.244.1.0/24', '203.0.113.3']])
})

it.each([
  ['more than the pod range', '0.0.0.0/1'],
  ['all that pods have', '10.244.0.0/16'],
  ['half of what a node has', '10.244.3.0/25'],
  ['outside the pod range', '10.96.0.0/24'],
  ['not the beginning of a range', '10.244.3.7/24'],
  ['its own', '10.244.0.0/24'],
  ['that of the API address', '10.244.255.0/24'],
  ['no range', 'x'],
])('does not believe a node whose range is %s', (_what, range) => {
  const nodes = [newNode('other', '10.244.1.0/24', '203.0.113.3'), newNode('bad', range, '203.0.113.4')]
  expect([...peersOf(nodes, self)]).toEqual([['10.244.1.0/24', '203.0.113.3']])
})

it.each(['203.0.113.2', '10.244.1.1', '10.96.0.1', '127.0.0.1', '169.254.169.254', '0.0.0.0', '239.1.1.1', 'fe80::1', ''])(
  'does not believe a node that is behind %j',
  (address) => expect([...peersOf([newNode('bad', '10.244.1.0/24', address)], self)]).toEqual([]),
)

it.each([
  ['an address of Services', '012.96.0.1'],
  ['an address of pods', '012.244.1.1'],
  ['its own', '0313.0.113.2'],
  ['its own, said otherwise', '203.0.0161.2'],
])('does not believe a node whose address the tools read as %s', (_what, address) =>
  expect([...peersOf([newNode('bad', '10.244.1.0/24', address)], self)]).toEqual([]),
)

it('lets who was there first have a range that another claims', () => {
  const made = (node: Node, creationTimestamp: string) => ({ ...node, metadata: { ...node.metadata, creationTimestamp } })
  const first = made(newNode('z', '10.244.1.0/24', '203.0.113.3'), '2026-01-01T00:00:00Z')
  const late = made(newNode('a', '10.244.1.0/24', '203.0.113.4'), '2026-01-02T00:00:00Z')
  expect([...peersOf([late, first], self)]).toEqual([['10.244.1.0/24', '203.0.113.3']])
})

const reason = missing()
describe.skipIf(reason)(`pods of two machines${reason ? ` (${reason})` : ''}`, () => {
  const names = ['one', 'two']
  const machines: Machine[] = []
  const folders = names.map((name) => mkdtempSync(join(tmpdir(), `windlass-${name}-`)))
  const stops: (() => unknown)[] = []
  const networks: PodNetwork[] = []
  const overlays: Overlay[] = []
  const rules: ServiceRules[] = []
  const peers = new Map<string, Peer>()
  const ips = new Map<string, string>()
  const nodes = createListInformer<Node>()
  const services = createListInformer<Service>()
  const endpointSlices = createListInformer<EndpointSlice>()
  const addressOf = (index: number) => `203.0.113.${index + 2}`
  const nodeOf = (index: number) => newNode(names[index]!, `10.244.${index}.0/24`, addressOf(index))

  const startMachine = async (index: number) => {
    const machine = await createMachine({ address: addressOf(index), ...(machines[0] && { beside: machines[0] }) })
    machines.push(machine)
    const { run } = machine
    await run('iptables', ['-P', 'FORWARD', 'DROP']).catch(() => undefined)
    await prepareHost({ podRange, serviceRange, apiAddress: '10.244.255.254', expose: true, run })
    const common = {
      nodeName: names[index]!,
      podCIDR: `10.244.${index}.0/24`,
      podRange,
      hostServices: true,
      expose: true,
      log,
      run,
    }
    const network = createPodNetwork({
      ...common,
      serviceCIDR: serviceRange,
      dataDir: folders[index]!,
      extraBytes: overlayBytes,
    })
    await network.start()
    networks.push(network)
    rules.push(await startServiceRules({ ...common, clusterDNS: '10.96.0.10', services, endpointSlices }))
    overlays.push(await startOverlay({ ...common, serviceRange, address: addressOf(index), nodes, checkMilliseconds: 200 }))
    peers.set(`machine-${index}`, await startPeer({ netns: `/run/netns/${machine.netns}`, name: `machine-${index}` }))
  }
  const startPod = async (name: string, index: number) => {
    const netns = await machines[index]!.newSandbox()
    const { ip } = await networks[index]!.attach({
      uid: `uid-${name}-${index}`,
      namespace: 'default',
      name,
      netns,
      hostPorts: [],
    })
    ips.set(name, ip)
    peers.set(name, await startPeer({ netns, name, ports: [8080] }))
  }
  const peer = (name: string) => peers.get(name)!
  const ip = (name: string) => ips.get(name)!
  const settled = () => Promise.all([...overlays, ...rules].map((each) => each.settled()))

  beforeAll(async () => {
    for (const index of [0, 1]) await startMachine(index)
    for (const index of [0, 1]) nodes.set(nodeOf(index))
    await Promise.all([startPod('a', 0), startPod('b', 1)])
    await settled()
  })
  afterAll(async () => {
    for (const each of peers.values()) await each.stop()
    for (const each of [...rules, ...overlays, ...networks]) await each.stop()
    for (const stop of stops) stop()
    for (const machine of machines.toReversed()) await machine.dispose()
    for (const folder of folders) rmSync(folder, { recursive: true })
  })

  it('reach each other under their own addresses, in packets that fit', async () => {
    expect(await peer('a').call({ address: ip('b'), port: 8080 })).toEqual([{ server: 'b', client: ip('a') }])
    expect(await peer('b').call({ address: ip('a'), port: 8080, protocol: 'udp' })).toEqual([{ server: 'a', client: ip('b') }])
    const links = JSON.parse(await machines[0]!.run('ip', ['-json', 'link', 'show'])) as { ifname: string; mtu: number }[]
    const mtu = Object.fromEntries(links.map(({ ifname, mtu }) => [ifname, mtu]))
    expect(mtu['wl-vxlan']).toBe(mtu.eth0! - 50)
  })

  it('are reached by the other machine, under its node address', async () => {
    expect(await peer('machine-0').call({ address: ip('b'), port: 8080 })).toEqual([{ server: 'b', client: '10.244.0.1' }])
  })

  it('share Services, whichever machine asks, and by the port of any node', async () => {
    const ports = [{ port: 80, targetPort: 8080, nodePort: 30_080 }]
    services.set(newService('web', { type: 'NodePort', clusterIP: '10.96.4.4', clusterIPs: ['10.96.4.4'], ports }))
    endpointSlices.set(newSlice('web', [{ ip: ip('b'), nodeName: 'two', conditions: { ready: true } }]))
    await settled()
    expect(answeredBy(await peer('a').call({ address: '10.96.4.4', port: 80 }))).toEqual(['b'])
    expect(answeredBy(await peer('machine-0').call({ address: '10.96.4.4', port: 80 }))).toEqual(['b'])
    peers.set('world', await startPeer({ netns: `/run/netns/${machines[0]!.outside}`, name: 'world' }))
    expect(await peer('world').call({ address: addressOf(0), port: 30_080 })).toEqual([{ server: 'b', client: '10.244.0.1' }])
    expect(await peer('machine-0').call({ address: '127.0.0.1', port: 30_080 })).toEqual([{ server: 'b', client: '10.244.0.1' }])
  })

  it('can send a machine nothing that looks like a packet of its overlay', async () => {
    const [machine] = machines
    const eye =
      'table ip eye { counter seen { }\n chain in { type filter hook input priority 400; udp dport 4789 counter name seen; }\n}\n'
    for (const { run } of machines) await run('nft', ['-f', '-'], eye)
    const seen = async () =>
      (await Promise.all(machines.map(({ run }) => run('nft', ['list', 'counter', 'ip', 'eye', 'seen']))))
        .join()
        .match(/packets \d+/g)
    for (const address of ['10.244.0.1', addressOf(0), addressOf(1)])
      await peer('a').call({ address, port: 4789, protocol: 'udp' })
    expect(await seen()).toEqual(['packets 0', 'packets 0'])
    for (const { run } of machines) await run('nft', ['delete', 'table', 'ip', 'eye'])
    expect(await machine!.run('nft', ['list', 'ruleset'])).not.toContain('table ip eye')
  })

  it('find a node again that got another range, and after the device and the rules were removed', async () => {
    nodes.delete('', 'two')
    await settled()
    expect(answeredBy(await peer('a').call({ address: ip('b'), port: 8080 }))).not.toEqual(['b'])
    nodes.set(nodeOf(1))
    await settled()
    expect(answeredBy(await peer('a').call({ address: ip('b'), port: 8080 }))).toEqual(['b'])
    await machines[0]!.run('ip', ['link', 'delete', 'wl-vxlan'])
    await expect
      .poll(async () => answeredBy(await peer('a').call({ address: ip('b'), port: 8080 })), { timeout: 5000 })
      .toEqual(['b'])
  })

  it('do not reach the metadata of their instance, but the credentials of their task; the machine reaches both', async () => {
    const [machine] = machines
    const outside = (...args: string[]) => machine!.run('ip', ['-n', machine!.outside, ...args])
    await outside('address', 'add', '169.254.169.254/32', 'dev', 'br0')
    peers.set('metadata', await startPeer({ netns: `/run/netns/${machine!.outside}`, name: 'metadata', ports: [80, 53] }))
    peers.set('tasks', await startPeer({ netns: `/run/netns/${machine!.netns}`, name: 'tasks', ports: [51_679] }))
    // as ecs-init does
    await machine!.run(
      'nft',
      ['-f', '-'],
      'table ip ecs { chain prerouting { type nat hook prerouting priority dstnat; ip daddr 169.254.170.2 tcp dport 80 dnat to 127.0.0.1:51679; }\n chain output { type nat hook output priority -100; ip daddr 169.254.170.2 tcp dport 80 dnat to 127.0.0.1:51679; }\n}\n',
    )
    const call = async (from: string, address: string) => answeredBy(await peer(from).call({ address, port: 80 }))
    expect(await call('a', '169.254.169.254')).toEqual(['metadata'])
    const block = await startMetadataBlock({ onError: (error) => log.error('no block', { error }), run: machine!.run })
    stops.push(() => block.stop())
    expect(await call('machine-0', '169.254.169.254')).toEqual(['metadata'])
    expect(await call('a', '169.254.169.254')).toEqual(['ECONNREFUSED'])
    expect(await call('a', '169.254.170.2')).toEqual(['tasks'])
    // Google's machines have their resolver there
    expect(answeredBy(await peer('a').call({ address: '169.254.169.254', port: 53 }))).toEqual(['metadata'])
    expect(answeredBy(await peer('a').call({ address: '169.254.169.254', port: 80, protocol: 'udp' }))).not.toEqual(['metadata'])
  })
})
