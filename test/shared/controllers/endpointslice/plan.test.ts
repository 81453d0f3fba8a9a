import { describe, expect, it } from 'vitest'
import { planSlices } from '../../../../shared/controllers/endpointslice/plan.ts'
import type { Endpoint } from '../../../../shared/resources/generated/types.ts'
import type { EndpointSlice } from '../../../../shared/resources/resource.ts'

const labels = { 'kubernetes.io/service-name': 'web' }
const ports = [{ name: 'http', port: 80, protocol: 'TCP' }]
const at = (name: string, ready = true): Endpoint => ({
  addresses: [`ip of ${name}`],
  conditions: { ready },
  targetRef: { kind: 'Pod', name, uid: name },
})
const slice = (name: string, endpoints: Endpoint[], more: Partial<EndpointSlice> = {}): EndpointSlice => ({
  metadata: { name, labels },
  addressType: 'IPv4',
  endpoints,
  ports,
  ...more,
})
const plan = (wanted: Endpoint[], existing: EndpointSlice[], maxPerSlice = 3) => {
  const { create, update, remove } = planSlices({
    groups: wanted.length ? [{ ports, endpoints: wanted }] : [],
    existing,
    labels,
    maxPerSlice,
  })
  const names = (endpoints: readonly Endpoint[] | null | undefined) =>
    endpoints?.map(({ targetRef }) => targetRef?.name).join('') ?? ''
  return {
    create: create.map(({ endpoints }) => names(endpoints)),
    update: Object.fromEntries(update.map(({ metadata, endpoints }) => [metadata.name, names(endpoints)])),
    remove: remove.map(({ metadata }) => metadata.name),
  }
}

describe('slices of a Service', () => {
  it.each([
    [
      'are made, none larger than allowed',
      [at('a'), at('b'), at('c'), at('d')],
      [],
      { create: ['abc', 'd'], update: {}, remove: [] },
    ],
    [
      'are left alone when they are right',
      [at('a'), at('b')],
      [slice('s', [at('a'), at('b')])],
      { create: [], update: {}, remove: [] },
    ],
    [
      'change in place with their endpoints',
      [at('a', false)],
      [slice('s', [at('a')])],
      { create: [], update: { s: 'a' }, remove: [] },
    ],
    [
      'take new ones where one is written anyway',
      [at('a'), at('c')],
      [slice('s', [at('a'), at('b')])],
      { create: [], update: { s: 'ac' }, remove: [] },
    ],
    [
      'take new ones into the fullest that has room',
      [at('a'), at('b'), at('c'), at('d')],
      [slice('s', [at('a')]), slice('t', [at('b'), at('c')])],
      { create: [], update: { t: 'bcd' }, remove: [] },
    ],
    [
      'go when they are empty',
      [at('a')],
      [slice('s', [at('a')]), slice('t', [at('b')])],
      { create: [], update: {}, remove: ['t'] },
    ],
    ['become a placeholder when nothing is left', [], [slice('s', [at('a')])], { create: [], update: { s: '' }, remove: [] }],
    ['stay a placeholder', [], [slice('s', [], { ports: [] })], { create: [], update: {}, remove: [] }],
    ['stop being a placeholder', [at('a')], [slice('s', [], { ports: [] })], { create: [], update: { s: 'a' }, remove: [] }],
    [
      'follow the labels',
      [at('a')],
      [slice('s', [at('a')], { metadata: { name: 's', labels: {} } })],
      { create: [], update: { s: 'a' }, remove: [] },
    ],
  ])('%s', (_what, wanted, existing, expected) => {
    expect(plan(wanted as Endpoint[], existing as EndpointSlice[])).toEqual(expected)
  })

  it('are apart for pods with other ports', () => {
    const other = [{ name: 'http', port: 81, protocol: 'TCP' }]
    const groups = [
      { ports, endpoints: [at('a')] },
      { ports: other, endpoints: [at('b')] },
    ]
    const { create } = planSlices({ groups, existing: [], labels, maxPerSlice: 3 })
    expect(create.map(({ ports }) => ports[0]?.port)).toEqual([80, 81])
  })
})
