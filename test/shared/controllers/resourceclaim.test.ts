import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { podClaimsController } from '../../../shared/controllers/resourceclaim/pod-claims.ts'
import { resourceClaimController } from '../../../shared/controllers/resourceclaim/resourceclaim.ts'
import {
  events,
  namespaces,
  type Pod,
  pods,
  type ResourceClaim,
  type ResourceClaimTemplate,
  resourceClaims,
  resourceClaimTemplates,
  serviceAccounts,
} from '../../../shared/resources/resource.ts'
import { startTestCluster, type TestCluster } from './environment.ts'

const finalizer = 'resource.kubernetes.io/delete-protection'
let cluster: TestCluster
beforeEach(async () => {
  cluster = await startTestCluster({ controllers: [podClaimsController, resourceClaimController] })
  await cluster.client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } })
  const metadata = { name: 'default', namespace: 'n' }
  await cluster.client.create(serviceAccounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata })
})
afterEach(() => cluster.stop())

const devices = { requests: [{ name: 'r', exactly: { deviceClassName: 'gpu' } }] }
const makePod = (name: string, resourceClaims: object[], spec: object = {}) =>
  cluster.client.create(pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'n' },
    spec: { containers: [{ name: 'c', image: 'i' }], resourceClaims, ...spec },
  } as Pod)
const makeTemplate = (name: string, metadata: object = {}) =>
  cluster.client.create(resourceClaimTemplates, {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaimTemplate',
    metadata: { name, namespace: 'n' },
    spec: { metadata, spec: { devices } },
  } as ResourceClaimTemplate)
const makeClaim = (name: string, metadata: object = {}) =>
  cluster.client.create(resourceClaims, {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaim',
    metadata: { name, namespace: 'n', ...metadata },
    spec: { devices },
  } as ResourceClaim)
const result = { request: 'r', driver: 'gpu.example.com', pool: 'p', device: 'd' }
const consumer = ({ metadata }: Pod) => ({ resource: 'pods', name: metadata.name, uid: metadata.uid! })
const allocate = (claim: ResourceClaim, ...consumers: Pod[]) =>
  cluster.client.update(
    resourceClaims,
    { ...claim, status: { allocation: { devices: { results: [result] } }, reservedFor: consumers.map(consumer) } },
    { subresource: 'status' },
  )
const claimNow = (name: string) => cluster.cache.get(resourceClaims, 'n', name)
const podNow = (name: string) => cluster.cache.get(pods, 'n', name)
const statusOf = (name: string) => podNow(name)?.status?.resourceClaimStatuses
const settle = async () => {
  await cluster.cache.sync()
  await cluster.idle()
  await cluster.cache.sync()
}
const end = (name: string) =>
  cluster.client.patch(pods, 'n', name, { type: 'merge', body: { status: { phase: 'Succeeded' } } }, { subresource: 'status' })

describe('claims of pods', () => {
  it('are made from their templates, and the pod says which they are', async () => {
    await makeTemplate('gpus', { labels: { a: 'b' }, annotations: { c: 'd' } })
    const { metadata } = await makePod('p', [
      { name: 'one', resourceClaimTemplateName: 'gpus' },
      { name: 'two', resourceClaimTemplateName: 'gpus' },
      { name: 'own', resourceClaimName: 'mine' },
    ])
    const statuses = await cluster.until(() => statusOf('p'))
    expect(statuses.map(({ name }) => name)).toEqual(['one', 'two'])
    const claim = claimNow(statuses[0]!.resourceClaimName!)!
    expect(claim.metadata).toMatchObject({
      name: expect.stringMatching(/^p-one-[a-z0-9]{5}$/),
      generateName: 'p-one-',
      labels: { a: 'b' },
      annotations: { c: 'd', 'resource.kubernetes.io/pod-claim-name': 'one' },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'p', uid: metadata.uid, controller: true }],
    })
    expect(claim.spec.devices?.requests?.[0]?.name).toBe('r')
    await settle()
    expect(cluster.cache.list(resourceClaims, 'n')).toHaveLength(2)
  })

  it('wait for their template, and the pod has an Event that says so', async () => {
    await makePod('p', [{ name: 'gpu', resourceClaimTemplateName: 'gpus' }])
    const event = await cluster.until(() => cluster.cache.list(events, 'n').at(0))
    expect(event).toMatchObject({
      type: 'Warning',
      reason: 'FailedResourceClaimCreation',
      source: { component: 'resource_claim' },
      message: 'PodResourceClaim gpu: resource claim template "gpus": resourceclaimtemplate.resource.k8s.io "gpus" not found',
    })
    await makeTemplate('gpus')
    expect(await cluster.until(() => statusOf('p'))).toHaveLength(1)
  })

  it('are found again when their maker died before it told of them', async () => {
    const { metadata } = await makePod('p', [{ name: 'gpu', resourceClaimTemplateName: 'gpus' }])
    await makeClaim('p-gpu-known', {
      annotations: { 'resource.kubernetes.io/pod-claim-name': 'gpu' },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'p', uid: metadata.uid, controller: true }],
    })
    expect(await cluster.until(() => statusOf('p'))).toEqual([{ name: 'gpu', resourceClaimName: 'p-gpu-known' }])
  })

  it('are made again when somebody deleted them, and others are left as they were', async () => {
    await makeTemplate('gpus')
    await makePod('p', [
      { name: 'one', resourceClaimTemplateName: 'gpus' },
      { name: 'two', resourceClaimTemplateName: 'gpus' },
    ])
    const [one, two] = await cluster.until(() => statusOf('p'))
    await cluster.client.delete(resourceClaims, 'n', one!.resourceClaimName!)
    const now = await cluster.until(() => {
      const statuses = statusOf('p')
      return statuses?.[0]?.resourceClaimName === one!.resourceClaimName ? undefined : statuses
    })
    expect(now[1]).toEqual(two)
  })

  it('of long names have something of both in their name', async () => {
    await makeTemplate('gpus')
    await makePod('p'.repeat(63), [{ name: 'c'.repeat(63), resourceClaimTemplateName: 'gpus' }])
    const [status] = await cluster.until(() => statusOf('p'.repeat(63)))
    expect(status!.resourceClaimName).toMatch(/^p{28}-c{28}[a-z0-9]{5}$/)
  })

  it('that were allocated are reserved for a pod that came with its node', async () => {
    await allocate(await makeClaim('mine'))
    const pod = await makePod('p', [{ name: 'gpu', resourceClaimName: 'mine' }], { nodeName: 'somewhere' })
    await cluster.until(() => claimNow('mine')?.status?.reservedFor)
    expect(claimNow('mine')?.status?.reservedFor).toEqual([consumer(pod)])
    await makePod('q', [{ name: 'gpu', resourceClaimName: 'mine' }])
    await settle()
    expect(claimNow('mine')?.status?.reservedFor).toHaveLength(1)
  })

  it('are not made for pods that are done', async () => {
    await makePod('p', [{ name: 'gpu', resourceClaimTemplateName: 'gpus' }])
    await end('p')
    await makeTemplate('gpus')
    await settle()
    expect(cluster.cache.list(resourceClaims, 'n')).toEqual([])
  })
})

describe('reservations', () => {
  it('go with their pods, and with the last one what was allocated and what held the claim', async () => {
    const claim = await makeClaim('mine', { finalizers: [finalizer] })
    const reference = { name: 'gpu', resourceClaimName: 'mine' }
    const [p, q] = [await makePod('p', [reference]), await makePod('q', [reference])]
    await allocate(claim, p, q)
    await cluster.client.delete(pods, 'n', 'p')
    await cluster.until(() => claimNow('mine')?.status?.reservedFor?.length === 1)
    expect(claimNow('mine')).toMatchObject({
      metadata: { finalizers: [finalizer] },
      status: { reservedFor: [consumer(q)], allocation: {} },
    })
    await end('q')
    await cluster.until(() => !claimNow('mine')?.metadata.finalizers)
    expect(claimNow('mine')?.status).toEqual({})
  })

  it('are not given again to a pod that has ended, while another has the claim', async () => {
    const reference = { name: 'gpu', resourceClaimName: 'mine' }
    const claim = await makeClaim('mine', { finalizers: [finalizer] })
    const p = await makePod('p', [reference], { nodeName: 'somewhere' })
    const q = await makePod('q', [reference], { nodeName: 'elsewhere' })
    await allocate(claim, p, q)
    await end('p')
    await cluster.until(() => claimNow('mine')?.status?.reservedFor?.length === 1)
    await settle()
    expect(claimNow('mine')?.status?.reservedFor).toEqual([consumer(q)])
  })

  it('for pods that were replaced, or never were, are taken back', async () => {
    const pod = await makePod('p', [])
    const claim = await makeClaim('mine', { finalizers: [finalizer] })
    const old = { ...pod, metadata: { ...pod.metadata, uid: 'another' } }
    const none = { ...pod, metadata: { ...pod.metadata, name: 'nobody', uid: 'nobody' } }
    await allocate(claim, old, none)
    await cluster.until(() => claimNow('mine')?.status?.allocation === undefined)
  })

  it('of what is no pod are left as they are', async () => {
    const claim = await makeClaim('mine', { finalizers: [finalizer] })
    const status = {
      allocation: { devices: { results: [result] } },
      reservedFor: [
        { apiGroup: 'example.com', resource: 'things', name: 'x', uid: 'x' },
        { resource: 'pods', name: 'nobody', uid: 'y' },
      ],
    }
    await cluster.client.update(resourceClaims, { ...claim, status }, { subresource: 'status' })
    await settle()
    expect(claimNow('mine')?.status?.reservedFor).toHaveLength(2)
    expect(cluster.logs.join('\n')).toContain('a claim is reserved for what is no pod')
  })

  it('an allocation without the finalizer is not the scheduler’s to free', async () => {
    const pod = await makePod('p', [{ name: 'gpu', resourceClaimName: 'mine' }])
    await allocate(await makeClaim('mine'), pod)
    await cluster.client.delete(pods, 'n', 'p')
    await cluster.until(() => !claimNow('mine')?.status?.reservedFor)
    expect(claimNow('mine')?.status?.allocation).toBeDefined()
  })
})

describe('a claim that is deleted', () => {
  it('goes when nobody has it reserved, though it was allocated', async () => {
    await allocate(await makeClaim('mine', { finalizers: [finalizer] }))
    await cluster.client.delete(resourceClaims, 'n', 'mine')
    await cluster.until(() => !claimNow('mine'))
  })

  it('waits for the pods that have it reserved', async () => {
    const pod = await makePod('p', [{ name: 'gpu', resourceClaimName: 'mine' }])
    await allocate(await makeClaim('mine', { finalizers: [finalizer] }), pod)
    await cluster.client.delete(resourceClaims, 'n', 'mine')
    await settle()
    expect(claimNow('mine')?.metadata.deletionTimestamp).toBeDefined()
    await end('p')
    await cluster.until(() => !claimNow('mine'))
  })
})

describe('a claim that was made for a pod', () => {
  it('goes as soon as the pod is done, though the pod stays', async () => {
    await makeTemplate('gpus')
    const pod = await makePod('p', [{ name: 'gpu', resourceClaimTemplateName: 'gpus' }])
    const [status] = await cluster.until(() => statusOf('p'))
    const name = status!.resourceClaimName!
    const claim = await cluster.client.get(resourceClaims, 'n', name)
    const held = await cluster.client.update(resourceClaims, {
      ...claim,
      metadata: { ...claim.metadata, finalizers: [finalizer] },
    })
    await allocate(held, pod)
    await end('p')
    await cluster.until(() => !claimNow(name))
    await settle()
    expect(cluster.cache.list(resourceClaims, 'n')).toEqual([])
    expect(podNow('p')).toBeDefined()
  })
})
