import { describe, expect, it } from 'vitest'
import type { Namespace } from '../../../../shared/resources/resource.ts'
import { definitionOf, kind } from '../definition-of.ts'

const now = Date.parse('2026-01-01T01:00:00Z')

describe('a Namespace', () => {
  const namespace = kind('Namespace')

  it('carries its name as a label and waits for its contents', () => {
    const created = namespace.created({ metadata: { name: 'shop', labels: { team: 'a' } } })
    expect(created).toMatchObject({
      metadata: { labels: { team: 'a', 'kubernetes.io/metadata.name': 'shop' } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    })
    const definition = definitionOf('Namespace')
    expect(definition.holdsDeletion?.(created)).toBe(true)
    definition.prepareForDeletion?.(created)
    expect((created as Namespace).status?.phase).toBe('Terminating')
  })

  it('keeps its finalizers when it is updated', () => {
    const [old, object] = [namespace.created({}), namespace.defaulted({ spec: { finalizers: [] } })]
    definitionOf('Namespace').prepareForUpdate?.(object, old)
    expect(object.spec).toEqual({ finalizers: ['kubernetes'] })
  })

  it('checks finalizers, names and the phase', () => {
    expect(namespace.errors({ spec: { finalizers: ['mine'] } })).toEqual([
      'spec.finalizers: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
    ])
    expect(definitionOf('Namespace').validateName?.('a.b', false, {} as never)).toEqual(['must not contain dots'])
    expect(namespace.statusErrors({ status: { phase: 'Terminating' } })).toEqual([
      'status.Phase: Invalid value: "Terminating": may only be \'Active\' if `deletionTimestamp` is empty',
    ])
  })
})

describe('a Node', () => {
  const node = kind('Node')

  it('has upstream’s columns', () => {
    expect(node.columns(0)).toEqual(['Status', 'Roles', 'Age', 'Version'])
    expect(node.columns(1)).toEqual(['Internal-IP', 'External-IP', 'OS-Image', 'Kernel-Version', 'Container-Runtime'])
  })

  it.each([
    ['Ready', [{ type: 'Ready', status: 'True' }], {}],
    ['NotReady', [{ type: 'Ready', status: 'Unknown' }], {}],
    ['Unknown', [], {}],
    ['Ready,SchedulingDisabled', [{ type: 'Ready', status: 'True' }], { unschedulable: true }],
  ])('shows %s', (expected, conditions, spec) => {
    expect(node.cells({ spec, status: { conditions } }).Status).toBe(expected)
  })

  it('shows roles and addresses', () => {
    const labels = {
      'node-role.kubernetes.io/worker': '',
      'node-role.kubernetes.io/control-plane': '',
      'kubernetes.io/role': 'edge',
    }
    expect(
      node.cells({
        metadata: { name: 'n', labels },
        spec: {},
        status: { addresses: [{ type: 'InternalIP', address: '10.0.0.1' }] },
      }),
    ).toMatchObject({
      Roles: 'control-plane,edge,worker',
      'Internal-IP': '10.0.0.1',
      'External-IP': '<none>',
      'OS-Image': '<unknown>',
    })
    expect(node.cells({ spec: {} }).Roles).toBe('<none>')
  })

  it('allocates what it has', () => {
    expect(node.defaulted({ status: { capacity: { cpu: '2' } } })).toMatchObject({ status: { allocatable: { cpu: '2' } } })
  })

  it('checks taints and ranges', () => {
    expect(node.errors({ spec: { taints: [{ key: 'a', effect: 'Never' }] } })).toEqual([
      'metadata.taints[0].effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
    ])
    expect(
      node.errors({
        spec: {
          taints: [
            { key: 'a', effect: 'NoExecute' },
            { key: 'a', effect: 'NoExecute', value: 'x' },
          ],
        },
      }),
    ).toEqual([
      'metadata.taints[1]: Duplicate value: {"Key":"a","Value":"x","Effect":"NoExecute","TimeAdded":null}: taints must be unique by key and effect pair',
    ])
    const old = { spec: { podCIDRs: ['10.244.0.0/24'] } }
    expect(node.updateErrors(old, { spec: { podCIDRs: ['10.244.1.0/24'] } })).toEqual([
      'spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid',
    ])
    expect(node.statusErrors({ status: { capacity: { pods: '1500m' } } })).toEqual([
      'status.capacity.pods: Invalid value: "1500m": must be an integer',
    ])
  })
})

describe('an Event', () => {
  const event = kind('Event')
  const regarding = { kind: 'Pod', name: 'web', namespace: 'default' }

  it('vanishes after an hour and is shown without its name first', () => {
    expect(definitionOf('Event').ttlSeconds).toBe(3600)
    expect(event.columns(0)).toEqual(['Last Seen', 'Type', 'Reason', 'Object', 'Message'])
    expect(event.columns(1)).toEqual(['Subobject', 'Source', 'First Seen', 'Count', 'Name'])
  })

  it('shows repeats', () => {
    const value = {
      involvedObject: regarding,
      type: 'Warning',
      reason: 'BackOff',
      message: ' Back-off restarting \n',
      source: { component: 'kubelet', host: 'node-1' },
      count: 4,
      firstTimestamp: '2026-01-01T00:50:00Z',
      lastTimestamp: '2026-01-01T00:59:30Z',
    }
    expect(event.cells(value, now)).toMatchObject({
      'Last Seen': '30s',
      'First Seen': '10m',
      Object: 'pod/web',
      Message: 'Back-off restarting',
      Source: 'kubelet, node-1',
      Count: 4,
    })
  })

  it('shows the events of the new API', () => {
    const value = {
      involvedObject: regarding,
      eventTime: '2026-01-01T00:59:00.000000Z',
      reportingComponent: 'scheduler',
      reportingInstance: 'a',
    }
    expect(event.cells(value, now)).toMatchObject({ 'Last Seen': '60s', 'First Seen': '60s', Source: 'scheduler, a', Count: 1 })
    expect(event.cells({ ...value, series: { count: 7, lastObservedTime: '2026-01-01T00:59:55.000000Z' } }, now)).toMatchObject({
      'Last Seen': '5s',
      Count: 7,
    })
  })

  it.each([
    ['an old one', { involvedObject: regarding }, []],
    [
      'one about another namespace',
      { involvedObject: { ...regarding, namespace: 'other' } },
      ['involvedObject.namespace: Invalid value: "other": does not match event.namespace'],
    ],
    [
      'a new one',
      {
        involvedObject: regarding,
        eventTime: 'now',
        reportingComponent: 'a/b',
        reportingInstance: 'x',
        action: 'Do',
        reason: 'Why',
      },
      [],
    ],
    [
      'a new one that says nothing',
      { involvedObject: regarding, eventTime: 'now', reportingComponent: 'a' },
      ['reportingInstance: Required value', 'action: Required value', 'reason: Required value'],
    ],
  ])('takes or refuses %s', (_, value, expected) => {
    expect(event.errors(value)).toEqual(expected)
  })
})

describe('Endpoints', () => {
  const endpoints = kind('Endpoints')
  const addresses = ['1', '2', '3', '4'].map((last) => ({ ip: `10.244.0.${last}` }))

  it.each([
    ['<none>', []],
    ['10.244.0.1:80,10.244.0.2:80', [{ addresses: addresses.slice(0, 2), ports: [{ port: 80 }] }]],
    ['10.244.0.1:80,10.244.0.2:80,10.244.0.3:80 + 1 more...', [{ addresses, ports: [{ port: 80 }] }]],
    ['10.244.0.1', [{ addresses: addresses.slice(0, 1) }]],
    ['[fd00::1]:80', [{ addresses: [{ ip: 'fd00::1' }], ports: [{ port: 80 }] }]],
    ['', [{ notReadyAddresses: addresses, ports: [{ port: 80 }] }]],
  ])('are shown as %s', (expected, subsets) => {
    expect(endpoints.cells({ subsets }).Endpoints).toBe(expected)
  })

  it('are checked', () => {
    expect(endpoints.errors({ subsets: [{ addresses: [{ ip: '127.0.0.1' }], ports: [{ port: 0 }] }] })).toEqual([
      'subsets[0].addresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      'subsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
    ])
    expect(endpoints.errors({ subsets: [{}] })).toEqual([
      'subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`',
    ])
  })
})
