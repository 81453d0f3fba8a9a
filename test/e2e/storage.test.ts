import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildImages } from '../../examples/orders/images/build.ts'
import { Cluster, titled, whyNoContainers } from './cluster.ts'
import { eventually } from './kubectl.ts'
import { container, idle, pod } from './object.ts'

const why = whyNoContainers()

describe.skipIf(why !== undefined)(titled('storage of real containers', why), () => {
  const cluster = new Cluster({ runtime: 'docker', nodes: 2, flags: ['--agent-restart-seconds', '1'] })
  const { kubectl } = cluster

  beforeAll(async () => {
    await buildImages(() => undefined)
    await cluster.start()
  })
  afterAll(() => cluster.dispose())

  const claim = (name: string, spec: object = {}) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
  })
  const withClaim = (name: string, claimName: string, spec: object = {}) =>
    pod(name, {
      containers: [container({ command: idle, volumeMounts: [{ name: 'data', mountPath: '/data' }] })],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
      ...spec,
    })
  const ready = (name: string) => kubectl.ok('wait', '--for=condition=Ready', `pod/${name}`, '--timeout=60s')
  const inside = (name: string, script: string) => kubectl.ok('exec', name, '--', 'sh', '-c', script)
  const remove = (...names: string[]) => kubectl.ok('delete', 'pod', ...names, '--grace-period=1')
  const volumeOf = (name: string) => kubectl.field('.spec.volumeName', 'pvc', name)
  const pathOf = (volume: string) => kubectl.field('.spec.local.path', 'pv', volume)
  const gone = (path: string) =>
    eventually(`the end of ${path}`, { ask: () => existsSync(path), wanted: (there) => !there, seconds: 30 })

  it('begins with a default class, and keeps what a pod wrote for its successor', async () => {
    expect(await kubectl.ok('get', 'storageclass')).toMatch(
      /standard \(default\) +windlass\.dev\/local-directory +Delete +WaitForFirstConsumer +true/,
    )
    await kubectl.apply(claim('data'))
    await kubectl.apply(withClaim('writer', 'data'))
    await ready('writer')
    expect(await kubectl.ok('get', 'pvc', 'data')).toMatch(/data +Bound +pvc-\S+ +1Gi +RWO +standard/)
    await inside('writer', 'echo kept > /data/file; sync')
    const node = await kubectl.field('.spec.nodeName', 'pod', 'writer')
    await remove('writer')
    await kubectl.apply(withClaim('reader', 'data'))
    await ready('reader')
    expect(await kubectl.field('.spec.nodeName', 'pod', 'reader')).toBe(node)
    expect(await inside('reader', 'cat /data/file')).toBe('kept\n')
  })

  it('keeps it over kill -9 of the server and all agents, and goes on with the claim', async () => {
    await inside('reader', 'echo second >> /data/file; sync')
    await cluster.kill({ agents: true })
    await cluster.start()
    await ready('reader')
    expect(await inside('reader', 'cat /data/file')).toBe('kept\nsecond\n')
    await remove('reader')
    await kubectl.apply(withClaim('third', 'data'))
    await ready('third')
    expect(await inside('third', 'cat /data/file')).toBe('kept\nsecond\n')
  })

  it('holds a claim that a pod has, and removes the directory of one whose policy is Delete', async () => {
    const path = await pathOf(await volumeOf('data'))
    expect(readFileSync(join(path, 'file'), 'utf8')).toBe('kept\nsecond\n')
    await kubectl.ok('delete', 'pvc', 'data', '--wait=false')
    expect(await kubectl.ok('get', 'pvc', 'data')).toMatch(/data +Terminating/)
    expect(await inside('third', 'cat /data/file')).toBe('kept\nsecond\n')
    await remove('third')
    await kubectl.ok('wait', '--for=delete', 'pvc/data', '--timeout=60s')
    await gone(path)
    await eventually('the end of its volume', {
      ask: () => kubectl.ok('get', 'pv', '-o', 'name'),
      wanted: (names) => names === '',
      seconds: 30,
    })
  })

  it('removes what was released while the agent was down, and nothing of another', async () => {
    await kubectl.apply(claim('short'), claim('long'))
    await kubectl.apply(withClaim('short', 'short'), withClaim('long', 'long'))
    await Promise.all([ready('short'), ready('long')])
    await Promise.all(['short', 'long'].map((name) => inside(name, `echo ${name} > /data/file; sync`)))
    const [short, long] = await Promise.all(['short', 'long'].map(async (name) => pathOf(await volumeOf(name))))
    const node = await kubectl.field('.spec.nodeName', 'pod', 'short')
    process.kill(cluster.agentPid(node), 'SIGSTOP')
    await kubectl.ok('delete', 'pod', 'short', '--grace-period=0', '--force')
    await kubectl.ok('delete', 'pvc', 'short')
    await eventually('the release of its volume', {
      ask: () => kubectl.ok('get', 'pv'),
      wanted: (table) => /Terminating +default\/short/.test(table),
      seconds: 30,
    })
    expect(existsSync(short!)).toBe(true)
    process.kill(cluster.agentPid(node), 'SIGKILL')
    await gone(short!)
    expect(readFileSync(join(long!, 'file'), 'utf8')).toBe('long\n')
    await remove('long')
    await kubectl.ok('delete', 'pvc', 'long')
    await gone(long!)
  })

  it('keeps the directory of a volume whose policy is Retain, for a volume that names it', async () => {
    await kubectl.apply({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'retained' },
      provisioner: 'windlass.dev/local-directory',
      reclaimPolicy: 'Retain',
      volumeBindingMode: 'WaitForFirstConsumer',
    })
    await kubectl.apply(claim('archive', { storageClassName: 'retained' }))
    await kubectl.apply(withClaim('archivist', 'archive', { securityContext: { runAsUser: 1000, fsGroup: 2000 } }))
    await ready('archivist')
    await inside('archivist', 'echo archived > /data/file; sync')
    expect(await inside('archivist', 'stat -c "%u %g" /data/file; stat -c "%g %a" /data')).toBe('1000 2000\n2000 2777\n')
    const volume = await volumeOf('archive')
    const path = await pathOf(volume)
    const node = await kubectl.field('.spec.nodeName', 'pod', 'archivist')
    await remove('archivist')
    await kubectl.ok('delete', 'pvc', 'archive')
    await eventually('its release', {
      ask: () => kubectl.ok('get', 'pv', volume),
      wanted: (table) => /Retain +Released/.test(table),
      seconds: 30,
    })
    await kubectl.ok('delete', 'pv', volume)
    expect(readFileSync(join(path, 'file'), 'utf8')).toBe('archived\n')
    await kubectl.apply({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'found-again' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        capacity: { storage: '2Gi' },
        storageClassName: 'retained',
        local: { path },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] }],
          },
        },
      },
    })
    await kubectl.apply(claim('archive', { storageClassName: 'retained' }))
    await kubectl.apply(withClaim('historian', 'archive'))
    await ready('historian')
    expect(await volumeOf('archive')).toBe('found-again')
    expect(await kubectl.field('.spec.nodeName', 'pod', 'historian')).toBe(node)
    expect(await inside('historian', 'cat /data/file')).toBe('archived\n')
    await remove('historian')
  })

  it('gives a pod a volume of its own, by subPath and read-only too, and takes it with the pod', async () => {
    await kubectl.apply(
      pod('scratch', {
        containers: [
          container({
            command: idle,
            volumeMounts: [
              { name: 'own', mountPath: '/own' },
              { name: 'own', mountPath: '/part', subPath: 'a/b', readOnly: true },
            ],
          }),
        ],
        volumes: [
          {
            name: 'own',
            ephemeral: {
              volumeClaimTemplate: {
                metadata: { labels: { made: 'for-scratch' } },
                spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
              },
            },
          },
        ],
      }),
    )
    await ready('scratch')
    expect(await kubectl.ok('get', 'pvc', '-l', 'made=for-scratch')).toMatch(/scratch-own +Bound/)
    await inside('scratch', 'echo own > /own/a/b/file')
    expect(await inside('scratch', 'cat /part/file')).toBe('own\n')
    expect((await kubectl.run(['exec', 'scratch', '--', 'touch', '/part/other'])).stderr).toContain('Read-only file system')
    const path = await pathOf(await volumeOf('scratch-own'))
    await remove('scratch')
    await kubectl.ok('wait', '--for=delete', 'pvc/scratch-own', '--timeout=60s')
    await gone(path)
  })

  it('lets a claim grow', async () => {
    await kubectl.apply(claim('growing'))
    await kubectl.apply(withClaim('gardener', 'growing'))
    await ready('gardener')
    await kubectl.ok('patch', 'pvc', 'growing', '-p', '{"spec":{"resources":{"requests":{"storage":"3Gi"}}}}')
    await eventually('its size', {
      ask: () => kubectl.field('.status.capacity.storage', 'pvc', 'growing'),
      wanted: (size) => size === '3Gi',
      seconds: 30,
    })
    await remove('gardener')
  })

  it('takes all directories away with a reset', async () => {
    const nodes = readdirSync(join(cluster.dataDir, 'nodes'))
    expect(nodes.some((node) => existsSync(join(cluster.dataDir, 'nodes', node, 'volumes')))).toBe(true)
    await cluster.interrupt()
    expect((await cluster.reset()).code).toBe(0)
    expect(existsSync(cluster.dataDir)).toBe(false)
  })
})

describe('storage of simulated nodes', () => {
  const cluster = new Cluster({ runtime: 'simulated', nodes: 3 })
  const { kubectl } = cluster

  beforeAll(() => cluster.start())
  afterAll(() => cluster.dispose())

  it('is claimed, bound and released as that of real ones', async () => {
    await kubectl.apply({
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'db' },
      spec: {
        replicas: 3,
        serviceName: 'db',
        selector: { matchLabels: { app: 'db' } },
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Delete' },
        template: {
          metadata: { labels: { app: 'db' } },
          spec: { containers: [container({ volumeMounts: [{ name: 'data', mountPath: '/data' }] })] },
        },
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          },
        ],
      },
    })
    await kubectl.ok('rollout', 'status', 'statefulset/db', '--timeout=60s')
    expect((await kubectl.ok('get', 'pvc', '--no-headers')).match(/ Bound /g)).toHaveLength(3)
    await kubectl.ok('delete', 'statefulset', 'db')
    await eventually('the end of its volumes', {
      ask: () => kubectl.ok('get', 'pv,pvc', '-o', 'name'),
      wanted: (names) => names === '',
      seconds: 60,
    })
  })
})
