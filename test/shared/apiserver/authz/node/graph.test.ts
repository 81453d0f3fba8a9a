import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createNodeGraph, type NodeGraph, type Vertex } from '../../../../../shared/apiserver/authz/node/graph.ts'
import type { KubeObject } from '../../../../../shared/meta/object.ts'
import { systemClock } from '../../../../../shared/platform/clock.ts'
import type { LmdbStore } from '../../../../../shared/storage/lmdb/open.ts'
import type { LogTail } from '../../../../../shared/storage/log-tail.ts'
import type { Store } from '../../../../../shared/storage/store.ts'
import { openLogTail } from '../../../../../shared/storage/tail/open.ts'
import { type Directory, newDirectory } from '../../../storage/lmdb/directory.ts'

let directory: Directory
let store: LmdbStore
let tail: LogTail
let graph: NodeGraph
let nowMs: number
let lists: string[]
let reads: number

const counting = (): Store =>
  new Proxy(store as Store, {
    get: (target, name) => {
      if (name === 'list')
        return (resource: string, options?: { namespace?: string }) => {
          lists.push(`${resource} ${options?.namespace ?? ''}`)
          return target.list(resource, options)
        }
      const value = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })

beforeEach(async () => {
  directory = await newDirectory()
  store = await directory.open()
  nowMs = 1_000_000
  lists = []
  reads = 0
  const opened = await openLogTail({ store, follow: 'never' })
  tail = new Proxy(opened, {
    get: (target, name) => {
      if (name === 'catchUp') reads++
      const value = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  graph = createNodeGraph({ store: counting(), logTail: tail, clock: { ...systemClock, now: () => nowMs } })
})
afterEach(async () => {
  await tail.close()
  await store.close()
  await directory.remove()
})

const put = async (resource: string, object: Pick<KubeObject, 'metadata'> & { spec: object }) => {
  const { name, namespace = '' } = object.metadata
  const key = { resource, namespace, name }
  const encode = () => Buffer.from(JSON.stringify(object))
  const current = await store.get(key)
  await (current ? store.update(key, current.revision, encode) : store.create(key, encode))
}
const remove = async (resource: string, namespace: string, name: string) => {
  const key = { resource, namespace, name }
  const { revision, value } = (await store.get(key))!
  await store.delete(key, revision, () => value)
}
const pod = (name: string, spec: object, more: Partial<KubeObject> = {}) =>
  put('pods', {
    ...more,
    metadata: { namespace: 'a', ...more.metadata, name },
    spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i' }], ...spec },
  })
const leads = (vertex: Vertex, path: string, node = 'n1') => {
  const [namespace, name] = path.includes('/') ? (path.split('/') as [string, string]) : ['', path]
  return graph.leads({ vertex, namespace, name }, node)
}
const secretVolume = { volumes: [{ name: 'v', secret: { secretName: 's' } }] }

describe('what leads to a node', () => {
  it('is what its pods name, to that node, in that namespace, of that kind', async () => {
    await pod('p', {
      serviceAccountName: 'account',
      imagePullSecrets: [{ name: 's' }],
      volumes: [
        { name: 'm', configMap: { name: 'm' } },
        { name: 'd', persistentVolumeClaim: { claimName: 'data' } },
        { name: 'e', ephemeral: { volumeClaimTemplate: { spec: {} } } },
      ],
      resourceClaims: [{ name: 'r', resourceClaimName: 'gpu' }],
    })
    for (const [vertex, name] of [
      ['pods', 'p'],
      ['serviceaccounts', 'account'],
      ['secrets', 's'],
      ['configmaps', 'm'],
      ['persistentvolumeclaims', 'data'],
      ['persistentvolumeclaims', 'p-e'],
      ['resourceclaims.resource.k8s.io', 'gpu'],
    ] as const) {
      expect(await leads(vertex, `a/${name}`)).toBe(true)
      expect(await leads(vertex, `a/${name}`, 'n2')).toBe(false)
      expect(await leads(vertex, `b/${name}`)).toBe(false)
      expect(await leads(vertex, `a/${name}x`)).toBe(false)
    }
    expect(await leads('configmaps', 'a/s')).toBe(false)
    expect(await leads('secrets', 'a/m')).toBe(false)
  })

  it('is nothing of a pod without a node, and of a mirror pod only itself', async () => {
    await pod('waits', { ...secretVolume, nodeName: undefined })
    await pod('mirror', secretVolume, { metadata: { name: '', annotations: { 'kubernetes.io/config.mirror': '' } } })
    expect(await leads('secrets', 'a/s')).toBe(false)
    expect(await leads('pods', 'a/waits')).toBe(false)
    expect(await leads('pods', 'a/mirror')).toBe(true)
  })

  it('is there as long as one pod of the node names it', async () => {
    await pod('one', secretVolume)
    await pod('two', secretVolume)
    await pod('other', { ...secretVolume, nodeName: 'n2' })
    expect(await leads('secrets', 'a/s')).toBe(true)
    await remove('pods', 'a', 'one')
    nowMs += 5000
    expect(await leads('secrets', 'a/s')).toBe(true)
    await remove('pods', 'a', 'two')
    nowMs += 5000
    expect(await leads('secrets', 'a/s')).toBe(false)
    expect(await leads('secrets', 'a/s', 'n2')).toBe(true)
  })

  it('follows what is added to a pod, and one that takes its name on another node', async () => {
    await pod('p', {})
    expect(await leads('secrets', 'a/s')).toBe(false)
    await pod('p', { ephemeralContainers: [{ name: 'e', envFrom: [{ secretRef: { name: 's' } }] }] })
    expect(await leads('secrets', 'a/s')).toBe(true)
    await remove('pods', 'a', 'p')
    await pod('p', { ...secretVolume, nodeName: 'n2' })
    expect(await leads('secrets', 'a/s', 'n2')).toBe(true)
    nowMs += 5000
    expect(await leads('secrets', 'a/s')).toBe(false)
  })
})

describe('a volume', () => {
  const volume = (name: string, claimRef: object | undefined, secretRef: object = { name: 'v', namespace: 'vault' }) =>
    put('persistentvolumes', { metadata: { name }, spec: { claimRef, csi: { nodeStageSecretRef: secretRef } } })
  const claim = { namespace: 'a', name: 'data' }
  const claiming = { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] }

  it('leads by its claim to where a pod has that, and so do its Secrets', async () => {
    await volume('pv', claim)
    expect(await leads('persistentvolumes', 'pv')).toBe(false)
    expect(await leads('secrets', 'vault/v')).toBe(false)
    await pod('p', claiming)
    for (const node of ['n1', 'n2']) {
      expect(await leads('persistentvolumes', 'pv', node)).toBe(node === 'n1')
      expect(await leads('secrets', 'vault/v', node)).toBe(node === 'n1')
    }
    expect(await leads('secrets', 'a/v')).toBe(false)
    expect(await leads('persistentvolumes', 'other')).toBe(false)
  })

  it('leads nowhere once it is not bound, gone, or names another Secret', async () => {
    await pod('p', claiming)
    await volume('pv', claim)
    expect(await leads('secrets', 'vault/v')).toBe(true)
    await volume('pv', claim, { name: 'w', namespace: 'vault' })
    nowMs += 5000
    expect(await leads('secrets', 'vault/v')).toBe(false)
    expect(await leads('secrets', 'vault/w')).toBe(true)
    await volume('pv', undefined)
    nowMs += 5000
    expect(await leads('persistentvolumes', 'pv')).toBe(false)
    await volume('pv', claim)
    expect(await leads('persistentvolumes', 'pv')).toBe(true)
    await remove('persistentvolumes', '', 'pv')
    nowMs += 5000
    expect(await leads('persistentvolumes', 'pv')).toBe(false)
  })

  it('that is attached leads to that node by its attachment', async () => {
    await put('volumeattachments.storage.k8s.io', { metadata: { name: 'va' }, spec: { nodeName: 'n1' } })
    expect(await leads('volumeattachments.storage.k8s.io', 'va')).toBe(true)
    expect(await leads('volumeattachments.storage.k8s.io', 'va', 'n2')).toBe(false)
    await put('volumeattachments.storage.k8s.io', { metadata: { name: 'va' }, spec: { nodeName: 'n2' } })
    expect(await leads('volumeattachments.storage.k8s.io', 'va', 'n2')).toBe(true)
    nowMs += 5000
    expect(await leads('volumeattachments.storage.k8s.io', 'va')).toBe(false)
  })
})

describe('how it knows', () => {
  it('lists a namespace once, and what is not there it does not keep', async () => {
    await pod('p', secretVolume)
    for (let turn = 0; turn < 3; turn++) {
      await leads('secrets', 'a/s')
      nowMs += 5000
    }
    expect(lists).toEqual(['pods a'])
    lists = []
    for (let turn = 0; turn < 3; turn++) await leads('configmaps', 'nowhere/m')
    expect(lists.filter((list) => list === 'pods nowhere').length).toBeGreaterThan(1)
  })

  it('reads the log for a yes only after two seconds, for a no always', async () => {
    await pod('p', secretVolume)
    await leads('secrets', 'a/s')
    expect(reads).toBe(1)
    nowMs += 1999
    await leads('secrets', 'a/s')
    expect(reads).toBe(1)
    await leads('secrets', 'a/other')
    expect(reads).toBe(2)
    nowMs += 2001
    await leads('secrets', 'a/s')
    expect(reads).toBe(3)
    nowMs -= 60_000
    await leads('secrets', 'a/s')
    expect(reads).toBe(4)
  })

  it('knows at once of what was bound', async () => {
    await pod('first', {})
    expect(await leads('secrets', 'a/s')).toBe(false)
    await pod('p', secretVolume)
    expect(await leads('secrets', 'a/s')).toBe(true)
  })

  it('lists anew when history is gone', async () => {
    await pod('p', secretVolume)
    await pod('q', {})
    expect(await leads('secrets', 'a/s')).toBe(true)
    await remove('pods', 'a', 'p')
    for (let turn = 0; turn < 5; turn++) await pod('q', { priority: turn })
    await store.compact(await store.revision())
    nowMs += 5000
    expect(await leads('secrets', 'a/s')).toBe(false)
    expect(await leads('pods', 'a/q')).toBe(true)
  })

  it('misses nothing that comes while it lists', async () => {
    await pod('p', secretVolume)
    const [before] = await Promise.all([
      leads('secrets', 'a/s'),
      pod('q', { nodeName: 'n2', ...secretVolume }),
      remove('pods', 'a', 'p'),
    ])
    expect(typeof before).toBe('boolean')
    nowMs += 5000
    expect(await leads('secrets', 'a/s')).toBe(false)
    expect(await leads('secrets', 'a/s', 'n2')).toBe(true)
  })

  it('agrees with what the store has, whatever happens to pods', async () => {
    let state = 7
    const random = (below: number) => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
      return state % below
    }
    const known = new Map<string, { node: string; secrets: string[] }>()
    for (let step = 0; step < 400; step++) {
      const name = `p${random(8)}`
      if (known.has(name) && random(3) === 0) {
        await remove('pods', 'a', name)
        known.delete(name)
      } else {
        const secrets = ['s0', 's1', 's2'].filter(() => random(2) === 0)
        const node = `n${random(3)}`
        await pod(name, { nodeName: node, imagePullSecrets: secrets.map((secret) => ({ name: secret })) })
        known.set(name, { node, secrets })
      }
      nowMs += random(2) * 3000
      if (random(4) > 0) continue
      nowMs += 3000
      const [secret, node] = [`s${random(3)}`, `n${random(3)}`]
      const expected = [...known.values()].some((one) => one.node === node && one.secrets.includes(secret))
      expect(await leads('secrets', `a/${secret}`, node)).toBe(expected)
    }
  })
})
