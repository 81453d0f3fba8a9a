import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRun } from '../../../agent/network/command.ts'
import { prepareHost, removeHost } from '../../../agent/network/host.ts'
import type { PodNetwork } from '../../../agent/network/pod-network.ts'
import { createPodNetwork } from '../../../agent/network/routed-network.ts'
import { type ServiceRules, startServiceRules } from '../../../agent/network/services/service-rules.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import type { EndpointSlice, Service } from '../../../shared/resources/resource.ts'
import { createListInformer } from './list-informer.ts'
import { createMachine, type Machine, missing } from './machine.ts'
import { answeredBy, type Peer, startPeer } from './peer.ts'
import { newService, newSlice, type SliceEndpoint } from './service-object.ts'

const reason = missing()
const podRange = '10.244.0.0/16'
const serviceRange = '10.96.0.0/16'
const apiAddress = '10.244.255.254'
const log = createLogger({ write: (line) => console.error(line), level: 'warn' })

describe.skipIf(reason)(`pods and Services on a machine with two nodes${reason ? ` (${reason})` : ''}`, () => {
  let machine: Machine
  const services = createListInformer<Service>()
  const endpointSlices = createListInformer<EndpointSlice>()
  const nodes = ['one', 'two'].map((nodeName, index) => ({
    nodeName,
    podCIDR: `10.244.${index}.0/24`,
    dataDir: mkdtempSync(join(tmpdir(), `windlass-${nodeName}-`)),
    hostServices: index === 0,
    expose: true,
  }))
  const networks: PodNetwork[] = []
  const rules: ServiceRules[] = []
  const peers = new Map<string, Peer>()
  const ips = new Map<string, string>()
  const sandboxes = new Map<string, string>()

  const attachment = (name: string, netns: string, hostPorts: { hostPort: number }[] = []) => ({
    uid: `uid-${name}`,
    namespace: 'default',
    name,
    netns,
    hostPorts: hostPorts.map(({ hostPort }) => ({ hostIP: '', hostPort, containerPort: 8080, protocol: 'TCP' as const })),
  })

  const startPod = async (name: string, node: number, hostPorts: { hostPort: number }[] = []) => {
    const netns = await machine.newSandbox()
    const { ip } = await networks[node]!.attach(attachment(name, netns, hostPorts))
    sandboxes.set(name, netns)
    ips.set(name, ip)
    peers.set(name, await startPeer({ netns, name, ports: [8080] }))
  }
  const peer = (name: string) => peers.get(name)!
  const endpoint = (name: string, conditions: SliceEndpoint['conditions'] = { ready: true }): SliceEndpoint => ({
    ip: ips.get(name)!,
    nodeName: ips.get(name)!.startsWith('10.244.0.') ? 'one' : 'two',
    conditions,
  })
  const settled = () => Promise.all(rules.map((each) => each.settled()))
  const escaped = async () =>
    Number(/packets (\d+)/.exec(await machine.run('nft', ['list', 'counter', 'ip', 'windlass', 'escaped']))?.[1])

  beforeAll(async () => {
    machine = await createMachine()
    const { run } = machine
    // as Docker leaves it
    await run('iptables', ['-P', 'FORWARD', 'DROP']).catch(() => undefined)
    await prepareHost({ podRange, serviceRange, apiAddress, expose: true, run })
    for (const node of nodes) {
      const network = createPodNetwork({ ...node, podRange, serviceCIDR: serviceRange, checkMilliseconds: 200, log, run })
      await network.start()
      networks.push(network)
      rules.push(
        await startServiceRules({
          ...node,
          podRange,
          clusterDNS: '10.96.0.10',
          dnsPort: 8080,
          checkMilliseconds: 200,
          services,
          endpointSlices,
          log,
          run,
        }),
      )
    }
    await Promise.all([startPod('a', 0), startPod('b', 0), startPod('c', 1, [{ hostPort: 9090 }])])
    peers.set('machine', await startPeer({ netns: `/run/netns/${machine.netns}`, name: 'machine', ports: [8080] }))
    peers.set('world', await startPeer({ netns: `/run/netns/${machine.outside}`, name: 'world', ports: [8080] }))
    // an eye of its own at the way out, after everything else
    const watch = ['daddr', 'saddr'].map((side) => `ip ${side} { ${podRange}, ${serviceRange} } oifname "eth0" counter`)
    await run(
      'nft',
      ['-f', '-'],
      `table ip watch { chain out { type filter hook postrouting priority 400; ${watch.join('; ')}; }\n}\n`,
    )
  })

  afterAll(async () => {
    for (const each of peers.values()) await each.stop()
    for (const each of [...rules, ...networks]) await each.stop()
    for (const { dataDir } of nodes) rmSync(dataDir, { recursive: true })
    await machine?.dispose()
  })

  it('lets pods of one node and of two nodes reach each other under their own addresses', async () => {
    expect(await peer('a').call({ address: ips.get('b')!, port: 8080 })).toEqual([{ server: 'b', client: ips.get('a') }])
    expect(await peer('a').call({ address: ips.get('c')!, port: 8080 })).toEqual([{ server: 'c', client: ips.get('a') }])
    expect(await peer('machine').call({ address: ips.get('c')!, port: 8080 })).toEqual([{ server: 'c', client: '10.244.1.1' }])
  })

  it('lets pods out under the address of the machine', async () => {
    expect(await peer('c').call({ address: '203.0.113.1', port: 8080 })).toEqual([{ server: 'world', client: '203.0.113.2' }])
    expect(await peer('c').call({ address: apiAddress, port: 8080 })).toEqual([{ server: 'machine', client: ips.get('c') }])
  })

  it.each(['tcp', 'udp'] as const)('spreads %s connections to a ClusterIP over the ready endpoints', async (protocol) => {
    const name = `spread-${protocol}`
    const clusterIP = protocol === 'tcp' ? '10.96.1.1' : '10.96.1.2'
    services.set(newService(name, { clusterIP, ports: [{ port: 80, protocol: protocol.toUpperCase() }] }))
    const protocolName = protocol.toUpperCase()
    endpointSlices.set(newSlice(name, [endpoint('a'), endpoint('b'), endpoint('c')], { protocol: protocolName }))
    await settled()
    for (const client of ['a', 'c', 'machine'])
      expect(answeredBy(await peer(client).call({ protocol, address: clusterIP, port: 80, times: 40 }))).toEqual(['a', 'b', 'c'])
    endpointSlices.set(newSlice(name, [endpoint('a', { ready: false }), endpoint('b')], { protocol: protocolName }))
    await settled()
    for (const client of ['a', 'c', 'machine'])
      expect(answeredBy(await peer(client).call({ protocol, address: clusterIP, port: 80, times: 20 }))).toEqual(['b'])
  })

  it('refuses at once when no endpoint is ready, at an unknown port and at an unknown address', async () => {
    services.set(newService('nobody', { clusterIP: '10.96.1.3', ports: [{ port: 80 }] }))
    await settled()
    for (const client of ['a', 'machine'])
      for (const [address, port] of [
        ['10.96.1.3', 80],
        ['10.96.1.3', 81],
        ['10.96.77.77', 80],
      ] as const) {
        expect(answeredBy(await peer(client).call({ address, port }))).toEqual(['ECONNREFUSED'])
      }
  })

  it('lets a pod reach itself through its Service', async () => {
    services.set(newService('self', { clusterIP: '10.96.1.4', ports: [{ port: 80 }] }))
    endpointSlices.set(newSlice('self', [endpoint('a')]))
    await settled()
    expect(await peer('a').call({ address: '10.96.1.4', port: 80 })).toEqual([{ server: 'a', client: '10.244.0.1' }])
  })

  it('answers the cluster DNS address by the node itself', async () => {
    for (const protocol of ['tcp', 'udp'] as const)
      expect(answeredBy(await peer('c').call({ protocol, address: '10.96.0.10', port: 53 }))).toEqual(['machine'])
  })

  it('opens a NodePort on localhost, the machine and each node', async () => {
    services.set(newService('node', { type: 'NodePort', clusterIP: '10.96.1.5', ports: [{ port: 80, nodePort: 30080 }] }))
    endpointSlices.set(newSlice('node', [endpoint('b'), endpoint('c')]))
    await settled()
    for (const address of ['127.0.0.1', '203.0.113.2', '10.244.0.1', '10.244.1.1'])
      expect(answeredBy(await peer('machine').call({ address, port: 30080, times: 20 }))).toEqual(['b', 'c'])
    for (const address of ['203.0.113.2', '10.244.0.1', '10.244.1.1'])
      expect(answeredBy(await peer('a').call({ address, port: 30080, times: 20 }))).toEqual(['b', 'c'])
    expect(answeredBy(await peer('world').call({ address: '203.0.113.2', port: 30080, times: 20 }))).toEqual(['b', 'c'])
  })

  it('keeps the caller and stays on the node under externalTrafficPolicy Local', async () => {
    const spec = { type: 'NodePort', clusterIP: '10.96.1.6', externalTrafficPolicy: 'Local' }
    services.set(newService('keeps', { ...spec, ports: [{ port: 80, nodePort: 30081 }] }))
    endpointSlices.set(newSlice('keeps', [endpoint('b'), endpoint('c')]))
    await settled()
    const outcomes = await peer('world').call({ address: '203.0.113.2', port: 30081, times: 10 })
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome)))).toEqual(
      new Set([JSON.stringify({ server: 'b', client: '203.0.113.1' })]),
    )
    endpointSlices.set(newSlice('keeps', [endpoint('c')]))
    await settled()
    expect(answeredBy(await peer('world').call({ address: '203.0.113.2', port: 30081 }))).toEqual(['timeout'])
    expect(answeredBy(await peer('machine').call({ address: '10.244.1.1', port: 30081 }))).toEqual(['c'])
    expect(answeredBy(await peer('a').call({ address: '203.0.113.2', port: 30081 }))).toEqual(['c'])
  })

  it('stays on the node under internalTrafficPolicy Local', async () => {
    const spec = { clusterIP: '10.96.1.7', internalTrafficPolicy: 'Local' }
    services.set(newService('inside', { ...spec, ports: [{ port: 80 }] }))
    endpointSlices.set(newSlice('inside', [endpoint('b'), endpoint('c')]))
    await settled()
    expect(answeredBy(await peer('a').call({ address: '10.96.1.7', port: 80, times: 10 }))).toEqual(['b'])
    expect(answeredBy(await peer('c').call({ address: '10.96.1.7', port: 80, times: 10 }))).toEqual(['c'])
    endpointSlices.set(newSlice('inside', [endpoint('b')]))
    await settled()
    expect(answeredBy(await peer('c').call({ address: '10.96.1.7', port: 80 }))).toEqual(['timeout'])
  })

  it('serves ingress addresses and externalIPs from everywhere', async () => {
    const service = newService('balanced', {
      type: 'LoadBalancer',
      clusterIP: '10.96.1.8',
      externalIPs: ['203.0.113.2'],
      ports: [{ port: 7070 }],
    })
    service.status = { loadBalancer: { ingress: [{ ip: '203.0.113.2' }] } }
    services.set(service)
    endpointSlices.set(newSlice('balanced', [endpoint('c')]))
    await settled()
    for (const client of ['a', 'c', 'machine', 'world'])
      expect(answeredBy(await peer(client).call({ address: '203.0.113.2', port: 7070 }))).toEqual(['c'])
    endpointSlices.delete('default', 'balanced-1')
    await settled()
    for (const client of ['a', 'machine', 'world'])
      expect(answeredBy(await peer(client).call({ address: '203.0.113.2', port: 7070 }))).toEqual(['ECONNREFUSED'])
  })

  it('sends a client to the same endpoint under ClientIP affinity until that is gone', async () => {
    services.set(newService('sticky', { clusterIP: '10.96.1.9', sessionAffinity: 'ClientIP', ports: [{ port: 80 }] }))
    endpointSlices.set(newSlice('sticky', [endpoint('a'), endpoint('b'), endpoint('c')]))
    await settled()
    const [first, ...others] = answeredBy(await peer('a').call({ address: '10.96.1.9', port: 80, times: 30 }))
    expect(others).toEqual([])
    endpointSlices.set(
      newSlice(
        'sticky',
        ['a', 'b', 'c'].filter((name) => name !== first).map((name) => endpoint(name)),
      ),
    )
    await settled()
    const [second, ...more] = answeredBy(await peer('a').call({ address: '10.96.1.9', port: 80, times: 30 }))
    expect(more).toEqual([])
    expect(second).not.toBe(first)
  })

  it('falls back to terminating endpoints that still serve', async () => {
    services.set(newService('leaving', { clusterIP: '10.96.1.10', ports: [{ port: 80 }] }))
    const leaving = { ready: false, serving: true, terminating: true }
    endpointSlices.set(newSlice('leaving', [endpoint('a', leaving), endpoint('b', { ...leaving, serving: false })]))
    await settled()
    expect(answeredBy(await peer('c').call({ address: '10.96.1.10', port: 80, times: 10 }))).toEqual(['a'])
  })

  it('reaches endpoints outside the cluster', async () => {
    services.set(newService('database', { type: 'NodePort', clusterIP: '10.96.1.12', ports: [{ port: 80, nodePort: 30082 }] }))
    endpointSlices.set(newSlice('database', [{ ip: '203.0.113.1', nodeName: '', conditions: {} }]))
    await settled()
    for (const client of ['a', 'c', 'machine'])
      expect(await peer(client).call({ address: '10.96.1.12', port: 80 })).toEqual([{ server: 'world', client: '203.0.113.2' }])
    expect(await peer('machine').call({ address: '203.0.113.2', port: 30082 })).toEqual([
      { server: 'world', client: '203.0.113.2' },
    ])
    // what has a loopback source leaves by interfaces of pods alone
    expect(await peer('machine').call({ address: '127.0.0.1', port: 30082 })).not.toEqual([
      expect.objectContaining({ server: 'world' }),
    ])
  })

  it('admits only the ranges given to a load balancer', async () => {
    const service = newService('guarded', {
      type: 'LoadBalancer',
      clusterIP: '10.96.1.13',
      loadBalancerSourceRanges: ['10.244.0.0/24', '2001:db8::/32'],
      ports: [{ port: 7071 }],
    })
    service.status = { loadBalancer: { ingress: [{ ip: '203.0.113.2' }] } }
    services.set(service)
    endpointSlices.set(newSlice('guarded', [endpoint('c')]))
    await settled()
    expect(answeredBy(await peer('a').call({ address: '203.0.113.2', port: 7071 }))).toEqual(['c'])
    expect(answeredBy(await peer('world').call({ address: '203.0.113.2', port: 7071 }))).toEqual(['timeout'])
  })

  it('gives an address that two Services claim to one, and to the other when that is gone', async () => {
    const claim = { externalIPs: ['203.0.113.2'], ports: [{ port: 7072 }] }
    services.set(newService('claim-2', { clusterIP: '10.96.1.14', ...claim }))
    services.set(newService('claim-1', { clusterIP: '10.96.1.15', ...claim }))
    endpointSlices.set(newSlice('claim-1', [endpoint('a')]))
    endpointSlices.set(newSlice('claim-2', [endpoint('c')]))
    await settled()
    expect(answeredBy(await peer('world').call({ address: '203.0.113.2', port: 7072, times: 5 }))).toEqual(['a'])
    services.delete('default', 'claim-1')
    await settled()
    expect(answeredBy(await peer('world').call({ address: '203.0.113.2', port: 7072, times: 5 }))).toEqual(['c'])
  })

  it('keeps the other Services when nft refuses one, and takes it when it is right', async () => {
    const loud = log.error
    const errors: string[] = []
    log.error = (message) => errors.push(message)
    services.set(newService('bad }', { clusterIP: '10.96.1.17', ports: [{ port: 80 }] }))
    endpointSlices.set(newSlice('bad }', [endpoint('a')]))
    services.set(
      newService('good', { clusterIP: '10.96.1.18', ports: [{ port: 80 }, { port: 80, protocol: 'SCTP', name: 's' }] }),
    )
    endpointSlices.set(newSlice('good', [endpoint('a')]))
    await settled()
    log.error = loud
    expect(errors).toContain('service rules refused')
    expect(answeredBy(await peer('c').call({ address: '10.96.1.18', port: 80 }))).toEqual(['a'])
    services.delete('default', 'bad }')
    await settled()
  })

  it('loses no connection while an agent starts again', async () => {
    services.set(newService('steady', { clusterIP: '10.96.1.19', ports: [{ port: 80 }] }))
    endpointSlices.set(newSlice('steady', [endpoint('b'), endpoint('c')]))
    await settled()
    const calls = peer('a').call({ address: '10.96.1.19', port: 80, times: 400 })
    const options = { ...nodes[0]!, podRange, clusterDNS: '10.96.0.10', dnsPort: 8080, services, endpointSlices, log }
    for (let count = 0; count < 3; count++) await (await startServiceRules({ ...options, run: machine.run })).stop()
    expect(answeredBy(await calls)).toEqual(['b', 'c'])
  })

  it('lets a connection go on when its endpoint stops being ready', async () => {
    services.set(newService('lasting', { clusterIP: '10.96.1.16', ports: [{ port: 80 }] }))
    endpointSlices.set(newSlice('lasting', [endpoint('c')]))
    await settled()
    await peer('a').hold({ address: '10.96.1.16', port: 80 })
    endpointSlices.set(newSlice('lasting', [endpoint('c', { ready: false, serving: true, terminating: true }), endpoint('b')]))
    await settled()
    expect(await peer('a').echo('still there')).toBe('still there')
    expect(answeredBy(await peer('a').call({ address: '10.96.1.16', port: 80, times: 10 }))).toEqual(['b'])
  })

  it('moves a UDP client that goes on from one port when its endpoint vanishes', async () => {
    services.set(newService('stream', { clusterIP: '10.96.1.11', ports: [{ port: 80, protocol: 'UDP' }] }))
    endpointSlices.set(newSlice('stream', [endpoint('b')], { protocol: 'UDP' }))
    await settled()
    const call = () => peer('a').call({ protocol: 'udp', address: '10.96.1.11', port: 80, samePort: true })
    expect(answeredBy(await call())).toEqual(['b'])
    endpointSlices.set(newSlice('stream', [endpoint('c')], { protocol: 'UDP' }))
    await settled()
    expect(answeredBy(await call())).toEqual(['c'])
  })

  it('touches no network of the machine itself, whatever an engine gives for a pod’s', async () => {
    const addresses = () => createRun()('ip', ['-o', '-4', 'address'])
    const before = await addresses()
    for (const netns of ['/proc/self/ns/net', `/proc/${process.pid}/ns/net`])
      await expect(networks[0]!.attach(attachment('mistaken', netns))).rejects.toThrow(
        `${netns} is the network of this machine itself, and no pod's`,
      )
    expect(await addresses()).toBe(before)
    expect((await networks[0]!.attached()).map(({ uid }) => uid)).not.toContain('uid-mistaken')
  })

  it('opens hostPorts on the node only', async () => {
    expect(answeredBy(await peer('machine').call({ address: '10.244.1.1', port: 9090 }))).toEqual(['c'])
    expect(answeredBy(await peer('a').call({ address: '10.244.1.1', port: 9090 }))).toEqual(['c'])
    expect(answeredBy(await peer('a').call({ address: '10.244.0.1', port: 9090 }))).toEqual(['ECONNREFUSED'])
  })

  it('keeps a pod as it is when it is attached again, and moves it into a new sandbox', async () => {
    const restarted = createPodNetwork({ ...nodes[0]!, podRange, serviceCIDR: serviceRange, log, run: machine.run })
    await restarted.start()
    networks.push(restarted)
    expect(await restarted.attach(attachment('b', sandboxes.get('b')!))).toEqual({ ip: ips.get('b') })
    expect(answeredBy(await peer('a').call({ address: ips.get('b')!, port: 8080 }))).toEqual(['b'])
    const netns = await machine.newSandbox()
    expect(await restarted.attach(attachment('b', netns))).toEqual({ ip: ips.get('b') })
    const again = await startPeer({ netns, name: 'b-again', ports: [8080] })
    peers.set('b-again', again)
    expect(answeredBy(await peer('a').call({ address: ips.get('b')!, port: 8080 }))).toEqual(['b-again'])
  })

  it('makes its rules again when somebody flushes them all', async () => {
    services.set(newService('flushed', { clusterIP: '10.96.1.20', ports: [{ port: 80 }] }))
    endpointSlices.set(newSlice('flushed', [endpoint('c')]))
    await settled()
    const { warn } = log
    log.warn = () => undefined
    for (const table of (await machine.run('nft', ['list', 'tables'])).match(/windlass\S*/g) ?? [])
      await machine.run('nft', ['delete', 'table', 'ip', table])
    const reached = async (client: string, address: string, port: number) =>
      (await peer(client).call({ address, port })).some((outcome) => 'server' in outcome)
    await expect.poll(() => reached('a', '10.96.1.20', 80), { timeout: 10_000 }).toBe(true)
    await expect.poll(() => reached('machine', '10.244.1.1', 9090), { timeout: 10_000 }).toBe(true)
    await expect.poll(() => reached('c', '203.0.113.1', 8080), { timeout: 10_000 }).toBe(true)
    log.warn = warn
  })

  it('lets no packet of its ranges out, whatever a pod calls', async () => {
    const before = await escaped()
    await peer('a').call({ address: '10.244.200.1', port: 80 })
    await peer('a').call({ address: '10.96.200.1', port: 80, protocol: 'udp' })
    await peer('machine').call({ address: '10.244.200.1', port: 80 })
    expect(await escaped()).toBe(before)
    // should somebody take the blackhole away, the last rule still holds
    await machine.run('ip', ['route', 'delete', 'blackhole', podRange])
    expect(answeredBy(await peer('a').call({ address: '10.244.200.1', port: 80 }))).toEqual(['timeout'])
    expect(answeredBy(await peer('machine').call({ address: '10.244.200.1', port: 80 }))).toEqual(['timeout'])
    expect(await escaped()).toBeGreaterThan(before)
    expect(await machine.run('nft', ['list', 'table', 'ip', 'watch'])).not.toMatch(/packets [1-9]/)
  })

  it('leaves nothing behind', async () => {
    for (const each of [...rules, ...networks]) await each.stop()
    for (const { uid } of (await Promise.all(networks.map((network) => network.attached()))).flat())
      for (const network of networks) await network.detach(uid)
    await removeHost({ run: machine.run })
    expect(await machine.run('ip', ['-o', 'link', 'show'])).not.toMatch(/wl-|windlass/)
    expect(await machine.run('ip', ['route', 'show'])).not.toMatch(/10\.(244|96)\./)
    expect(await machine.run('nft', ['list', 'ruleset'])).not.toMatch(/windlass/)
  })
})
