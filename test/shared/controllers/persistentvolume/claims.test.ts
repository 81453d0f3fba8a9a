import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  events,
  namespaces,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  type StorageClass,
  serviceAccounts,
  storageClasses,
} from '../../../../shared/resources/resource.ts'
import { allControllers, startTestCluster, type TestCluster } from '../environment.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster({ controllers: allControllers(), scheduler: true })
  await cluster.until(() => cluster.cache.get(serviceAccounts, 'default', 'default'))
  await cluster.until(() => cluster.cache.get(storageClasses, '', 'standard'))
  await cluster.addNode('node-1')
  cluster.playKubelet()
})
afterAll(() => cluster.stop())

const addClaim = (name: string, spec: object = {}, metadata: object = {}) =>
  cluster.client.create(persistentVolumeClaims, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'default', ...metadata },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
  } as PersistentVolumeClaim)
const addPod = (name: string, volumes: readonly object[], spec: object = {}) =>
  cluster.client.create(pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'i' }], volumes, ...spec },
  } as Pod)
const ofClaim = (claimName: string) => ({ name: 'v', persistentVolumeClaim: { claimName } })
const addClass = (name: string, fields: Partial<StorageClass> = {}) =>
  cluster.client.create(storageClasses, {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name },
    provisioner: 'kubernetes.io/no-provisioner',
    ...fields,
  } as StorageClass)
const addVolume = (name: string, spec: object = {}, metadata: object = {}) =>
  cluster.client.create(persistentVolumes, {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, ...metadata },
    spec: {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '1Gi' },
      hostPath: { path: `/data/${name}` },
      storageClassName: 'manual',
      ...spec,
    },
  } as PersistentVolume)
const claim = (name: string) => cluster.cache.get(persistentVolumeClaims, 'default', name)
const volume = (name: string) => cluster.cache.get(persistentVolumes, '', name)
const pod = (name: string) => cluster.cache.get(pods, 'default', name)
const eventOf = (name: string, reason: string) =>
  cluster.until(() =>
    [...cluster.cache.list(events, 'default')].find((event) => event.involvedObject.name === name && event.reason === reason),
  )
const bound = (name: string) => cluster.until(() => (claim(name)?.status?.phase === 'Bound' ? claim(name) : undefined))
const phase = (name: string, wanted: string) => cluster.until(() => volume(name)?.status?.phase === wanted && volume(name))

describe('claims', () => {
  it('of the default class wait for a pod, and get a directory of its node', async () => {
    await addClaim('data')
    const waits = await eventOf('data', 'WaitForFirstConsumer')
    expect(waits.message).toBe('waiting for first consumer to be created before binding')
    expect(waits.source?.component).toBe('persistentvolume-controller')
    await addPod('writer', [ofClaim('data')])
    await cluster.until(() => pod('writer')?.spec.nodeName === 'node-1')
    const { metadata, spec, status } = await bound('data')
    expect(metadata.annotations).toEqual({
      'pv.kubernetes.io/bind-completed': 'yes',
      'pv.kubernetes.io/bound-by-controller': 'yes',
      'volume.beta.kubernetes.io/storage-provisioner': 'windlass.dev/local-directory',
      'volume.kubernetes.io/selected-node': 'node-1',
      'volume.kubernetes.io/storage-provisioner': 'windlass.dev/local-directory',
    })
    expect(spec).toMatchObject({ storageClassName: 'standard', volumeName: `pvc-${metadata.uid}` })
    expect(status).toEqual({ phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' } })
    const made = volume(`pvc-${metadata.uid}`)!
    expect(made.metadata.finalizers).toEqual(['windlass.dev/local-directory', 'kubernetes.io/pv-protection'])
    expect(made.spec).toMatchObject({
      claimRef: { namespace: 'default', name: 'data', uid: metadata.uid },
      local: { path: `/data/node-1/pvc-${metadata.uid}` },
      persistentVolumeReclaimPolicy: 'Delete',
    })
    expect(made.status?.phase).toBe('Bound')
    const { message } = await eventOf('data', 'ProvisioningSucceeded')
    expect(message).toBe(`Successfully provisioned volume pvc-${metadata.uid}`)
  })

  it('of a volume that fits are bound to it, and the volume is released and kept with them', async () => {
    await addVolume('by-hand')
    await phase('by-hand', 'Available')
    await addClaim('wants-by-hand', { storageClassName: 'manual' })
    const { spec, metadata } = await bound('wants-by-hand')
    expect(spec.volumeName).toBe('by-hand')
    const taken = await phase('by-hand', 'Bound')
    expect(taken.spec.claimRef).toMatchObject({ name: 'wants-by-hand', uid: metadata.uid, kind: 'PersistentVolumeClaim' })
    expect(taken.metadata.annotations).toEqual({ 'pv.kubernetes.io/bound-by-controller': 'yes' })
    await cluster.client.delete(persistentVolumeClaims, 'default', 'wants-by-hand')
    const released = await phase('by-hand', 'Released')
    expect(released.spec.claimRef?.uid).toBe(metadata.uid)
    await addClaim('wants-by-hand', { storageClassName: 'manual' })
    await cluster.until(() => claim('wants-by-hand')?.status?.phase === 'Pending')
    // Its owner says that what it holds may be another's.
    await cluster.client.patch(persistentVolumes, '', 'by-hand', { type: 'merge', body: { spec: { claimRef: null } } })
    await bound('wants-by-hand')
  })

  it('that came before their volume are bound when it comes', async () => {
    await addClaim('early', { storageClassName: 'rare' })
    await addVolume('rare', { storageClassName: 'rare' })
    expect((await bound('early')).spec.volumeName).toBe('rare')
  })

  it('are bound to volumes that were reserved for them, and to those that they name', async () => {
    await addVolume('reserved', { storageClassName: '', claimRef: { namespace: 'default', name: 'reserving' } })
    await phase('reserved', 'Available')
    await addClaim('reserving', { storageClassName: '' })
    await bound('reserving')
    const { metadata, spec } = await phase('reserved', 'Bound')
    expect([metadata.annotations, spec.claimRef?.uid]).toEqual([undefined, claim('reserving')!.metadata.uid])
    await addVolume('named', { storageClassName: '' })
    await addClaim('naming', { storageClassName: '', volumeName: 'named' })
    expect((await bound('naming')).metadata.annotations).toEqual({ 'pv.kubernetes.io/bind-completed': 'yes' })
    await addClaim('too-late', { storageClassName: '', volumeName: 'named' })
    expect((await eventOf('too-late', 'FailedBinding')).message).toBe('volume "named" already bound to a different claim.')
  })

  it('are lost with their volume', async () => {
    await addVolume('fragile', { storageClassName: 'fragile' })
    await addClaim('unlucky', { storageClassName: 'fragile' })
    await bound('unlucky')
    await cluster.client.delete(persistentVolumes, '', 'fragile')
    await cluster.until(() => volume('fragile')?.metadata.deletionTimestamp)
    expect(claim('unlucky')?.status?.phase).toBe('Bound')
    await cluster.client.patch(persistentVolumes, '', 'fragile', { type: 'merge', body: { metadata: { finalizers: null } } })
    await cluster.until(() => claim('unlucky')?.status?.phase === 'Lost')
    expect(claim('unlucky')?.status).toEqual({ phase: 'Lost' })
    expect((await eventOf('unlucky', 'ClaimLost')).message).toBe(
      'Bound claim has lost its PersistentVolume. Data on the volume is lost!',
    )
  })

  it('of a driver that is not there wait, with its name', async () => {
    await addClass('disk', { provisioner: 'disk.csi.example.com' })
    await addClaim('of-disk', { storageClassName: 'disk' })
    const { message, type } = await eventOf('of-disk', 'ExternalProvisioning')
    expect([type, message]).toEqual([
      'Normal',
      "Waiting for a volume to be created either by the external provisioner 'disk.csi.example.com' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.",
    ])
    await addPod('of-disk', [ofClaim('of-disk')])
    const { message: why } = await eventOf('of-disk', 'FailedScheduling')
    expect(why).toMatch(/^0\/1 nodes are available: pod has unbound immediate PersistentVolumeClaims\. /)
  })

  it('of no class get one when there is a default', async () => {
    const off = { metadata: { annotations: { 'storageclass.kubernetes.io/is-default-class': 'false' } } }
    await cluster.client.patch(storageClasses, '', 'standard', { type: 'merge', body: off })
    await cluster.until(() => cluster.cache.get(storageClasses, '', 'standard')?.metadata.annotations)
    await addClaim('classless')
    expect((await eventOf('classless', 'FailedBinding')).message).toBe(
      'no persistent volumes available for this claim and no storage class is set',
    )
    const on = { metadata: { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } } }
    await cluster.client.patch(storageClasses, '', 'standard', { type: 'merge', body: on })
    await cluster.until(() => claim('classless')?.spec.storageClassName === 'standard')
  })

  it('that a directory can not be say why', async () => {
    const cases: Record<string, { spec?: object; storageClass?: Partial<StorageClass>; why: string }> = {
      shared: {
        spec: { accessModes: ['ReadWriteMany'] },
        why: 'a directory of one node can be ReadWriteOnce or ReadWriteOncePod only, not ReadWriteMany',
      },
      block: { spec: { volumeMode: 'Block' }, why: 'a directory is no block device' },
      tuned: { storageClass: { parameters: { type: 'fast' } }, why: 'unknown parameter "type" of the class' },
      mounted: { storageClass: { mountOptions: ['noatime'] }, why: 'a directory takes no mountOptions' },
      hasty: {
        storageClass: { volumeBindingMode: 'Immediate' },
        why: 'a directory is of one node, and none was chosen: the class needs volumeBindingMode WaitForFirstConsumer',
      },
    }
    for (const [name, { spec, storageClass, why }] of Object.entries(cases)) {
      const volumeBindingMode = 'WaitForFirstConsumer'
      await addClass(name, { provisioner: 'windlass.dev/local-directory', volumeBindingMode, ...storageClass })
      await addClaim(`is-${name}`, { storageClassName: name, ...spec })
      await addPod(`is-${name}`, [ofClaim(`is-${name}`)])
      const { message } = await eventOf(`is-${name}`, 'ProvisioningFailed')
      expect(message).toBe(`failed to provision volume with StorageClass "${name}": ${why}`)
    }
  })

  it('grow where their class lets them', async () => {
    await cluster.client.patch(persistentVolumeClaims, 'default', 'data', {
      type: 'merge',
      body: { spec: { resources: { requests: { storage: '2Gi' } } } },
    })
    await cluster.until(() => claim('data')?.status?.capacity?.storage === '2Gi')
    expect(volume(claim('data')!.spec.volumeName!)?.spec.capacity).toEqual({ storage: '2Gi' })
  })
})

describe('volumes that are directories', () => {
  const made = async (name: string, className = 'standard') => {
    await addClaim(name, { storageClassName: className })
    await addPod(name, [ofClaim(name)])
    const { spec } = await bound(name)
    await cluster.client.delete(pods, 'default', name, { gracePeriodSeconds: 0 })
    await cluster.client.delete(persistentVolumeClaims, 'default', name)
    return spec.volumeName!
  }

  it('are deleted with their claim, and go when their node says that it has removed them', async () => {
    const name = await made('short')
    const going = await cluster.until(() => (volume(name)?.metadata.deletionTimestamp ? volume(name) : undefined))
    expect(going.status?.phase).toBe('Released')
    await cluster.until(() => volume(name)?.metadata.finalizers?.length === 1)
    expect(volume(name)?.metadata.finalizers).toEqual(['windlass.dev/local-directory'])
    await cluster.client.patch(persistentVolumes, '', name, { type: 'merge', body: { metadata: { finalizers: null } } })
    await cluster.until(() => !volume(name))
  })

  it('stay where their class says so, held by nothing, until somebody changes their policy', async () => {
    const volumeBindingMode = 'WaitForFirstConsumer'
    await addClass('keeping', { provisioner: 'windlass.dev/local-directory', reclaimPolicy: 'Retain', volumeBindingMode })
    const name = await made('long', 'keeping')
    await phase(name, 'Released')
    await cluster.idle()
    expect(volume(name)?.metadata).toMatchObject({ finalizers: ['kubernetes.io/pv-protection'] })
    expect(volume(name)?.metadata.deletionTimestamp).toBeUndefined()
    const body = { spec: { persistentVolumeReclaimPolicy: 'Delete' } }
    await cluster.client.patch(persistentVolumes, '', name, { type: 'merge', body })
    await cluster.until(() => volume(name)?.metadata.deletionTimestamp)
    expect(volume(name)?.metadata.finalizers).toContain('windlass.dev/local-directory')
  })

  it('are not removed when their policy becomes Retain in the last moment', async () => {
    const name = await made('saved')
    await cluster.until(() => volume(name)?.metadata.deletionTimestamp)
    const body = { spec: { persistentVolumeReclaimPolicy: 'Retain' } }
    await cluster.client.patch(persistentVolumes, '', name, { type: 'merge', body })
    // Nobody has to do anything to its directory: the object goes.
    await cluster.until(() => !volume(name))
  })

  it('whose node is gone before they are made are made on another', async () => {
    const node = { metadata: { annotations: { 'volume.kubernetes.io/selected-node': 'gone' } } }
    await addClaim('moved', { storageClassName: 'standard' }, node.metadata)
    expect((await eventOf('moved', 'ProvisioningFailed')).message).toBe(
      'failed to provision volume with StorageClass "standard": node "gone" not found',
    )
    await cluster.until(() => claim('moved')?.metadata.annotations?.['volume.kubernetes.io/selected-node'] === undefined)
    await addPod('moved', [ofClaim('moved')])
    await cluster.until(() => pod('moved')?.spec.nodeName === 'node-1')
  })
})

describe("pods' own volumes", () => {
  const own = (labels: object = {}) => ({
    name: 'own',
    ephemeral: {
      volumeClaimTemplate: {
        metadata: { labels },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
    },
  })

  it('have a claim that goes with the pod', async () => {
    await addPod('owner', [own({ made: 'by-pod' })])
    const { metadata } = await bound('owner-own')
    const { uid } = pod('owner')!.metadata
    expect(metadata.labels).toEqual({ made: 'by-pod' })
    expect(metadata.ownerReferences).toEqual([
      { apiVersion: 'v1', kind: 'Pod', name: 'owner', uid, controller: true, blockOwnerDeletion: true },
    ])
    await cluster.client.delete(pods, 'default', 'owner', { gracePeriodSeconds: 0 })
    await cluster.until(() => !claim('owner-own'))
  })

  it("are nobody else's claims", async () => {
    await addClaim('thief-own')
    await addPod('thief', [own()])
    const { message, source } = await eventOf('thief', 'FailedBinding')
    expect(message).toBe('ephemeral volume own: PVC default/thief-own was not created for pod default/thief (pod is not owner)')
    expect(source?.component).toBe('ephemeral_volume')
    const { message: why } = await eventOf('thief', 'FailedScheduling')
    expect(why).toContain('PVC default/thief-own was not created for pod default/thief (pod is not owner)')
  })
})

describe('volumes that nobody makes', () => {
  it('of one node draw the pod there, each to one claim', async () => {
    await cluster.addNode('node-2')
    await addClass('disks', { volumeBindingMode: 'WaitForFirstConsumer' })
    for (const node of ['node-1', 'node-2'])
      await addVolume(`disk-of-${node}`, {
        storageClassName: 'disks',
        local: { path: '/mnt/disk' },
        hostPath: undefined,
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] }],
          },
        },
      })
    await Promise.all(['node-1', 'node-2'].map((node) => phase(`disk-of-${node}`, 'Available')))
    for (const name of ['one', 'two', 'three']) {
      await addClaim(name, { storageClassName: 'disks' })
      await addPod(name, [ofClaim(name)])
    }
    const placed = await cluster.until(() => {
      const found = ['one', 'two', 'three'].filter((name) => pod(name)?.spec.nodeName)
      return found.length === 2 && found
    })
    for (const name of placed) expect(claim(name)?.spec.volumeName).toBe(`disk-of-${pod(name)?.spec.nodeName}`)
    expect(new Set(placed.map((name) => pod(name)?.spec.nodeName)).size).toBe(2)
    const left = ['one', 'two', 'three'].find((name) => !placed.includes(name))!
    const { message } = await eventOf(left, 'FailedScheduling')
    expect(message).toContain("node(s) didn't find available persistent volumes to bind")
  })
})

describe('the class standard', () => {
  it('stays away when somebody deletes it', async () => {
    await cluster.client.delete(storageClasses, '', 'standard')
    await cluster.client.patch(namespaces, '', 'kube-system', {
      type: 'merge',
      body: { metadata: { labels: { seen: 'again' } } },
    })
    await cluster.until(() => !cluster.cache.get(storageClasses, '', 'standard'))
    await cluster.idle()
    expect(cluster.cache.get(storageClasses, '', 'standard')).toBeUndefined()
  })
})
