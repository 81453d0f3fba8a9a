import { describe, expect, it } from 'vitest'
import { endpointOfService } from '../../../shared/reach/service-address.ts'

const objects = () => ({
  'services//shop/hook': {
    spec: {
      type: 'ClusterIP',
      ports: [
        { name: 'https', port: 443, targetPort: 8443 },
        { name: 'idle', port: 81 },
      ],
    },
  },
  'endpoints//shop/hook': {
    subsets: [
      {
        addresses: [{ ip: '10.244.1.5', nodeName: 'node-1', targetRef: { kind: 'Pod', namespace: 'shop', name: 'hook-1' } }],
        ports: [{ name: 'https', port: 8443 }],
      },
    ],
  },
  'pods//shop/hook-1': { status: { podIPs: [{ ip: '10.244.1.5' }] } },
  'nodes///node-1': { status: { daemonEndpoints: { kubeletEndpoint: { Port: 10250 } } } },
})
type Objects = ReturnType<typeof objects>

const resolve = (change: (all: Objects) => void = () => undefined, port = 443, name = 'hook') => {
  const all = objects()
  change(all)
  const find = endpointOfService({
    read: async (resource, namespace, named) => all[`${resource}//${namespace}/${named}` as keyof Objects] as never,
    random: { uuid: () => '', integer: () => 0 },
  })
  return find({ namespace: 'shop', name, port })
}

describe('a call to a Service', () => {
  it('goes to a ready endpoint, at the port that its port leads to', async () => {
    expect(await resolve()).toMatchObject({ host: '10.244.1.5', port: 8443 })
  })

  const address = (all: Objects) => all['endpoints//shop/hook'].subsets[0]!.addresses[0]!
  const moved = (ip: string) => (all: Objects) => {
    address(all).ip = ip
    all['pods//shop/hook-1'].status.podIPs = [{ ip }]
  }
  const none = 'no endpoints available for service "hook"'
  const refused: readonly (readonly [string, () => Promise<unknown>, string])[] = [
    ['there is no such Service', () => resolve(undefined, 443, 'none'), 'service "none" not found'],
    ['it has no such port', () => resolve(undefined, 444), 'no service port 444 found for service "hook"'],
    ['no endpoint has the port', () => resolve(undefined, 81), none],
    [
      'it names a host',
      () =>
        resolve((all) => {
          all['services//shop/hook'].spec.type = 'ExternalName'
        }),
      'unsupported service type "ExternalName"',
    ],
    [
      'it has no endpoints',
      () =>
        resolve((all) => {
          all['endpoints//shop/hook'].subsets = []
        }),
      none,
    ],
    [
      'there is no object of endpoints',
      () => resolve((all) => void delete (all as Partial<Objects>)['endpoints//shop/hook']),
      none,
    ],
    [
      'no pod has the address',
      () =>
        resolve((all) => {
          address(all).ip = '192.0.2.1'
        }),
      none,
    ],
    ['the address is of no pod', () => resolve((all) => void delete (address(all) as { targetRef?: object }).targetRef), none],
    [
      'the pod is in another namespace',
      () =>
        resolve((all) => {
          address(all).targetRef.namespace = 'other'
        }),
      none,
    ],
    ['the pod has gone', () => resolve((all) => void delete (all as Partial<Objects>)['pods//shop/hook-1']), none],
    ['it is the loopback', () => resolve(moved('127.0.0.1')), none],
    ['it is the loopback in other clothes', () => resolve(moved('::ffff:7f00:1')), none],
    ['it is link-local', () => resolve(moved('169.254.169.254')), none],
    [
      'the node is simulated',
      () => resolve((all) => void delete (all['nodes///node-1'].status as { daemonEndpoints?: object }).daemonEndpoints),
      none,
    ],
    ['the node has gone', () => resolve((all) => void delete (all as Partial<Objects>)['nodes///node-1']), none],
  ]
  it.each(refused)('goes nowhere when %s', async (_, act, message) => {
    await expect(act()).rejects.toThrow(message)
  })
})
