import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../shared/meta/object.ts'
import type { OwnerReference } from '../../../shared/meta/object-meta.ts'
import { configMaps, events, namespaces, nodes, serviceAccounts } from '../../../shared/resources/resource.ts'
import { allControllers, startTestCluster, type TestCluster } from './environment.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster({ controllers: allControllers() })
  await cluster.client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } })
  await cluster.until(() => cluster.cache.get(serviceAccounts, 'default', 'default'))
  await cluster.until(() => cluster.cache.get(serviceAccounts, 'other', 'default'))
})
afterAll(() => cluster.stop())

type Policy = 'Foreground' | 'Background' | 'Orphan'
interface Owned {
  readonly block?: boolean
  readonly change?: Partial<OwnerReference>
}

const found = (name: string, namespace = 'default') => cluster.cache.get(configMaps, namespace, name)
const create = (name: string, metadata: Partial<KubeObject['metadata']> = {}) =>
  cluster.client.create(configMaps, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'default', ...metadata },
  })
const reference = (owner: KubeObject, { block = true, change = {} }: Owned = {}): OwnerReference => ({
  apiVersion: owner.apiVersion ?? '',
  kind: owner.kind ?? '',
  name: owner.metadata.name,
  uid: owner.metadata.uid ?? '',
  blockOwnerDeletion: block,
  ...change,
})
const setOwners = (name: string, ownerReferences: readonly OwnerReference[]) =>
  cluster.client.patch(configMaps, 'default', name, { type: 'merge', body: { metadata: { ownerReferences } } })
const remove = (name: string, propagationPolicy: Policy) =>
  cluster.client.delete(configMaps, 'default', name, { propagationPolicy })
const release = (name: string) =>
  cluster.client.patch(configMaps, 'default', name, { type: 'merge', body: { metadata: { finalizers: null } } })
const settle = async () => {
  await cluster.cache.sync()
  await cluster.idle()
  await cluster.cache.sync()
}

/** Each owns the one before it, and the first the last. */
const ring = async (names: readonly string[], { block = true, finalizers }: Owned & { finalizers?: string[] } = {}) => {
  const members = []
  for (const name of names) members.push(await create(name, finalizers ? { finalizers } : {}))
  for (const [index, name] of names.entries()) {
    await setOwners(name, [reference(members[(index + 1) % names.length]!, { block })])
  }
}

describe('owners in a ring, deleted in the foreground', () => {
  it.each([1, 2, 3, 5])('all go: %i of them', async (size) => {
    const names = Array.from({ length: size }, (_, index) => `ring-${size}-${index}`)
    await ring(names)
    await remove(names[0]!, 'Foreground')
    await cluster.until(() => names.every((name) => !found(name)))
  })

  it.each([1, 2, 3])('all go, each of %i deleted so by itself', async (size) => {
    const names = Array.from({ length: size }, (_, index) => `each-${size}-${index}`)
    await ring(names, { finalizers: ['example.com/hold'] })
    for (const name of names) await remove(name, 'Foreground')
    await settle()
    for (const name of names) await release(name).catch(() => undefined)
    await cluster.until(() => names.every((name) => !found(name)))
  })

  it('wait for what holds one of them', async () => {
    await ring(['held-a', 'held-b', 'held-c'])
    await create('held-by', { ownerReferences: [reference(found('held-b')!)], finalizers: ['example.com/hold'] })
    await remove('held-a', 'Foreground')
    await cluster.until(() => found('held-by')?.metadata.deletionTimestamp)
    await settle()
    expect(found('held-b')?.metadata.finalizers).toEqual(['foregroundDeletion'])
    await release('held-by')
    await cluster.until(() => ['held-a', 'held-b', 'held-c', 'held-by'].every((name) => !found(name)))
  })

  it('are broken where another owner keeps one of them', async () => {
    await ring(['kept-a', 'kept-b', 'kept-c'])
    const outside = await create('outside')
    await setOwners('kept-b', [reference(found('kept-c')!), reference(outside)])
    await remove('kept-c', 'Foreground')
    await cluster.until(() => !found('kept-c'))
    await settle()
    expect(found('kept-b')?.metadata.ownerReferences?.map(({ name }) => name)).toEqual(['outside'])
    expect(found('kept-a')).toBeDefined()
  })

  it.each<Policy>(['Background', 'Orphan'])('and %s: what is asked for happens', async (policy) => {
    const names = ['x', 'y', 'z'].map((name) => `${policy.toLowerCase()}-${name}`)
    await ring(names)
    await remove(names[0]!, policy)
    await cluster.until(() => !found(names[0]!))
    await settle()
    expect(names.filter((name) => found(name))).toEqual(policy === 'Orphan' ? names.slice(1) : [])
  })
})

describe('a reference that leads to nobody', () => {
  it.each<[string, Partial<OwnerReference>, boolean]>([
    ['another uid', { uid: 'b0000000-0000-0000-0000-000000000000' }, true],
    ['another name', { name: 'nobody' }, true],
    ['another kind that is known', { kind: 'Secret' }, true],
    ['a kind that is not known', { kind: 'Unknown', apiVersion: 'example.com/v1' }, false],
    ['a version that is not known', { apiVersion: 'v9' }, false],
  ])('%s', async (title, change, goes) => {
    const owner = await create(`owner-${title.replaceAll(' ', '-')}`)
    const name = `dependent-${title.replaceAll(' ', '-')}`
    await create(name, { ownerReferences: [reference(owner, { change })] })
    if (goes) await cluster.until(() => !found(name))
    else {
      await remove(owner.metadata.name, 'Background')
      await settle()
      expect(found(name)).toBeDefined()
    }
  })

  it('of a kind that is not known keeps the object as it is', async () => {
    const unknown = { apiVersion: 'example.com/v1', kind: 'Unknown', name: 'u', uid: 'u' }
    const gone = { apiVersion: 'v1', kind: 'ConfigMap', name: 'g', uid: 'g' }
    await create('both', { ownerReferences: [gone, unknown] })
    await settle()
    expect(found('both')?.metadata.ownerReferences).toEqual([gone, unknown])
  })
})

describe('an owner in another namespace', () => {
  const eventsFor = (name: string) => cluster.cache.list(events).filter(({ involvedObject }) => involvedObject.name === name)

  it('is none: the dependent goes, and a Warning says why', async () => {
    const owner = await create('abroad', { namespace: 'other' })
    await create('dependent-abroad', { ownerReferences: [reference(owner)] })
    await cluster.until(() => !found('dependent-abroad'))
    const [event] = await cluster.until(() => (eventsFor('dependent-abroad').length ? eventsFor('dependent-abroad') : undefined))
    expect(event).toMatchObject({
      type: 'Warning',
      reason: 'OwnerRefInvalidNamespace',
      message: `ownerRef [v1/ConfigMap, namespace: default, name: abroad, uid: ${owner.metadata.uid}] does not exist in namespace "default"`,
      source: { component: 'garbage-collector-controller' },
      metadata: { namespace: 'default' },
    })
    expect(found('abroad', 'other')).toBeDefined()
  })

  it('of an object without one keeps it, and a Warning says why', async () => {
    const owner = await create('namespaced')
    await cluster.client.create(nodes, {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'cluster-wide', ownerReferences: [reference(owner)] },
      spec: {},
    })
    const [event] = await cluster.until(() => (eventsFor('cluster-wide').length ? eventsFor('cluster-wide') : undefined))
    expect(event).toMatchObject({ reason: 'OwnerRefInvalidNamespace', message: expect.stringContaining('in namespace ""') })
    await settle()
    expect(cluster.cache.get(nodes, '', 'cluster-wide')).toBeDefined()
  })

  it('may be of the whole cluster', async () => {
    const owner = cluster.cache.get(namespaces, '', 'other')!
    await create('owned-by-namespace', { ownerReferences: [reference(owner)] })
    await settle()
    expect(found('owned-by-namespace')).toBeDefined()
    expect(eventsFor('owned-by-namespace')).toEqual([])
  })
})

describe('any graph of owners, deleted in any way', () => {
  const random = (seed: number) => {
    let state = seed
    return (below: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
      return (state >>> 8) % below
    }
  }

  /** What is left and whom it belongs to: an object goes when it had owners and none is left. */
  const model = (owners: Map<string, string[]>, target: string, policy: Policy) => {
    owners.delete(target)
    if (policy === 'Orphan')
      for (const [name, list] of owners)
        owners.set(
          name,
          list.filter((each) => each !== target),
        )
    for (let changed = true; changed; ) {
      changed = false
      for (const [name, list] of owners) {
        const left = list.filter((each) => owners.has(each))
        if (left.length < list.length && left.length === 0) {
          owners.delete(name)
          changed = true
        }
      }
    }
    for (const [name, list] of owners)
      owners.set(
        name,
        list.filter((each) => owners.has(each)),
      )
  }

  it.each(Array.from({ length: 24 }, (_, index) => index + 1))('leaves what the model says (seed %i)', async (seed) => {
    const next = random(seed * 7919)
    const names = Array.from({ length: 3 + next(6) }, (_, index) => `g${seed}-${index}`)
    const owners = new Map<string, string[]>()
    for (const name of names) {
      await create(name, next(4) === 0 ? { finalizers: ['example.com/hold'] } : {})
      owners.set(name, [])
    }
    for (const name of names) {
      const list = names.filter(() => next(4) === 0)
      owners.set(name, list)
      if (list.length)
        await setOwners(
          name,
          list.map((owner) =>
            reference(found(owner) ?? { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: owner } }, { block: next(3) > 0 }),
          ),
        )
      await cluster.cache.sync()
    }
    const left = () =>
      new Map(
        names.flatMap((name) => {
          const object = found(name)
          return object ? [[name, (object.metadata.ownerReferences ?? []).map((owner) => owner.name)] as const] : []
        }),
      )
    expect(left()).toEqual(owners)
    for (let step = 0; step < 3 && owners.size > 0; step++) {
      const target = [...owners.keys()][next(owners.size)]!
      const policy = (['Foreground', 'Foreground', 'Background', 'Orphan'] as const)[next(4)]!
      await remove(target, policy)
      model(owners, target, policy)
      for (let round = 0; round < names.length + 1; round++) {
        await settle()
        for (const name of names) {
          const { deletionTimestamp, finalizers } = found(name)?.metadata ?? {}
          if (deletionTimestamp && finalizers?.includes('example.com/hold')) {
            const body = { metadata: { finalizers: finalizers.filter((each) => each !== 'example.com/hold') } }
            await cluster.client.patch(configMaps, 'default', name, { type: 'merge', body })
          }
        }
      }
      await settle()
      expect(left(), `${policy} ${target}`).toEqual(owners)
    }
  })
})
