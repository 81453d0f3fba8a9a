import { describe, expect, it } from 'vitest'
import { aNode, aPod, type NodeSketch, outcomes, type PodSketch } from './builders.ts'

const nothingHelps =
  ' no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.'
const nobodyToEvict =
  ' no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.'
const refused = (reason: string, hint = nothingHelps) => `0/1 nodes are available: 1 ${reason}.${hint}`

const requireZone = (values: string[]) => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values }] }],
      },
    },
  },
})
const port = (hostPort: number, hostIP?: string) => ({
  containers: [{ name: 'c', ports: [{ containerPort: 80, hostPort, hostIP }] }],
})
const near = (app: string) => ({
  affinity: {
    podAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app } } },
      ],
    },
  },
})
const apart = (app: string) => ({
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app } } },
      ],
    },
  },
})

const cases: { what: string; node: NodeSketch; pod: PodSketch; says: string }[] = [
  { what: 'an ordinary pod', node: {}, pod: {}, says: 'n' },
  { what: 'a cordoned node', node: { spec: { unschedulable: true } }, pod: {}, says: refused('node(s) were unschedulable') },
  {
    what: 'a taint',
    node: { spec: { taints: [{ key: 'a', value: 'b', effect: 'NoSchedule' }] } },
    pod: {},
    says: refused('node(s) had untolerated taint(s)'),
  },
  {
    what: 'a tolerated taint',
    node: { spec: { taints: [{ key: 'a', value: 'b', effect: 'NoSchedule' }] } },
    pod: { spec: { tolerations: [{ key: 'a', operator: 'Exists' }] } },
    says: 'n',
  },
  {
    what: 'a taint with another value than is tolerated',
    node: { spec: { taints: [{ key: 'a', value: 'b', effect: 'NoExecute' }] } },
    pod: { spec: { tolerations: [{ key: 'a', value: 'c' }] } },
    says: refused('node(s) had untolerated taint(s)'),
  },
  { what: 'a soft taint', node: { spec: { taints: [{ key: 'a', effect: 'PreferNoSchedule' }] } }, pod: {}, says: 'n' },
  {
    what: 'a node selector that fits',
    node: { labels: { disk: 'ssd' } },
    pod: { spec: { nodeSelector: { disk: 'ssd' } } },
    says: 'n',
  },
  {
    what: 'a node selector that does not fit',
    node: {},
    pod: { spec: { nodeSelector: { disk: 'ssd' } } },
    says: refused("node(s) didn't match Pod's node affinity/selector"),
  },
  { what: 'node affinity that fits', node: { labels: { zone: 'b' } }, pod: { spec: requireZone(['a', 'b']) }, says: 'n' },
  {
    what: 'node affinity that does not fit',
    node: { labels: { zone: 'c' } },
    pod: { spec: requireZone(['a', 'b']) },
    says: refused("node(s) didn't match Pod's node affinity/selector"),
  },
  {
    what: 'too little CPU left',
    node: { pods: [aPod({ name: 'x', cpu: '3500m' })] },
    pod: { cpu: '501m' },
    says: refused('Insufficient cpu', nobodyToEvict),
  },
  { what: 'just enough CPU left', node: { pods: [aPod({ name: 'x', cpu: '3500m' })] }, pod: { cpu: '500m' }, says: 'n' },
  { what: 'more memory than there is', node: {}, pod: { memory: '9Gi' }, says: refused('Insufficient memory') },
  {
    what: 'several resources missing, each counted',
    node: {},
    pod: { cpu: '5', memory: '9Gi' },
    says: `0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory.${nothingHelps}`,
  },
  {
    what: 'a full node',
    node: { allocatable: { pods: '1' }, pods: [aPod({ name: 'x' })] },
    pod: {},
    says: refused('Too many pods', nobodyToEvict),
  },
  {
    what: 'an extended resource that the node lacks',
    node: {},
    pod: { spec: { containers: [{ name: 'c', resources: { requests: { 'example.com/gpu': '1' } } }] } },
    says: refused('Insufficient example.com/gpu'),
  },
  {
    what: 'a start that needs more than the run',
    node: { allocatable: { cpu: '1' } },
    pod: {
      cpu: '100m',
      spec: { containers: [{ name: 'c' }], initContainers: [{ name: 'i', resources: { requests: { cpu: '2' } } }] },
    },
    says: refused('Insufficient cpu'),
  },
  {
    what: 'sidecars beside the containers',
    node: { allocatable: { cpu: '1' } },
    pod: {
      spec: {
        containers: [{ name: 'c', resources: { requests: { cpu: '600m' } } }],
        initContainers: [{ name: 's', restartPolicy: 'Always', resources: { requests: { cpu: '600m' } } }],
      },
    },
    says: refused('Insufficient cpu'),
  },
  {
    what: 'a taken host port',
    node: { pods: [aPod({ name: 'x', spec: port(80) })] },
    pod: { spec: port(80, '127.0.0.1') },
    says: refused("node(s) didn't have free ports for the requested pod ports", nobodyToEvict),
  },
  {
    what: 'a host port taken on another address',
    node: { pods: [aPod({ name: 'x', spec: port(80, '10.0.0.1') })] },
    pod: { spec: port(80, '127.0.0.1') },
    says: 'n',
  },
  {
    what: 'affinity to pods that are nowhere',
    node: {},
    pod: { spec: near('db') },
    says: refused("node(s) didn't match pod affinity rules"),
  },
  {
    what: 'affinity to a pod on the node',
    node: { pods: [aPod({ name: 'x', labels: { app: 'db' } })] },
    pod: { spec: near('db') },
    says: 'n',
  },
  { what: 'the first of pods that want to be together', node: {}, pod: { labels: { app: 'db' }, spec: near('db') }, says: 'n' },
  {
    what: 'anti-affinity to a pod on the node',
    node: { pods: [aPod({ name: 'x', labels: { app: 'db' } })] },
    pod: { spec: apart('db') },
    says: refused("node(s) didn't match pod anti-affinity rules", nobodyToEvict),
  },
  {
    what: 'a pod on the node that wants to be apart',
    node: { pods: [aPod({ name: 'x', spec: apart('web') })] },
    pod: { labels: { app: 'web' } },
    says: refused("node(s) didn't satisfy existing pods anti-affinity rules", nobodyToEvict),
  },
  {
    what: 'a spread constraint over a label that the node lacks',
    node: {},
    pod: {
      spec: {
        topologySpreadConstraints: [
          { topologyKey: 'rack', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: 'a' } } },
        ],
      },
    },
    says: refused("node(s) didn't match pod topology spread constraints (missing required label)"),
  },
]

describe('a node takes a pod or says why not', () => {
  it.each([
    [
      'claim of a volume',
      { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] },
      'persistentvolumeclaim "data" not found',
    ],
    [
      'claim of a device',
      { resourceClaims: [{ name: 'gpu', resourceClaimName: 'my-gpu' }] },
      'cannot allocate all claims: devices are not allocated by this scheduler yet',
    ],
    [
      'claim of a device that is still to be made',
      { resourceClaims: [{ name: 'gpu', resourceClaimTemplateName: 'gpus' }] },
      'pod "default/pod": ResourceClaim not created yet',
    ],
  ])('a %s that is not there', (_what, spec, reason) => {
    const hint = 'no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.'
    expect(outcomes([aNode('a'), aNode('b')], [aPod({ spec })])).toEqual([`0/2 nodes are available: ${reason}. ${hint}`])
  })

  it.each(cases)('$what', ({ node, pod, says }) => {
    expect(outcomes([aNode('n', node)], [aPod(pod)])).toEqual([says])
  })

  it('counts nodes by reason', () => {
    const cordoned = aNode('a', { spec: { unschedulable: true } })
    const full = ['b', 'c'].map((name) => aNode(name, { pods: [aPod({ name: `on ${name}`, cpu: '4' })] }))
    expect(outcomes([cordoned, ...full], [aPod({ cpu: '1' })])).toEqual([
      '0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient cpu. no new claims to deallocate, preemption: ' +
        '0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.',
    ])
  })

  it('says so when there is no node', () => {
    expect(outcomes([], [aPod()])).toEqual(['no nodes available to schedule pods'])
  })
})

describe('pods decided on together', () => {
  it('count on those before them', () => {
    const pods = ['1', '2', '3'].map((name) => aPod({ name, cpu: '3' }))
    const [first, second, third] = outcomes([aNode('a'), aNode('b')], pods)
    expect(new Set([first, second])).toEqual(new Set(['a', 'b']))
    expect(third).toMatch(/^0\/2 nodes are available: 2 Insufficient cpu\./)
  })

  it('that want to be apart get nodes of their own', () => {
    const pods = ['1', '2', '3'].map((name) => aPod({ name, labels: { app: 'db' }, spec: apart('db') }))
    const [first, second, third] = outcomes([aNode('a'), aNode('b')], pods)
    expect(new Set([first, second])).toEqual(new Set(['a', 'b']))
    expect(third).toMatch(/anti-affinity/)
  })

  it('are spread over zones within the skew', () => {
    const labels = { app: 'web' }
    const topologySpreadConstraints = [
      { topologyKey: 'zone', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: labels } },
    ]
    const nodes = [
      aNode('a1', { labels: { zone: 'a' } }),
      aNode('a2', { labels: { zone: 'a' } }),
      aNode('b1', { labels: { zone: 'b' } }),
    ]
    const pods = Array.from({ length: 6 }, (_, index) => aPod({ name: `${index}`, labels, spec: { topologySpreadConstraints } }))
    const zones = outcomes(nodes, pods).map((name) => name[0])
    expect(zones.filter((zone) => zone === 'a')).toHaveLength(3)
    expect(zones.filter((zone) => zone === 'b')).toHaveLength(3)
  })

  it('with host ports never share a node', () => {
    const pods = ['1', '2'].map((name) => aPod({ name, spec: port(8080) }))
    expect(outcomes([aNode('a')], pods)[1]).toMatch(/free ports/)
  })
})
