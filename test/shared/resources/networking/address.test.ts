import { describe, expect, it } from 'vitest'
import { definitionOf, kind } from '../definition-of.ts'

describe('an EndpointSlice', () => {
  const slice = kind('EndpointSlice')
  const endpoint = (...addresses: string[]) => ({ addresses })

  it('names its ports and protocols', () => {
    expect(slice.defaulted({ addressType: 'IPv4', ports: [{ port: 80 }] })).toMatchObject({
      ports: [{ port: 80, name: '', protocol: 'TCP' }],
    })
  })

  it.each([
    [{ ports: [], endpoints: [] }, '<unset>', '<unset>'],
    [
      { ports: [{ port: 80 }, { name: 'x' }, {}], endpoints: [endpoint('10.0.0.1'), endpoint('10.0.0.2')] },
      '80,x,*',
      '10.0.0.1,10.0.0.2',
    ],
    [
      { ports: [1, 2, 3, 4].map((port) => ({ port })), endpoints: [endpoint('a', 'b'), endpoint('c'), endpoint('d', 'e')] },
      '1,2,3 + 1 more...',
      'a,b,c + 2 more...',
    ],
  ])('shows %j', (value, ports, endpoints) => {
    expect(slice.cells({ addressType: 'IPv4', ...value })).toMatchObject({
      AddressType: 'IPv4',
      Ports: ports,
      Endpoints: endpoints,
    })
  })

  it.each([
    ['an ordinary one', { addressType: 'IPv4', ports: [{ port: 80 }], endpoints: [endpoint('10.244.0.5')] }, []],
    ['no type', {}, ['addressType: Required value']],
    ['a type', { addressType: 'IPX' }, ['addressType: Unsupported value: "IPX": supported values: "FQDN", "IPv4", "IPv6"']],
    [
      'no address',
      { addressType: 'IPv4', endpoints: [endpoint()] },
      ['endpoints[0].addresses: Required value: must contain at least 1 address'],
    ],
    [
      'the other family',
      { addressType: 'IPv4', endpoints: [endpoint('fd00::1')] },
      ['endpoints[0].addresses: Invalid value: "fd00::1": must be an IPv4 address'],
    ],
    [
      'a long form',
      { addressType: 'IPv6', endpoints: [endpoint('fd00:0:0::1')] },
      ['endpoints[0].addresses[0]: Invalid value: "fd00:0:0::1": must be in canonical form ("fd00::1")'],
    ],
    [
      'a link-local address',
      { addressType: 'IPv4', endpoints: [endpoint('169.254.1.1')] },
      ['endpoints[0].addresses[0]: Invalid value: "169.254.1.1": may not be in the link-local range (169.254.0.0/16, fe80::/10)'],
    ],
    ['ports of a name', { addressType: 'IPv4', ports: [{ port: 1 }, { port: 2 }] }, ['ports[1].name: Duplicate value: ""']],
    [
      'too many',
      { addressType: 'IPv4', endpoints: Array.from({ length: 1001 }, () => endpoint('10.0.0.1')) },
      ['endpoints: Too many: 1001: must have at most 1000 items'],
    ],
    [
      'a short domain',
      { addressType: 'FQDN', endpoints: [endpoint('db')] },
      ['endpoints[0].addresses[0]: Invalid value: "db": should be a domain with at least two segments separated by dots'],
    ],
  ])('answers %s', (_, value, expected) => {
    expect(slice.errors(value)).toEqual(expected)
  })

  it('keeps its address type', () => {
    expect(slice.updateErrors({ addressType: 'IPv4' }, { addressType: 'IPv6' })).toEqual([
      'addressType: Invalid value: "IPv6": field is immutable',
    ])
  })
})

describe('an IPAddress', () => {
  const address = kind('IPAddress')
  const parentRef = { group: '', resource: 'services', namespace: 'default', name: 'web' }

  it('is named by its address and belongs to something', () => {
    const validateName = (name: string) => definitionOf('IPAddress').validateName!(name, false, {} as never)
    expect(validateName('10.96.0.1')).toEqual([])
    expect(validateName('web')).toEqual(['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'])
    expect(validateName('010.96.0.1')).toEqual(['must not have leading 0s'])
    expect(address.errors({ spec: {} })).toEqual(['spec.parentRef: Required value'])
    expect(address.errors({ spec: { parentRef } })).toEqual([])
    expect(address.cells({ spec: { parentRef } }).ParentRef).toBe('services/default/web')
    expect(address.updateErrors({ spec: { parentRef } }, { spec: { parentRef: { ...parentRef, name: 'x' } } })).toEqual([
      expect.stringMatching(/^spec\.parentRef: .*: field is immutable$/),
    ])
  })
})

describe('a ServiceCIDR', () => {
  const serviceCIDR = kind('ServiceCIDR')

  it.each([
    [['10.96.0.0/16'], []],
    [['10.96.0.0/16', 'fd00::/108'], []],
    [[], ['spec.cidrs: Required value: at least one CIDR required']],
    [['10.96.0.1/16'], ['spec.cidrs[0]: Invalid value: "10.96.0.1/16": must not have bits set beyond the prefix length']],
    [
      ['10.96.0.0'],
      ['spec.cidrs[0]: Invalid value: "10.96.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'],
    ],
    [
      ['10.96.0.0/16', '10.97.0.0/16'],
      [
        'spec.cidrs: Invalid value: ["10.96.0.0/16","10.97.0.0/16"]: may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64',
      ],
    ],
  ])('answers %j', (cidrs, expected) => {
    expect(serviceCIDR.errors({ spec: { cidrs } })).toEqual(expected)
  })

  it('keeps its first range', () => {
    const update = (cidrs: string[]) => serviceCIDR.updateErrors({ spec: { cidrs: ['10.96.0.0/16'] } }, { spec: { cidrs } })
    expect(update(['10.96.0.0/16', 'fd00::/108'])).toEqual([])
    expect(update(['10.97.0.0/16'])).toEqual(['spec.cidrs[0]: Invalid value: "10.97.0.0/16": field is immutable'])
  })
})

describe('a Lease', () => {
  const lease = kind('Lease')

  it('needs a revision to be replaced, and time to last', () => {
    expect(definitionOf('Lease').unconditionalUpdate).toBe(false)
    expect(lease.errors({ spec: { leaseDurationSeconds: 0, leaseTransitions: -1 } })).toEqual([
      'spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0',
      'spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0',
    ])
    expect(lease.cells({ spec: { holderIdentity: 'me' } }).Holder).toBe('me')
  })
})
