import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Cache } from '../../../../shared/client/cache.ts'
import type { Client, Resource } from '../../../../shared/client/client.ts'
import type { Controller, EventRecorder } from '../../../../shared/controllers/controller.ts'
import { keyOf } from '../../../../shared/controllers/key.ts'
import { localDirectoryProvisioner } from '../../../../shared/controllers/local-directory/provisioner.ts'
import { localDirectoryReclaimer } from '../../../../shared/controllers/local-directory/reclaimer.ts'
import { claimBinder } from '../../../../shared/controllers/persistentvolume/claim-binder.ts'
import { volumeBinder } from '../../../../shared/controllers/persistentvolume/volume-binder.ts'
import { claimProtectionController } from '../../../../shared/controllers/protection/claim-protection.ts'
import { volumeProtectionController } from '../../../../shared/controllers/protection/volume-protection.ts'
import type { KubeObject } from '../../../../shared/meta/object.ts'
import { isReason } from '../../../../shared/meta/status.ts'
import { systemClock } from '../../../../shared/platform/clock.ts'
import { createLogger } from '../../../../shared/platform/log.ts'
import { boundToClaim, isFullyBound } from '../../../../shared/resources/core/volume/binding.ts'
import { isDirectoryUnwanted, localDirectory, nodeOfDirectory } from '../../../../shared/resources/core/volume/local-directory.ts'
import { findMatchingVolume } from '../../../../shared/resources/core/volume/matching.ts'
import {
  namespaces,
  nodes,
  type PersistentVolume,
  type PersistentVolumeClaim,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  type StorageClass,
  storageClasses,
} from '../../../../shared/resources/resource.ts'
import { type Random, seededRandom } from '../../../contract/random.ts'
import { startTestCluster, type TestCluster } from '../environment.ts'

/** More of them: `SEEDS=200 FROM=1000`. */
const count = Number(process.env.SEEDS ?? 12)
const from = Number(process.env.FROM ?? 1)
const steps = 300
const names = ['a', 'b', 'c', 'd']
const sizes = ['1Gi', '2Gi', '3Gi']
const classNames = ['manual', 'manual', 'standard', 'keeping']
const controllers: readonly Controller[] = [
  claimBinder,
  volumeBinder,
  localDirectoryProvisioner,
  localDirectoryReclaimer,
  claimProtectionController,
  volumeProtectionController,
]
const ofClaims = new Set<Controller>([claimBinder, localDirectoryProvisioner, claimProtectionController])

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster({ controllers: [] })
  const { client } = cluster
  await client.create(namespaces, { metadata: { name: 'default' } })
  for (const node of ['node-1', 'node-2']) await cluster.addNode(node)
  const addClass = (name: string, fields: Partial<StorageClass>) =>
    client.create(storageClasses, { metadata: { name }, volumeBindingMode: 'WaitForFirstConsumer', ...fields } as StorageClass)
  await addClass('manual', { provisioner: 'kubernetes.io/no-provisioner', volumeBindingMode: 'Immediate' })
  await addClass('standard', { provisioner: localDirectory, allowVolumeExpansion: true })
  await addClass('keeping', { provisioner: localDirectory, reclaimPolicy: 'Retain' })
})
afterAll(() => cluster.stop())

class Killed extends Error {}

/** As the client, whose process may end before or after any write. `kill`: how often of one. */
const mortal = (client: Client, random: Random, kill: () => number): Client & { readonly writes: number } => {
  let writes = 0
  const write =
    <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (random.next() < kill()) throw new Killed('before a write')
      const result = await call(...args)
      writes++
      if (random.next() < kill()) throw new Killed('after a write')
      return result
    }
  return {
    ...client,
    create: write(client.create) as Client['create'],
    update: write(client.update) as Client['update'],
    patch: write(client.patch) as Client['patch'],
    delete: write(client.delete) as Client['delete'],
    get writes() {
      return writes
    },
  }
}

/** What the cluster was when somebody looked. */
const snapshotOf = async ({ cache }: TestCluster): Promise<Cache> => {
  await cache.sync()
  const known = new Map<string, readonly KubeObject[]>(
    [persistentVolumeClaims, persistentVolumes, storageClasses, nodes, pods].map((resource) => [
      resource.resource,
      cache.list(resource as Resource),
    ]),
  )
  const list: Cache['list'] = (resource) => [...(known.get(resource.resource) ?? [])] as never
  return {
    sync: async () => undefined,
    list,
    get: (resource, namespace, name) =>
      list(resource).find(({ metadata }) => metadata.name === name && (metadata.namespace ?? '') === namespace),
    byIndex: (index, value) => list(index.resource).filter((object) => index.valuesOf(object).includes(value)),
  }
}

const unheard: EventRecorder = { record: async () => undefined }

class History {
  /** what stands on the disks, by volume: the uid of the claim whose data it is */
  readonly disk = new Map<string, string>()
  /** volumes whose nodes were to remove their directories, when it was looked at last; one that was deleted as Retain takes no finalizer any more */
  #held = new Set<string>()
  #seen: Cache = cluster.cache
  readonly #random: Random
  readonly #client: ReturnType<typeof mortal>
  #killing = 0.08

  constructor(seed: number) {
    this.#random = seededRandom(seed)
    this.#client = mortal(cluster.client, this.#random, () => this.#killing)
  }

  get writes() {
    return this.#client.writes
  }

  /** How often of one a controller's process ends at a write. */
  dies(often: number) {
    this.#killing = often
  }

  claims = () => this.#seen.list(persistentVolumeClaims)
  volumes = () => this.#seen.list(persistentVolumes)

  look = async () => {
    this.#seen = await snapshotOf(cluster)
  }

  async reconcile(controller: Controller, key: string): Promise<void> {
    const log = createLogger({ write: () => undefined })
    try {
      await controller.reconcile(key, { client: this.#client, cache: this.#seen, clock: systemClock, log, events: unheard })
    } catch (error) {
      if (!(error instanceof Killed) && !isReason(error, 'Conflict', 'NotFound', 'AlreadyExists')) throw error
    }
  }

  /** Somebody does something, or a controller looks at a key that may have changed: in any order, twice, late or never. */
  async step(): Promise<void> {
    // A controller may be behind the log.
    if (this.#random.next() < 0.5) await this.look()
    const { pick } = this.#random
    if (this.#random.next() < 0.5) {
      const controller = pick([claimBinder, volumeBinder, ...controllers])
      const keys = (ofClaims.has(controller) ? this.claims() : this.volumes()).map(keyOf)
      // One, or a burst that all work on what they saw before the first of them wrote.
      const burst = this.#random.next() < 0.5 ? keys.length : 1
      for (let left = Math.min(burst, keys.length); left > 0; left--) await this.reconcile(controller, pick(keys))
      return
    }
    const act = pick([
      this.addClaim,
      this.addClaim,
      this.addClaim,
      this.addVolume,
      this.addVolume,
      this.setFree,
      this.removeClaim,
      this.removeVolume,
      this.changePolicy,
      this.schedule,
      this.grow,
      this.mount,
      this.mount,
      this.releaseDirectories,
      this.setFree,
    ])
    try {
      await act()
    } catch (error) {
      if (!isReason(error, 'Conflict', 'NotFound', 'AlreadyExists', 'Invalid', 'Forbidden')) throw error
    }
  }

  addClaim = async () => {
    const { pick, next } = this.#random
    await cluster.client.create(persistentVolumeClaims, {
      metadata: { name: pick(names), namespace: 'default' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: pick(sizes) } },
        storageClassName: pick(classNames),
        ...(next() < 0.2 && { volumeName: `static-${pick(names)}` }),
      },
    } as PersistentVolumeClaim)
  }

  addVolume = async () => {
    const { pick, next } = this.#random
    await cluster.client.create(persistentVolumes, {
      metadata: { name: `static-${pick(names)}` },
      spec: {
        accessModes: ['ReadWriteOnce'],
        capacity: { storage: pick(sizes) },
        storageClassName: 'manual',
        hostPath: { path: '/data' },
        persistentVolumeReclaimPolicy: pick(['Retain', 'Delete']),
        ...(next() < 0.2 && { claimRef: { namespace: 'default', name: pick(names) } }),
      },
    } as PersistentVolume)
  }

  removeClaim = async () => cluster.client.delete(persistentVolumeClaims, 'default', this.#random.pick(names))

  removeVolume = async () => {
    const volumes = this.volumes()
    if (volumes.length > 0) await cluster.client.delete(persistentVolumes, '', this.#random.pick(volumes).metadata.name)
  }

  changePolicy = async () => {
    const volumes = this.volumes()
    if (volumes.length === 0 || this.#random.next() < 0.5) return
    const body = { spec: { persistentVolumeReclaimPolicy: this.#random.pick(['Retain', 'Delete']) } }
    await cluster.client.patch(persistentVolumes, '', this.#random.pick(volumes).metadata.name, { type: 'merge', body })
  }

  /** An administrator gives a released volume to whoever comes. */
  setFree = async () => {
    const released = this.volumes().filter(
      ({ metadata, status }) => /Released|Failed/.test(status?.phase ?? '') && !metadata.deletionTimestamp,
    )
    if (released.length === 0) return
    const { name } = this.#random.pick(released).metadata
    await cluster.client.patch(persistentVolumes, '', name, { type: 'merge', body: { spec: { claimRef: null } } })
  }

  /** Plays the scheduler for a pod of a claim. */
  schedule = async () => {
    const waiting = this.claims().filter(
      ({ spec, metadata }) =>
        spec.storageClassName !== 'manual' && !spec.volumeName && !metadata.annotations?.['volume.kubernetes.io/selected-node'],
    )
    if (waiting.length === 0) return
    const claim = this.#random.pick(waiting)
    const free = findMatchingVolume(claim, { volumes: this.volumes() })
    const taken = free && boundToClaim(free, claim)
    if (taken) return void (await cluster.client.update(persistentVolumes, taken))
    const node = this.#random.pick(['node-1', 'node-2', 'gone'])
    const annotations = { ...claim.metadata.annotations, 'volume.kubernetes.io/selected-node': node }
    await cluster.client.update(persistentVolumeClaims, { ...claim, metadata: { ...claim.metadata, annotations } })
  }

  grow = async () => {
    const body = { spec: { resources: { requests: { storage: '4Gi' } } } }
    await cluster.client.patch(persistentVolumeClaims, 'default', this.#random.pick(names), { type: 'merge', body })
  }

  /** Plays the agent for a pod with the claim: its directory is made, and written. */
  mount = async () => {
    const claim = await cluster.client.get(persistentVolumeClaims, 'default', this.#random.pick(names))
    const { uid = '', deletionTimestamp } = claim.metadata
    if (claim.status?.phase !== 'Bound' || deletionTimestamp) return
    const volume = await cluster.client.get(persistentVolumes, '', claim.spec.volumeName ?? '')
    expect(volume.spec.claimRef?.uid, 'a bound claim has its volume to itself').toBe(uid)
    if (nodeOfDirectory(volume) !== undefined) this.disk.set(volume.metadata.name, uid)
  }

  /** Plays the agents. */
  releaseDirectories = async () => {
    for (const known of this.volumes()) {
      if (nodeOfDirectory(known) === undefined) continue
      const volume = await cluster.client.get(persistentVolumes, '', known.metadata.name)
      if (!isDirectoryUnwanted(volume)) continue
      this.#mayGo(volume, (await cluster.client.list(persistentVolumeClaims)).items)
      this.disk.delete(volume.metadata.name)
      if (this.#random.next() < this.#killing) return
      const { uid, resourceVersion, finalizers = [] } = volume.metadata
      const body = { metadata: { uid, resourceVersion, finalizers: finalizers.filter((one) => one !== localDirectory) } }
      await cluster.client.patch(persistentVolumes, '', volume.metadata.name, { type: 'merge', body })
    }
  }

  #mayGo({ metadata, spec }: PersistentVolume, claims: readonly PersistentVolumeClaim[]) {
    expect(spec.persistentVolumeReclaimPolicy, 'retained data is not removed').toBe('Delete')
    const users = claims.filter((claim) => claim.spec.volumeName === metadata.name && claim.metadata.uid === spec.claimRef?.uid)
    expect(users, 'data of a claim that is there is not removed').toEqual([])
  }

  /** No volume is ever two claims' at once, and no directory outlives one that says Delete. */
  async check(): Promise<void> {
    const bound = (await cluster.client.list(persistentVolumeClaims)).items.filter(({ status }) => status?.phase === 'Bound')
    const taken = bound.map(({ spec }) => spec.volumeName)
    expect(new Set(taken).size, `bound once each: ${taken}`).toBe(taken.length)
    const { items } = await cluster.client.list(persistentVolumes)
    const now = new Set(items.map(({ metadata }) => metadata.name))
    for (const name of this.#held)
      if (!now.has(name)) expect(this.disk.has(name), `${name} is gone and its directory is not`).toBe(false)
    const isHeld = ({ metadata, spec }: PersistentVolume) =>
      spec.persistentVolumeReclaimPolicy === 'Delete' && metadata.finalizers?.includes(localDirectory)
    this.#held = new Set(items.filter(isHeld).map(({ metadata }) => metadata.name))
  }

  /** Everything is deleted. */
  async clear(): Promise<void> {
    for (const { metadata } of this.claims())
      await cluster.client.delete(persistentVolumeClaims, 'default', metadata.name).catch(() => undefined)
    await this.rest()
    for (const { metadata } of this.volumes())
      await cluster.client.delete(persistentVolumes, '', metadata.name).catch(() => undefined)
    await this.rest()
  }

  /** Nothing fails any more, and everything is looked at until nothing changes. Answers after how many rounds. */
  async rest(): Promise<number> {
    this.#killing = 0
    for (let round = 1; round <= 30; round++) {
      const before = this.writes
      await this.look()
      const standing = this.disk.size
      for (const controller of controllers)
        for (const object of ofClaims.has(controller) ? this.claims() : this.volumes()) {
          await this.look()
          await this.reconcile(controller, keyOf(object))
        }
      await this.look()
      await this.check()
      await this.releaseDirectories()
      await this.check()
      if (this.writes === before && this.disk.size === standing) return round
    }
    throw new Error('it does not come to rest')
  }
}

it('gives a volume to one of two claims that were both looked at before either had it', async () => {
  const history = new History(0)
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: 'manual' }
  for (const name of ['first', 'second'])
    await cluster.client.create(persistentVolumeClaims, {
      metadata: { name, namespace: 'default' },
      spec,
    } as PersistentVolumeClaim)
  await cluster.client.create(persistentVolumes, {
    metadata: { name: 'one' },
    spec: { ...spec, capacity: { storage: '1Gi' }, hostPath: { path: '/data' } },
  } as PersistentVolume)
  history.dies(0)
  await history.look()
  await history.reconcile(volumeBinder, 'one')
  await history.look()
  for (const name of ['first', 'second']) await history.reconcile(claimBinder, `default/${name}`)
  await history.check()
  await history.rest()
  expect(
    history
      .claims()
      .map(({ metadata, status }) => [metadata.name, status?.phase])
      .sort(),
  ).toEqual([
    ['first', 'Bound'],
    ['second', 'Pending'],
  ])
  await history.clear()
})

describe('random histories of claims and volumes', { timeout: 120_000 }, () => {
  it.each(Array.from({ length: count }, (_, index) => from + index))('seed %i', async (seed) => {
    const history = new History(seed)
    for (let step = 0; step < steps; step++) {
      await history.step()
      await history.check()
    }
    await history.rest()
    await history.look()
    const claims = history.claims()
    const volumes = history.volumes()
    const volumeOf = new Map(volumes.map((volume) => [volume.metadata.name, volume]))
    for (const claim of claims) {
      const { phase } = claim.status ?? {}
      const volume = volumeOf.get(claim.spec.volumeName ?? '')
      if (phase === 'Bound') {
        expect([isFullyBound(claim), volume?.spec.claimRef?.uid, volume?.status?.phase]).toEqual([
          true,
          claim.metadata.uid,
          'Bound',
        ])
        expect(claim.status?.capacity).toBeDefined()
      }
      if (phase === 'Lost') expect(volume?.spec.claimRef?.uid === claim.metadata.uid).toBe(false)
      if (phase === 'Pending' && claim.spec.storageClassName === 'manual' && !claim.spec.volumeName)
        expect(findMatchingVolume(claim, { volumes }), 'no claim waits beside a volume that fits').toBeUndefined()
    }
    for (const { metadata, spec, status } of volumes) {
      const holder = claims.find((claim) => claim.metadata.uid === spec.claimRef?.uid)
      if (status?.phase === 'Bound') expect(holder?.spec.volumeName).toBe(metadata.name)
      if (metadata.name.startsWith('pvc-') && spec.persistentVolumeReclaimPolicy === 'Delete')
        expect(status?.phase === 'Bound' || status?.phase === 'Available', 'what is to be deleted is gone').toBe(true)
    }
    await history.clear()
    expect([history.claims(), history.volumes().map(({ metadata }) => metadata)]).toEqual([[], []])
  })
})
