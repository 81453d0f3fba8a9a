import { describe, expect, it } from 'vitest'
import { kind } from '../definition-of.ts'

const service = kind('Service')
const port = { port: 80 }
const errors = (spec: object, metadata: object = {}) =>
  service.errors({ metadata: { name: 'it', ...metadata }, spec: { ports: [port], ...spec } })

describe('defaults of a Service', () => {
  const defaulted = (spec: object) => service.defaulted({ spec }).spec

  it('make a ClusterIP one', () => {
    expect(defaulted({ ports: [port] })).toEqual({
      type: 'ClusterIP',
      sessionAffinity: 'None',
      internalTrafficPolicy: 'Cluster',
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
    })
  })

  it('depend on the type', () => {
    expect(defaulted({ type: 'NodePort' })).toMatchObject({ externalTrafficPolicy: 'Cluster', internalTrafficPolicy: 'Cluster' })
    expect(defaulted({ type: 'LoadBalancer' })).toMatchObject({
      externalTrafficPolicy: 'Cluster',
      allocateLoadBalancerNodePorts: true,
    })
    expect(defaulted({ type: 'ExternalName' })).toEqual({ type: 'ExternalName', sessionAffinity: 'None' })
    expect(defaulted({ externalIPs: ['1.2.3.4'] })).toMatchObject({ externalTrafficPolicy: 'Cluster' })
  })

  it('give affinity three hours', () => {
    expect(defaulted({ sessionAffinity: 'ClientIP' })).toMatchObject({
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } },
    })
    expect(defaulted({ sessionAffinityConfig: { clientIP: { timeoutSeconds: 5 } } })).not.toHaveProperty('sessionAffinityConfig')
  })
})

describe('validation of a Service', () => {
  it.each([
    ['an ordinary one', {}, []],
    ['no ports', { ports: [] }, ['spec.ports: Required value']],
    ['a headless one without ports', { ports: [], clusterIP: 'None', clusterIPs: ['None'] }, []],
    ['an external name', { type: 'ExternalName', externalName: 'db.example.com', ports: [] }, []],
    ['an external name that is none', { type: 'ExternalName', ports: [] }, ['spec.externalName: Required value']],
    [
      'an external name with an address',
      { type: 'ExternalName', externalName: 'x.y', clusterIP: '10.96.0.5', clusterIPs: ['10.96.0.5'] },
      ['spec.clusterIPs: Forbidden: may not be set for ExternalName services'],
    ],
    [
      'ports without names',
      { ports: [{ port: 80 }, { port: 81 }] },
      ['spec.ports[0].name: Required value', 'spec.ports[1].name: Required value'],
    ],
    [
      'names twice',
      {
        ports: [
          { port: 80, name: 'a' },
          { port: 81, name: 'a' },
        ],
      },
      ['spec.ports[1].name: Duplicate value: "a"'],
    ],
    [
      'a port twice',
      {
        ports: [
          { port: 80, name: 'a' },
          { port: 80, name: 'b' },
        ],
      },
      ['spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}'],
    ],
    [
      'a port out of range',
      { ports: [{ port: 70000, targetPort: 80 }] },
      ['spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive'],
    ],
    [
      'a target port',
      { ports: [{ port: 80, targetPort: 'No_Name' }] },
      [
        'spec.ports[0].targetPort: Invalid value: "No_Name": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
      ],
    ],
    [
      'a node port of a ClusterIP',
      { ports: [{ port: 80, nodePort: 30000 }] },
      ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
    ],
    [
      'a node port twice',
      {
        type: 'NodePort',
        ports: [
          { port: 80, name: 'a', nodePort: 30000 },
          { port: 81, name: 'b', nodePort: 30000 },
        ],
      },
      ['spec.ports[1].nodePort: Invalid value: 30000: provided port is already allocated'],
    ],
    [
      'a type',
      { type: 'Tunnel' },
      ['spec.type: Unsupported value: "Tunnel": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"'],
    ],
    [
      'affinity',
      { sessionAffinity: 'Cookie' },
      ['spec.sessionAffinity: Unsupported value: "Cookie": supported values: "ClientIP", "None"'],
    ],
    [
      'a long affinity',
      { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 86401 } } },
      ['spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be greater than 0 and less than 86400'],
    ],
    [
      'an address that is none',
      { clusterIP: 'x', clusterIPs: ['x'] },
      ['spec.clusterIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
    ],
    [
      'addresses that disagree',
      { clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.2'] },
      ['spec.clusterIPs: Invalid value: ["10.96.0.2"]: first value must match `clusterIP`'],
    ],
    [
      'a headless NodePort',
      { type: 'NodePort', clusterIP: 'None', clusterIPs: ['None'] },
      ['spec.clusterIPs[0]: Invalid value: "None": may not be set to \'None\' for NodePort services'],
    ],
    [
      'the wrong family',
      { clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1'], ipFamilies: ['IPv6'] },
      ['spec.clusterIPs[0]: Invalid value: "10.96.0.1": expected an IPv6 value as indicated by `ipFamilies[0]`'],
    ],
    [
      'an external address of the node itself',
      { externalIPs: ['127.0.0.1'] },
      ['spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)'],
    ],
    [
      'source ranges of a ClusterIP',
      { loadBalancerSourceRanges: ['10.0.0.0/8'] },
      ["spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'"],
    ],
    [
      'source ranges',
      { type: 'LoadBalancer', loadBalancerSourceRanges: ['10.0.0.0'] },
      [
        'spec.LoadBalancerSourceRanges[0]: Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
      ],
    ],
    [
      'a traffic policy of a ClusterIP',
      { externalTrafficPolicy: 'Local' },
      ['spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services'],
    ],
    [
      'a traffic policy',
      { type: 'NodePort', externalTrafficPolicy: 'Near' },
      ['spec.externalTrafficPolicy: Unsupported value: "Near": supported values: "Cluster", "Local"'],
    ],
    [
      'traffic distribution',
      { trafficDistribution: 'Random' },
      [
        'spec.trafficDistribution: Unsupported value: "Random": supported values: "PreferClose", "PreferSameZone", "PreferSameNode"',
      ],
    ],
    [
      'a load balancer class',
      { loadBalancerClass: 'x/y' },
      ["spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'"],
    ],
    [
      'a selector',
      { selector: { app: 'not valid' } },
      [expect.stringMatching(/^spec\.selector: Invalid value: "not valid": a valid label must be an empty string or/)],
    ],
  ])('answers %s', (_, spec, expected) => {
    expect(errors(spec)).toEqual(expected)
  })

  const old = {
    spec: { type: 'ClusterIP', clusterIP: '10.96.0.5', clusterIPs: ['10.96.0.5'], ipFamilies: ['IPv4'], ports: [port] },
  }
  it('keeps addresses as they are', () => {
    expect(service.updateErrors(old, old)).toEqual([])
    expect(service.updateErrors(old, { spec: { ...old.spec, clusterIP: '10.96.0.6', clusterIPs: ['10.96.0.6'] } })).toEqual([
      'spec.clusterIPs[0]: Invalid value: ["10.96.0.6"]: may not change once set',
    ])
  })

  it('lets the type change, and what hangs on it go', () => {
    const exposed = {
      spec: { ...old.spec, type: 'NodePort', externalTrafficPolicy: 'Cluster', ports: [{ port: 80, nodePort: 30080 }] },
    }
    expect(service.updateErrors(exposed, { spec: { ...exposed.spec, type: 'ClusterIP' } })).toEqual([])
    expect(service.updateErrors(old, { spec: { ...old.spec, type: 'ExternalName', externalName: 'a.b' } })).toEqual([])
  })

  it('lets only load balancers have an address outside', () => {
    const status = { loadBalancer: { ingress: [{ ip: '1.2.3.4', ipMode: 'VIP' }] } }
    expect(service.statusErrors({ spec: { type: 'LoadBalancer' }, status })).toEqual([])
    expect(service.statusErrors({ spec: { type: 'ClusterIP' }, status })).toEqual([
      "status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'",
    ])
  })

  it('warns of what is ignored', () => {
    expect(service.warnings({ spec: { ports: [port], externalName: 'x' } })).toEqual([
      'spec.externalName is ignored when spec.type is not "ExternalName"',
    ])
    expect(service.warnings({ spec: { ports: [port], externalIPs: ['010.1.2.3'] } })).toEqual([
      'spec.externalIPs[0]: non-standard IP address "010.1.2.3" will be considered invalid in a future Kubernetes release: use "10.1.2.3"',
    ])
  })
})

describe('the table of Services', () => {
  it('has upstream’s columns', () => {
    expect(service.columns(0)).toEqual(['Type', 'Cluster-IP', 'External-IP', 'Port(s)', 'Age'])
    expect(service.columns(1)).toEqual(['Selector'])
  })

  it.each([
    [
      { type: 'ClusterIP', clusterIPs: ['10.96.0.1'], ports: [{ port: 80, protocol: 'TCP' }] },
      {},
      'ClusterIP 10.96.0.1 <none> 80/TCP <none>',
    ],
    [{ type: 'ClusterIP', clusterIPs: ['None'], selector: { b: '2', a: '1' } }, {}, 'ClusterIP None <none> <none> a=1,b=2'],
    [
      {
        type: 'NodePort',
        clusterIPs: ['10.96.0.1'],
        ports: [
          { port: 80, nodePort: 30080, protocol: 'TCP' },
          { port: 53, protocol: 'UDP' },
        ],
      },
      {},
      'NodePort 10.96.0.1 <none> 80:30080/TCP,53/UDP <none>',
    ],
    [{ type: 'LoadBalancer', clusterIPs: ['10.96.0.1'] }, {}, 'LoadBalancer 10.96.0.1 <pending> <none> <none>'],
    [
      { type: 'LoadBalancer', clusterIPs: ['10.96.0.1'], externalIPs: ['9.9.9.9'] },
      { loadBalancer: { ingress: [{ ip: '1.2.3.4' }, { hostname: 'lb.example.com' }] } },
      'LoadBalancer 10.96.0.1 1.2.3.4,lb.example.com,9.9.9.9 <none> <none>',
    ],
    [{ type: 'ExternalName', externalName: 'db.example.com' }, {}, 'ExternalName <none> db.example.com <none> <none>'],
  ])('shows %j', (spec, status, expected) => {
    const cells = service.cells({ spec, status })
    expect([cells.Type, cells['Cluster-IP'], cells['External-IP'], cells['Port(s)'], cells.Selector].join(' ')).toBe(expected)
  })
})
