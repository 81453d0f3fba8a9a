import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client, Resource } from '../../../shared/client/client.ts'
import type { KubeObject } from '../../../shared/meta/object.ts'
import type { ObjectMeta } from '../../../shared/meta/object-meta.ts'
import { type CustomResourceDefinition, conditionOf, isTrue } from '../../../shared/resources/apiextensions/resource.ts'
import {
  type ConfigMap,
  configMaps,
  customResourceDefinitions,
  namespaces,
  resourceQuotas,
} from '../../../shared/resources/resource.ts'
import { allControllers, startTestCluster, type TestCluster } from './environment.ts'

let cluster: TestCluster
let client: Client
beforeAll(async () => {
  cluster = await startTestCluster({ controllers: allControllers() })
  client = cluster.client
  await cluster.until(() => cluster.cache.get(namespaces, '', 'default'))
})
afterAll(() => cluster.stop())

const group = 'stable.example.com'
const definition = (plural: string, names: object = {}, changes: object = {}): CustomResourceDefinition =>
  ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, kind: plural.replace(/^./, (first) => first.toUpperCase()), ...names },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
            },
          },
        },
      ],
      ...changes,
    },
  }) as unknown as CustomResourceDefinition

const resourceOf = (plural: string): Resource => ({
  group,
  version: 'v1',
  resource: plural,
  kind: plural.replace(/^./, (first) => first.toUpperCase()),
  namespaced: true,
})

const crd = (plural: string) => cluster.cache.get(customResourceDefinitions, '', `${plural}.${group}`)
const define = async (plural: string, names: object = {}) => {
  await client.create(customResourceDefinitions, definition(plural, names))
  await cluster.until(() => crd(plural) && conditionOf(crd(plural)!, 'NamesAccepted'))
  return resourceOf(plural)
}
const make = (resource: Resource, name: string, metadata: Omit<ObjectMeta, 'name'> = {}, namespace = 'default') =>
  client.create(resource, {
    apiVersion: `${group}/v1`,
    kind: resource.kind,
    metadata: { name, namespace, ...metadata },
    spec: { size: 1 },
  })
const gone = (error: unknown) => expect(error).toMatchObject({ reason: 'NotFound' })
const isGone = async (resource: Resource<KubeObject>, name: string, namespace = 'default') => {
  let there = true
  await cluster.until(() => {
    void client.get(resource, namespace, name).then(
      () => undefined,
      () => {
        there = false
      },
    )
    return !there
  })
}

describe('a CustomResourceDefinition', () => {
  it('is established with its names, and its kind is served at once', async () => {
    const resource = await define('crontabs', { shortNames: ['ct'] })
    const { status } = crd('crontabs')!
    expect(status).toMatchObject({
      acceptedNames: { plural: 'crontabs', singular: 'crontabs', kind: 'Crontabs', listKind: 'CrontabsList', shortNames: ['ct'] },
      storedVersions: ['v1'],
    })
    expect(status.conditions?.map(({ type, status, reason }) => [type, status, reason])).toEqual([
      ['NamesAccepted', 'True', 'NoConflicts'],
      ['Established', 'True', 'InitialNamesAccepted'],
    ])
    expect(await make(resource, 'one')).toMatchObject({ metadata: { generation: 1 }, spec: { size: 1 } })
    expect((await client.list(resource)).items).toHaveLength(1)
  })

  it('waits for names that another has, and gets them when that is gone', async () => {
    await define('firsts', { kind: 'Same', shortNames: ['fs'] })
    await define('seconds', { kind: 'Same', shortNames: ['fs'] })
    expect(conditionOf(crd('seconds')!, 'NamesAccepted')).toMatchObject({
      status: 'False',
      reason: 'ListKindConflict',
      message: '"SameList" is already in use',
    })
    expect(conditionOf(crd('seconds')!, 'Established')).toMatchObject({ status: 'False', reason: 'NotAccepted' })
    await client.get({ ...resourceOf('seconds'), kind: 'Same' }, 'default', 'x').catch(gone)
    await client.delete(customResourceDefinitions, '', `firsts.${group}`)
    await cluster.until(() => isTrue(crd('seconds')!, 'Established'))
  })

  it('of which several want the same name at once, gives it to one', async () => {
    const names = Array.from({ length: 6 }, (_, index) => `racers${'abcdef'[index]}`)
    await Promise.all(names.map((name) => client.create(customResourceDefinitions, definition(name, { shortNames: ['race'] }))))
    const all = () => names.map((name) => crd(name) && conditionOf(crd(name)!, 'NamesAccepted'))
    await cluster.until(() => all().every(Boolean))
    expect(all().filter((condition) => condition!.status === 'True')).toHaveLength(1)
  })

  it('goes when all of its objects have gone, and waits for those that are held', async () => {
    const resource = await define('doomeds')
    await make(resource, 'free')
    await make(resource, 'held', { finalizers: ['example.com/hold'] })
    await client.delete(customResourceDefinitions, '', `doomeds.${group}`)
    await isGone(resource, 'free')
    const held = await client.get(resource, 'default', 'held')
    expect(held.metadata.deletionTimestamp).toBeDefined()
    expect(crd('doomeds')!.metadata.finalizers).toEqual(['customresourcecleanup.apiextensions.k8s.io'])
    expect(conditionOf(crd('doomeds')!, 'Terminating')).toMatchObject({ status: 'True', reason: 'InstanceDeletionInProgress' })
    await expect(make(resource, 'late')).rejects.toMatchObject({
      reason: 'Forbidden',
      message: `doomeds.${group} "late" is forbidden: create not allowed while custom resource definition is terminating`,
    })
    await client.patch(resource, 'default', 'held', { type: 'merge', body: { metadata: { finalizers: null } } })
    await cluster.until(() => !crd('doomeds'))
    await expect(client.get(resource, 'default', 'free')).rejects.toMatchObject({ reason: 'NotFound' })
  })
})

describe('custom objects', () => {
  it('own built-in ones, which go with them, and go with those that own them', async () => {
    const resource = await define('owners')
    const owner = await make(resource, 'owner')
    const reference = (object: KubeObject) => [
      { apiVersion: object.apiVersion!, kind: object.kind!, name: object.metadata.name, uid: object.metadata.uid! },
    ]
    const child = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'child', namespace: 'default', ownerReferences: reference(owner) },
    }
    const map = await client.create(configMaps, child as ConfigMap)
    await make(resource, 'grandchild', { ownerReferences: reference(map) })
    await client.delete(resource, 'default', 'owner', { propagationPolicy: 'Background' })
    await isGone(configMaps, 'child')
    await isGone(resource, 'grandchild')
  })

  it('hold their owner while it is deleted in the foreground', async () => {
    const resource = await define('fronts')
    const owner = await make(resource, 'front')
    const { name, uid } = owner.metadata
    const ownerReferences = [{ apiVersion: `${group}/v1`, kind: resource.kind, name, uid: uid!, blockOwnerDeletion: true }]
    await make(resource, 'behind', { ownerReferences, finalizers: ['example.com/hold'] })
    await client.delete(resource, 'default', 'front', { propagationPolicy: 'Foreground' })
    await cluster.idle()
    expect((await client.get(resource, 'default', 'front')).metadata.finalizers).toEqual(['foregroundDeletion'])
    await client.patch(resource, 'default', 'behind', { type: 'merge', body: { metadata: { finalizers: null } } })
    await isGone(resource, 'front')
  })

  it('go with their namespace', async () => {
    const resource = await define('tenants')
    await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'short' } })
    await cluster.until(() => cluster.cache.get(namespaces, '', 'short'))
    await make(resource, 'inside', {}, 'short')
    await client.delete(namespaces, '', 'short')
    await cluster.until(() => !cluster.cache.get(namespaces, '', 'short'))
    expect((await client.list(resource, { namespace: 'short' })).items).toEqual([])
  })

  it('count against quotas', async () => {
    const resource = await define('counteds')
    const hard = { [`count/counteds.${group}`]: '2' }
    await client.create(resourceQuotas, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'few', namespace: 'default' },
      spec: { hard },
    })
    const quota = () => cluster.cache.get(resourceQuotas, 'default', 'few')
    await cluster.until(() => quota()?.status?.used)
    await make(resource, 'a')
    await make(resource, 'b')
    await expect(make(resource, 'c')).rejects.toMatchObject({ reason: 'Forbidden' })
    await client.delete(resource, 'default', 'a')
    await cluster.until(() => quota()?.status?.used?.[`count/counteds.${group}`] === '1')
  })
})
