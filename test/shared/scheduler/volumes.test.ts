import { describe, expect, it } from 'vitest'
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../../shared/resources/resource.ts'
import { decide } from '../../../shared/scheduler/decide.ts'
import { filterPlugins, scorePlugins } from '../../../shared/scheduler/plugins/index.ts'
import type { VolumeLookups } from '../../../shared/scheduler/volume-state.ts'
import { aNode, aPod, aSnapshot, type NodeSketch } from './builders.ts'

interface World {
  claims?: PersistentVolumeClaim[]
  volumes?: PersistentVolume[]
  classes?: StorageClass[]
}

const lookups = ({ claims = [], volumes = [], classes = [] }: World): VolumeLookups => ({
  claim: (namespace, name) => claims.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name),
  volume: (name) => volumes.find(({ metadata }) => metadata.name === name),
  classOf: ({ spec }) => classes.find(({ metadata }) => metadata.name === spec.storageClassName),
  candidates: () => volumes,
})
const claim = (name: string, spec: object = {}, metadata: object = {}, status: object = {}) =>
  ({
    metadata: { name, namespace: 'default', uid: `uid of ${name}`, ...metadata },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: 'wait', ...spec },
    status: { phase: 'Pending', ...status },
  }) as PersistentVolumeClaim
const boundClaim = (name: string, volumeName: string, spec: object = {}) =>
  claim(name, { volumeName, ...spec }, { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } }, { phase: 'Bound' })
const onNode = (node: string) => ({
  nodeAffinity: {
    required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] }] },
  },
})
const volume = (name: string, spec: object = {}, metadata: object = {}) =>
  ({
    metadata: { name, ...metadata },
    spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, storageClassName: 'wait', ...spec },
    status: { phase: 'Available' },
  }) as PersistentVolume
const wait = (fields: Partial<StorageClass> = {}) =>
  ({
    metadata: { name: 'wait' },
    provisioner: 'example.com/disk',
    volumeBindingMode: 'WaitForFirstConsumer',
    ...fields,
  }) as StorageClass
const podWith = (name: string, ...claimNames: string[]) =>
  aPod({ name, spec: { volumes: claimNames.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })) } })
const ephemeral = (name: string) => aPod({ name, spec: { volumes: [{ name: 'own', ephemeral: {} }] } })

const twoNodes = (sketch: NodeSketch = {}) => [aNode('a', sketch), aNode('b', sketch)]
const decisions = (world: World, pods: ReturnType<typeof aPod>[], nodes = twoNodes()) => {
  const snapshot = aSnapshot(nodes)
  return decide({
    snapshot: { ...snapshot, lookups: { ...snapshot.lookups, volumes: lookups(world) } },
    pods,
    nominated: [],
    plugins: { filters: filterPlugins, scores: scorePlugins },
    random: () => 0.99,
  })
}
const said = (world: World, pod: ReturnType<typeof aPod>, nodes = twoNodes()) => {
  const [decision] = decisions(world, [pod], nodes)
  return decision!.node ?? decision!.message.replace(/ (no new claims|preemption:).*/, '')
}

describe('a pod with claims', () => {
  const none = '0/2 nodes are available:'
  const cases: Record<string, { world?: World; pod?: ReturnType<typeof aPod>; says: string }> = {
    'that are not there': { says: `${none} persistentvolumeclaim "c" not found.` },
    'of its own, that are not there yet': {
      pod: ephemeral('p'),
      says: `${none} waiting for ephemeral volume controller to create the persistentvolumeclaim "p-own".`,
    },
    "of its own, that are another's": {
      pod: ephemeral('p'),
      world: { claims: [claim('p-own')], classes: [wait()] },
      says: `${none} PVC default/p-own was not created for pod default/p (pod is not owner).`,
    },
    'that are lost': {
      world: { claims: [claim('c', { volumeName: 'v' }, {}, { phase: 'Lost' })] },
      says: `${none} persistentvolumeclaim "c" bound to non-existent persistentvolume "v".`,
    },
    'that are on their way out': {
      world: { claims: [claim('c', {}, { deletionTimestamp: 't' })] },
      says: `${none} persistentvolumeclaim "c" is being deleted.`,
    },
    'that wait for no pod': {
      world: { claims: [claim('c')], classes: [wait({ volumeBindingMode: 'Immediate' })] },
      says: `${none} pod has unbound immediate PersistentVolumeClaims.`,
    },
    'that name a volume and are not bound': {
      world: { claims: [claim('c', { volumeName: 'v' })], classes: [wait()] },
      says: `${none} pod has unbound immediate PersistentVolumeClaims.`,
    },
    'bound to a volume of one node': {
      world: { claims: [boundClaim('c', 'v')], volumes: [volume('v', onNode('b'))] },
      says: 'b',
    },
    'bound to a volume of no node that is there': {
      world: { claims: [boundClaim('c', 'v')], volumes: [volume('v', onNode('gone'))] },
      says: `${none} 2 node(s) didn't match PersistentVolume's node affinity.`,
    },
    'bound to a volume that is not there': {
      world: { claims: [boundClaim('c', 'v')] },
      says: `${none} 2 node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s).`,
    },
    'that nobody makes volumes for': {
      world: { claims: [claim('c')], classes: [wait({ provisioner: 'kubernetes.io/no-provisioner' })] },
      says: `${none} 2 node(s) didn't find available persistent volumes to bind.`,
    },
    'that a volume of one node fits': {
      world: {
        claims: [claim('c')],
        volumes: [volume('v', onNode('b'))],
        classes: [wait({ provisioner: 'kubernetes.io/no-provisioner' })],
      },
      says: 'b',
    },
    'whose class is of one zone': {
      world: {
        claims: [claim('c')],
        classes: [
          wait({ allowedTopologies: [{ matchLabelExpressions: [{ key: 'kubernetes.io/hostname', values: ['b', 'c'] }] }] }),
        ],
      },
      says: 'b',
    },
    'whose node is chosen': {
      world: { claims: [claim('c', {}, { annotations: { 'volume.kubernetes.io/selected-node': 'b' } })], classes: [wait()] },
      says: 'b',
    },
    'of directories, where nodes keep none': {
      world: { claims: [claim('c')], classes: [wait({ provisioner: 'windlass.dev/local-directory' })] },
      says: `${none} 2 node(s) didn't find available persistent volumes to bind.`,
    },
  }
  for (const [name, { world = {}, pod = podWith('p', 'c'), says }] of Object.entries(cases))
    it(name, () => expect(said(world, pod)).toBe(says))

  it('of a zone goes where the zone is', () => {
    const nodes = [
      aNode('a', { labels: { 'topology.kubernetes.io/zone': 'west' } }),
      aNode('b', { labels: { 'topology.kubernetes.io/zone': 'east' } }),
    ]
    const inZone = (labels: object) => ({ claims: [boundClaim('c', 'v')], volumes: [volume('v', {}, { labels })] })
    const pod = podWith('p', 'c')
    expect(said(inZone({ 'topology.kubernetes.io/zone': 'east' }), pod, nodes)).toBe('b')
    expect(said(inZone({ 'failure-domain.beta.kubernetes.io/zone': 'north__east' }), pod, nodes)).toBe('b')
    expect(said(inZone({ 'topology.kubernetes.io/zone': 'north' }), pod, nodes)).toBe(
      '0/2 nodes are available: 2 node(s) had no available volume zone.',
    )
  })

  it('is bound at once only when all of them are', () => {
    const world = {
      claims: [boundClaim('old', 'v'), claim('new')],
      volumes: [volume('v', { ...onNode('a'), claimRef: { namespace: 'default', name: 'old' } })],
      classes: [wait()],
    }
    const [done, waits] = decisions(world, [podWith('p', 'old'), podWith('q', 'old', 'new')])
    expect(done).toMatchObject({ node: 'a' })
    expect(done).not.toHaveProperty('volumes')
    expect(waits).toMatchObject({ node: 'a', volumes: { bindings: [], provisions: [{ metadata: { name: 'new' } }] } })
  })

  it('asks nothing twice of a claim that is being made', () => {
    const chosen = { annotations: { 'volume.kubernetes.io/selected-node': 'b' } }
    const [decision] = decisions({ claims: [claim('c', {}, chosen)], classes: [wait()] }, [podWith('p', 'c')])
    expect(decision).toMatchObject({ node: 'b', volumes: { bindings: [], provisions: [] } })
  })
})

describe('pods decided on together', () => {
  const noneMade = [wait({ provisioner: 'kubernetes.io/no-provisioner' })]

  it('never get one volume twice', () => {
    const claims = ['c', 'd', 'e'].map((name) => claim(name))
    const volumes = [volume('v', onNode('a')), volume('w', onNode('b'))]
    const all = decisions({ claims, volumes, classes: noneMade }, [podWith('p', 'c'), podWith('q', 'd'), podWith('r', 'e')])
    const taken = all.flatMap((one) => (one.node === undefined ? [] : (one.volumes?.bindings ?? [])))
    expect(taken.map(({ volume: { metadata } }) => metadata.name).sort()).toEqual(['v', 'w'])
    expect(all[2]).toMatchObject({
      message: expect.stringContaining("2 node(s) didn't find available persistent volumes to bind"),
    })
  })

  it('that share a claim go where it is to be made', () => {
    const shared = [podWith('p', 'c'), podWith('q', 'c'), podWith('r', 'c')]
    const all = decisions({ claims: [claim('c')], classes: [wait()] }, shared)
    expect(new Set(all.map(({ node }) => node)).size).toBe(1)
    expect(all.map((one) => (one.node === undefined ? undefined : one.volumes?.provisions.length))).toEqual([1, 0, 0])
  })

  it('leave the larger volume to the larger claim', () => {
    const claims = [claim('large', { resources: { requests: { storage: '4Gi' } } }), claim('small')]
    const volumes = [volume('v', { capacity: { storage: '4Gi' } }), volume('w', { capacity: { storage: '5Gi' } })]
    const [decision] = decisions({ claims, volumes, classes: noneMade }, [podWith('p', 'large', 'small')])
    const bindings = decision!.node === undefined ? [] : decision!.volumes!.bindings
    expect(bindings.map((one) => [one.claim.metadata.name, one.volume.metadata.name])).toEqual([
      ['small', 'v'],
      ['large', 'w'],
    ])
  })

  it('have a claim that is for one pod one at a time, by their importance', () => {
    const single = boundClaim('c', 'v', { accessModes: ['ReadWriteOncePod'] })
    const world = { claims: [single], volumes: [volume('v')] }
    const [first, second] = decisions(world, [podWith('p', 'c'), podWith('q', 'c')])
    expect(first!.node).toBeDefined()
    const why = 'node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode'
    expect(second).toMatchObject({ message: expect.stringContaining(`0/2 nodes are available: 2 ${why}.`) })
    const user = podWith('user', 'c')
    const important = aPod({ name: 'r', spec: { ...podWith('r', 'c').pod.spec, priority: 10 } })
    const [preempting] = decisions(world, [important], [aNode('a', { pods: [user] }), aNode('b')])
    expect(preempting).toMatchObject({ preemption: { node: 'a', victims: [{ uid: 'uid of user' }] } })
  })
})
