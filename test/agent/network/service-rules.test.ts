import { describe, expect, it } from 'vitest'
import { vanishedUdpEndpoints } from '../../../agent/network/services/conntrack.ts'
import { createElementOwners } from '../../../agent/network/services/element-owners.ts'
import { endpointsOf } from '../../../agent/network/services/endpoint.ts'
import { emptyRuleSet, transition } from '../../../agent/network/services/ruleset.ts'
import { isTranslated, rulesOfService } from '../../../agent/network/services/service-chains.ts'
import { newService, newSlice, type SliceEndpoint } from './service-object.ts'

const node = { nodeName: 'one', podRange: '10.244.0.0/16' }
const ready = (ip: string, nodeName = 'one'): SliceEndpoint => ({ ip, nodeName, conditions: { ready: true } })
const leaving = (ip: string, nodeName = 'one'): SliceEndpoint => ({
  ip,
  nodeName,
  conditions: { ready: false, serving: true, terminating: true },
})
const endpoints = (...all: SliceEndpoint[]) => {
  const { cluster, local } = endpointsOf({ slices: [newSlice('a', all)], port: { port: 80 }, nodeName: 'one' })
  return { cluster: cluster.map(({ ip }) => ip), local: local.map(({ ip }) => ip) }
}

describe('endpoints of a port', () => {
  it('are the ready ones, sorted, each once', () => {
    const all = [ready('10.244.0.9'), ready('10.244.0.2', 'two'), leaving('10.244.0.3'), ready('10.244.0.9')]
    expect(endpoints(...all)).toEqual({ cluster: ['10.244.0.2', '10.244.0.9'], local: ['10.244.0.9'] })
  })

  it('are terminating ones that serve only while none is ready, on the node for itself', () => {
    expect(endpoints(leaving('10.244.0.3'), ready('10.244.1.2', 'two'))).toEqual({
      cluster: ['10.244.1.2'],
      local: ['10.244.0.3'],
    })
    const dead = { ...leaving('10.244.0.4'), conditions: { ready: false, serving: false, terminating: true } }
    expect(endpoints(leaving('10.244.0.3'), dead)).toEqual({ cluster: ['10.244.0.3'], local: ['10.244.0.3'] })
  })

  it('go by the port’s name and protocol', () => {
    const slices = [
      newSlice('a', [ready('10.244.0.2')], { name: 'http', port: 8080 }),
      newSlice('a', [ready('10.244.0.3')], { name: 'dns', protocol: 'UDP' }),
    ]
    const of = (name: string, protocol: string) =>
      endpointsOf({ slices, port: { port: 80, name, protocol }, nodeName: 'one' }).cluster
    expect(of('http', 'TCP')).toEqual([{ ip: '10.244.0.2', port: 8080, local: true }])
    expect(of('dns', 'UDP')).toHaveLength(1)
    expect(of('dns', 'TCP')).toEqual([])
  })
})

describe('rules of a Service', () => {
  const service = newService('web', { clusterIP: '10.96.0.7', ports: [{ port: 80 }] })

  it.each([
    ['headless', newService('a', { clusterIP: 'None' })],
    ['an ExternalName', newService('a', { type: 'ExternalName', externalName: 'b.test' })],
    [
      'another proxy’s',
      { ...service, metadata: { ...service.metadata, labels: { 'service.kubernetes.io/service-proxy-name': 'x' } } },
    ],
  ])('are none when it is %s', (_what, each) => {
    expect(isTranslated(each)).toBe(false)
    expect(rulesOfService(each, [], node)).toBe(emptyRuleSet)
  })

  it('change by one chain when an endpoint comes', () => {
    const before = rulesOfService(service, [newSlice('web', [ready('10.244.0.2')])], node)
    const after = rulesOfService(service, [newSlice('web', [ready('10.244.0.2'), ready('10.244.1.2')])], node)
    const plan = createElementOwners().plan([{ key: 'default/web', before, after }])
    expect(
      transition({
        table: 't',
        changes: [{ before, after }],
        elements: plan.elements.map(({ after }) => ({ before: after, after })),
      }),
    ).toBe(
      [
        'flush chain ip t cluster/default/web/tcp/80',
        'add rule ip t cluster/default/web/tcp/80 meta l4proto tcp dnat ip to numgen random mod 2 map { 0 : 10.244.0.2 . 8080, 1 : 10.244.1.2 . 8080 }',
        '',
      ].join('\n'),
    )
    expect(transition({ table: 't', changes: [{ before: after, after }], elements: [] })).toBe('')
  })

  it('take the entries of a map away before the chain that they lead to', () => {
    const before = rulesOfService(service, [newSlice('web', [ready('10.244.0.2')])], node)
    const owners = createElementOwners()
    owners.plan([{ key: 'default/web', before: emptyRuleSet, after: before }]).commit()
    const { elements } = owners.plan([{ key: 'default/web', before, after: emptyRuleSet }])
    expect(transition({ table: 't', changes: [{ before, after: emptyRuleSet }], elements }).split('\n')).toEqual([
      'flush chain ip t cluster/default/web/tcp/80',
      'delete element ip t services { 10.96.0.7 . tcp . 80 }',
      'delete chain ip t cluster/default/web/tcp/80',
      '',
    ])
  })

  it('name the UDP endpoints whose translations are to be forgotten, and no TCP ones', () => {
    const ports = ['TCP', 'UDP'].map((protocol) => ({ port: 80, name: protocol.toLowerCase(), protocol }))
    const both = newService('web', { clusterIP: '10.96.0.7', ports })
    const slices = (...ips: string[]) =>
      ports.map((port) =>
        newSlice(
          'web',
          ips.map((ip) => ready(ip)),
          { name: port.name, protocol: port.protocol },
        ),
      )
    const before = rulesOfService(both, slices('10.244.0.2', '10.244.0.3'), node)
    const after = rulesOfService(both, slices('10.244.0.3'), node)
    expect(vanishedUdpEndpoints([{ before, after }])).toEqual([{ ip: '10.244.0.2', port: '8080' }])
    expect(vanishedUdpEndpoints([{ before: after, after: before }])).toEqual([])
  })
})
