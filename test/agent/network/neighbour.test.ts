import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { prepareHost, removeHost } from '../../../agent/network/host.ts'
import type { PodNetwork } from '../../../agent/network/pod-network.ts'
import { createPodNetwork } from '../../../agent/network/routed-network.ts'
import { type ServiceRules, startServiceRules } from '../../../agent/network/services/service-rules.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import type { EndpointSlice, Service } from '../../../shared/resources/resource.ts'
import { createListInformer } from './list-informer.ts'
import { createMachine, type Machine, missing } from './machine.ts'
import { answeredBy, type Peer, startPeer } from './peer.ts'
import { newService, newSlice } from './service-object.ts'

const reason = missing()
const podRange = '10.244.0.0/16'
const serviceRange = '10.96.0.0/16'
const apiAddress = '10.244.255.254'
const machineAddress = '203.0.113.2'
const podSource = '10.244.77.7'
const node = { nodeName: 'one', podCIDR: '10.244.0.0/24', podRange, hostServices: true }
const log = createLogger({ write: (line) => console.error(line), level: 'error' })

/** Somebody on the same link who takes the machine for the way to wherever it wants to go. */
describe.skipIf(reason)(`a neighbour on the link${reason ? ` (${reason})` : ''}`, () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'windlass-neighbour-'))
  const services = createListInformer<Service>()
  const endpointSlices = createListInformer<EndpointSlice>()
  let machine: Machine
  let local: Peer
  let neighbour: Peer
  let pod: Peer
  let podIP = ''
  let network: PodNetwork
  let rules: ServiceRules | undefined

  const outside = (...args: string[]) => machine.run('ip', ['netns', 'exec', machine.outside, ...args])
  const call = async (peer: Peer, address: string, port: number, from?: string) =>
    (await answeredBy(await peer.call({ address, port, from })))[0]
  const sysctl = async (name: string) => (await machine.run('cat', [`/proc/sys/net/ipv4/${name}`])).trim()
  const setSysctl = (name: string, value: string) => machine.run('tee', [`/proc/sys/net/ipv4/${name}`], value)
  const prepare = async (expose: boolean) => {
    const { run } = machine
    await prepareHost({ podRange, serviceRange, apiAddress, expose, run })
    network = createPodNetwork({ ...node, expose, serviceCIDR: serviceRange, dataDir, log, run })
    await network.start()
    const netns = await machine.newSandbox()
    const hostPorts = [{ hostIP: '', hostPort: 9090, containerPort: 8080, protocol: 'TCP' as const }]
    podIP = (await network.attach({ uid: `uid-${expose}`, namespace: 'default', name: 'pod', netns, hostPorts })).ip
    pod = await startPeer({ netns, name: 'pod', ports: [8080] })
    const service = newService('web', { type: 'LoadBalancer', clusterIP: '10.96.4.4', ports: [{ port: 7070, nodePort: 30_080 }] })
    service.status = { loadBalancer: { ingress: [{ ip: machineAddress }] } }
    services.set(service)
    endpointSlices.set(newSlice('web', [{ ip: podIP, nodeName: 'one', conditions: { ready: true } }]))
    rules = await startServiceRules({
      ...node,
      expose,
      clusterDNS: '10.96.0.10',
      dnsPort: 8080,
      services,
      endpointSlices,
      log,
      run,
    })
    await rules.settled()
  }
  const remove = async () => {
    await rules?.stop()
    await network.stop()
    for (const { uid } of await network.attached()) await network.detach(uid)
    await pod.stop()
    await removeHost({ run: machine.run })
  }
  const flush = () => machine.run('nft', ['flush', 'ruleset'])

  beforeAll(async () => {
    machine = await createMachine()
    await setSysctl('ip_forward', '0')
    await setSysctl('conf/all/accept_redirects', '1')
    local = await startPeer({ netns: `/run/netns/${machine.netns}`, name: 'machine', ports: [8080] })
    // a neighbour to whom 127/8 and the addresses of pods are elsewhere
    await outside('sh', '-c', 'for f in all br0; do echo 1 > /proc/sys/net/ipv4/conf/$f/route_localnet; done')
    await outside('ip', 'address', 'add', `${podSource}/32`, 'dev', 'br0')
    await outside('ip', 'address', 'flush', 'dev', 'lo')
    await outside('ip', 'route', 'flush', 'table', 'local', '127.0.0.0/8')
    await outside('ip', 'route', 'add', '127.0.0.1/32', 'via', machineAddress)
    neighbour = await startPeer({ netns: `/run/netns/${machine.outside}`, name: 'neighbour' })
    expect(await call(neighbour, machineAddress, 8080)).toBe('machine')
  })
  afterAll(async () => {
    await neighbour?.stop()
    await local?.stop()
    await machine?.dispose()
    rmSync(dataDir, { recursive: true })
  })

  it('reaches loopback services of a machine that lets it, so these tests can fail', async () => {
    await setSysctl('conf/all/route_localnet', '1')
    expect(await call(neighbour, '127.0.0.1', 8080)).toBe('machine')
    await setSysctl('conf/all/route_localnet', '0')
    expect(await call(neighbour, '127.0.0.1', 8080)).toBe('timeout')
  })

  it('reaches nothing of the cluster, by no address and under no source', async () => {
    await prepare(false)
    for (const [address, port] of [
      ['127.0.0.1', 8080],
      [podIP, 8080],
      ['10.244.0.1', 8080],
      ['10.244.0.1', 30_080],
      [apiAddress, 8080],
      ['10.96.4.4', 7070],
    ] as const)
      expect([address, port, await call(neighbour, address, port)]).toEqual([address, port, 'timeout'])
    for (const port of [30_080, 9090, 7070])
      expect([port, await call(neighbour, machineAddress, port)]).toEqual([port, 'ECONNREFUSED'])
    await machine.run(
      'nft',
      ['-f', '-'],
      `table ip eye { chain in { type filter hook input priority 400; ip saddr ${podSource} counter; }\n}\n`,
    )
    expect(answeredBy(await neighbour.call({ protocol: 'udp', address: machineAddress, port: 8080, from: podSource }))).toEqual([
      'timeout',
    ])
    expect(await machine.run('nft', ['list', 'table', 'ip', 'eye'])).toContain('packets 0')
    await machine.run('nft', ['delete', 'table', 'ip', 'eye'])
  })

  it('does not keep the machine and its pods from any of it', async () => {
    for (const address of ['127.0.0.1', machineAddress, '10.244.0.1']) {
      expect([address, await call(local, address, 30_080)]).toEqual([address, 'pod'])
      expect([address, await call(local, address, 9090)]).toEqual([address, 'pod'])
    }
    expect(await call(local, machineAddress, 7070)).toBe('pod')
    expect(await call(pod, machineAddress, 30_080)).toBe('pod')
    expect(await call(pod, apiAddress, 8080)).toBe('machine')
  })

  it('still reaches no loopback service when somebody has flushed all tables', async () => {
    await flush()
    expect(await call(neighbour, '127.0.0.1', 8080)).toBe('timeout')
    expect(await sysctl('conf/all/route_localnet')).toBe('0')
    expect(await sysctl('conf/eth0/route_localnet')).toBe('0')
  })

  it('finds the machine as it was before, when the cluster has gone', async () => {
    expect(await sysctl('ip_forward')).toBe('1')
    // as after a kill: somebody else prepares again, and what was found first is what counts
    await prepareHost({ podRange, serviceRange, apiAddress, expose: false, run: machine.run })
    await remove()
    for (const [name, value] of [
      ['ip_forward', '0'],
      ['conf/all/accept_redirects', '1'],
      ['conf/all/route_localnet', '0'],
    ] as const)
      expect([name, await sysctl(name)]).toEqual([name, value])
    expect(await call(neighbour, '127.0.0.1', 8080)).toBe('timeout')
    expect(await machine.run('ip', ['route', 'show', 'table', 'all'])).not.toMatch(/10\.(244|96)\./)
    expect(await machine.run('iptables', ['-S']).catch(() => '')).not.toContain('windlass')
    expect(await machine.run('nft', ['list', 'ruleset'])).not.toContain('windlass')
  })

  it('leaves forwarding on where it was on, and interfaces that forwarded alone', async () => {
    await setSysctl('conf/eth0/forwarding', '1')
    await prepareHost({ podRange, serviceRange, apiAddress, expose: false, run: machine.run })
    await removeHost({ run: machine.run })
    expect([await sysctl('ip_forward'), await sysctl('conf/eth0/forwarding'), await sysctl('conf/lo/forwarding')]).toEqual([
      '0',
      '1',
      '0',
    ])
    await setSysctl('ip_forward', '1')
    await prepareHost({ podRange, serviceRange, apiAddress, expose: false, run: machine.run })
    await removeHost({ run: machine.run })
    expect(await sysctl('ip_forward')).toBe('1')
  })

  it.each([
    ['on for an engine that was started since', ['172.17.0.1/16'], '1'],
    ['off where somebody has made a bridge that leads nowhere', [], '0'],
  ])('leaves forwarding %s', async (_, addresses, value) => {
    await setSysctl('ip_forward', '0')
    await machine.run('ip', ['link', 'add', 'virbr0', 'type', 'bridge'])
    await machine.run('ip', ['address', 'add', '192.168.122.1/24', 'dev', 'virbr0'])
    await prepareHost({ podRange, serviceRange, apiAddress, expose: false, run: machine.run })
    await machine.run('ip', ['link', 'add', 'docker0', 'type', 'bridge'])
    for (const address of addresses) await machine.run('ip', ['address', 'add', address, 'dev', 'docker0'])
    await removeHost({ run: machine.run })
    expect(await sysctl('ip_forward')).toBe(value)
    for (const bridge of ['docker0', 'virbr0']) await machine.run('ip', ['link', 'delete', bridge])
    await setSysctl('ip_forward', '0')
  })

  it('reaches what is exposed, past a firewall that drops what is forwarded, and no more', async () => {
    await machine.run('iptables', ['-P', 'FORWARD', 'DROP'])
    await prepare(true)
    for (const port of [30_080, 9090, 7070]) expect([port, await call(neighbour, machineAddress, port)]).toEqual([port, 'pod'])
    for (const address of [podIP, '10.244.0.1', apiAddress, '127.0.0.1'])
      expect(await call(neighbour, address, 8080)).toBe('timeout')
    await remove()
  })

  it('is kept out by a firewall of the machine as before, and pods are from all but nodes and the API', async () => {
    const { run } = machine
    await run('iptables', ['-A', 'INPUT', '-i', 'lo', '-j', 'ACCEPT'])
    await run('iptables', ['-A', 'INPUT', '-m', 'conntrack', '--ctstate', 'RELATED,ESTABLISHED', '-j', 'ACCEPT'])
    await run('iptables', ['-P', 'INPUT', 'DROP'])
    await prepare(false)
    expect(await call(neighbour, machineAddress, 8080)).toBe('timeout')
    expect(await call(pod, machineAddress, 8080)).toBe('timeout')
    expect(await call(pod, apiAddress, 8080)).toBe('machine')
    expect(await call(pod, '10.96.0.10', 53)).toBe('machine')
    expect(await call(local, '127.0.0.1', 30_080)).toBe('pod')
    await remove()
  })
})
