import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import {
  chmod,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  readlink,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AgentEvent } from '../../../agent/event-recorder.ts'
import { removeTree } from '../../../agent/files/remove-tree.ts'
import { claimPlugins } from '../../../agent/volumes/claim-plugins.ts'
import { HostVolumes, podsBelow } from '../../../agent/volumes/host-volumes.ts'
import { LocalDirectories } from '../../../agent/volumes/local-directories.ts'
import { unmountBelow } from '../../../agent/volumes/mount.ts'
import { giveToGroup } from '../../../agent/volumes/ownership.ts'
import { startReleasedDirectories } from '../../../agent/volumes/released-directories.ts'
import { startInformer } from '../../../shared/client/watching-informer.ts'
import { systemClock } from '../../../shared/platform/clock.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import {
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  persistentVolumeClaims,
  persistentVolumes,
} from '../../../shared/resources/resource.ts'
import { type AgentCluster, startAgentCluster } from '../environment.ts'

const isRoot = process.getuid?.() === 0
let cluster: AgentCluster
let dataDir: string
let directories: LocalDirectories
let volumes: HostVolumes
let told: string[]
const log = createLogger({ write: () => undefined })
const events = {
  pod: (_pod: Pod, { reason, message }: AgentEvent) => void told.push(`${reason}: ${message}`),
  volume: (_volume: PersistentVolume, { reason, message }: AgentEvent) => void told.push(`${reason}: ${message}`),
}
const stops: (() => void)[] = []
beforeEach(async () => {
  cluster = await startAgentCluster()
  dataDir = await realpath(await mkdtemp(join(tmpdir(), 'windlass-claims-')))
  directories = new LocalDirectories({ dataDir, podsDir: podsBelow(dataDir) })
  told = []
  const labels = () => ({ 'kubernetes.io/hostname': 'node-1' })
  const plugins = claimPlugins({ client: cluster.nodeClient, nodeName: 'node-1', labels, directories, events })
  volumes = new HostVolumes({ dataDir, plugins, log })
})
afterEach(async () => {
  for (const stop of stops.splice(0)) stop()
  await cluster.stop()
  if (isRoot) await unmountBelow(dataDir)
  await removeTree(tmpdir(), basename(dataDir))
})

const affinity = (node: string) => ({
  required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] }] },
})
/** A claim with its volume, as the control plane leaves them. */
const addClaim = async (name: string, spec: object = {}, metadata: object = {}): Promise<PersistentVolume> => {
  const { client } = cluster
  const claim = await client.create(persistentVolumeClaims, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'default' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, volumeName: `v-${name}` },
  } as PersistentVolumeClaim)
  const { uid } = claim.metadata
  const status = { phase: 'Bound' }
  await client.patch(persistentVolumeClaims, 'default', name, { type: 'merge', body: { status } }, { subresource: 'status' })
  const made = await client.create(persistentVolumes, {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `v-${name}`, ...metadata },
    spec: {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '1Gi' },
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'default', name, uid },
      ...spec,
    },
  } as PersistentVolume)
  return setPhase(made.metadata.name, 'Bound')
}
const setPhase = (name: string, phase: string) =>
  cluster.client.patch(persistentVolumes, '', name, { type: 'merge', body: { status: { phase } } }, { subresource: 'status' })
const ours = (node = 'node-1') => ({
  labels: { 'kubernetes.io/hostname': node },
  annotations: { 'pv.kubernetes.io/provisioned-by': 'windlass.dev/local-directory' },
  finalizers: ['windlass.dev/local-directory'],
})
const directorySpec = (name: string, node = 'node-1') => ({
  local: { path: directories.pathOf(`v-${name}`) },
  nodeAffinity: affinity(node),
  persistentVolumeReclaimPolicy: 'Delete',
})
const addDirectory = (name: string, node = 'node-1') => addClaim(name, directorySpec(name, node), ours(node))
const usePod = (name: string, claimName: string, spec: object = {}) =>
  cluster.createPod(name, {
    automountServiceAccountToken: false,
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
    ...spec,
  } as never)
const mounted = async (pod: Pod) => (await volumes.mount(pod)).get('data')
const until = async (look: () => unknown) => {
  for (const end = Date.now() + 10_000; !(await look()); await new Promise((resolve) => setTimeout(resolve, 20)))
    if (Date.now() > end) throw new Error(`not seen in time: ${told.join('\n')}`)
}
const volume = (name: string) => cluster.client.get(persistentVolumes, '', name).catch(() => undefined)

describe('a pod that mounts a claim', () => {
  it('gets a directory that is made once, by its own path, and is noted as its user', async () => {
    await addDirectory('data')
    const pod = await usePod('p', 'data')
    const path = directories.pathOf('v-data')
    expect(await mounted(pod)).toEqual({ path, readOnly: false })
    expect((await stat(path)).mode & 0o7777).toBe(0o777)
    expect((await stat(dirname(path))).mode & 0o777).toBe(0o700)
    expect((await volume('v-data'))?.metadata.annotations).toMatchObject({ 'windlass.dev/local-directory-made': 'true' })
    expect(await directories.usersOf(path)).toEqual([pod.metadata.uid])
    await writeFile(join(path, 'file'), 'kept')
    await volumes.remove(pod.metadata.uid!)
    expect(await readFile(join(path, 'file'), 'utf8')).toBe('kept')
    expect(await directories.usersOf(path)).toEqual([])
    expect(await mounted(await usePod('q', 'data'))).toEqual({ path, readOnly: false })
  })

  it('gets no empty one in the place of one that was lost', async () => {
    await addDirectory('data')
    const pod = await usePod('p', 'data')
    await mounted(pod)
    await rm(directories.pathOf('v-data'), { recursive: true })
    await expect(mounted(pod)).rejects.toThrow(/was made and is gone, with the data of volume v-data/)
    expect(existsSync(directories.pathOf('v-data'))).toBe(false)
  })

  it('finds what an agent made that ended before it could say so', async () => {
    await addDirectory('data')
    await directories.make('v-data')
    await writeFile(join(directories.pathOf('v-data'), 'file'), '')
    await mounted(await usePod('p', 'data'))
    expect(await readdir(directories.pathOf('v-data'))).toEqual(['file'])
  })

  it("gets no directory of another node, and none that is not at its node's place", async () => {
    await addDirectory('far', 'node-2')
    await expect(mounted(await usePod('p', 'far'))).rejects.toThrow(
      'volume v-far is not of this node: no matching NodeSelectorTerms',
    )
    await addClaim('odd', { ...directorySpec('odd'), local: { path: '/etc' } }, ours())
    await expect(mounted(await usePod('q', 'odd'))).rejects.toThrow(/volume v-odd is not at .*\/volumes\/v-odd/)
  })

  it('gets a static volume where it is, of which nothing is made', async () => {
    const path = join(dataDir, 'disk')
    await addClaim('disk', { local: { path }, nodeAffinity: affinity('node-1') })
    const pod = await usePod('p', 'disk', {
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'disk', readOnly: true } }],
    })
    await expect(mounted(pod)).rejects.toThrow(`path "${path}" does not exist`)
    await writeFile(path, '')
    await expect(mounted(pod)).rejects.toThrow(`path "${path}" is not a directory`)
    await rm(path)
    await mkdir(path)
    expect(await mounted(pod)).toEqual({ path, readOnly: true })
    await addClaim('host', { hostPath: { path: join(dataDir, 'new'), type: 'DirectoryOrCreate' } })
    expect(await mounted(await usePod('q', 'host'))).toEqual({ path: join(dataDir, 'new'), readOnly: false })
  })

  it.each([
    ['volumes of a driver', { csi: { driver: 'disk.example.com', volumeHandle: 'h' } }, 'volumes of type csi are not supported'],
    ['volumes of the network', { nfs: { server: 's', path: '/' } }, 'volumes of type nfs are not supported by this agent'],
    ['block devices', { hostPath: { path: '/dev/null' }, volumeMode: 'Block' }, 'has volumeMode Block'],
  ])('says that it can not have %s', async (_what, spec, message) => {
    await addClaim('data', spec)
    await expect(mounted(await usePod('p', 'data'))).rejects.toThrow(message)
  })

  it('waits for a claim that is not there, not bound, on its way out, or not its own', async () => {
    const pod = await usePod('p', 'data')
    const says = async (what: string) => expect(mounted(pod)).rejects.toThrow(`error processing PVC default/data: ${what}`)
    await says('persistentvolumeclaim "data" not found')
    await addDirectory('data')
    const phase = (phase: string) =>
      cluster.client.patch(
        persistentVolumeClaims,
        'default',
        'data',
        { type: 'merge', body: { status: { phase } } },
        { subresource: 'status' },
      )
    await phase('Pending')
    await says('PVC is not bound')
    await phase('Bound')
    await cluster.client.delete(persistentVolumeClaims, 'default', 'data')
    await says('PVC is being deleted')
    await addDirectory('q-own')
    const other = await cluster.createPod('q', {
      automountServiceAccountToken: false,
      volumes: [
        {
          name: 'own',
          ephemeral: {
            volumeClaimTemplate: {
              spec: {
                accessModes: ['ReadWriteOnce'],
                resources: { requests: { storage: '1Gi' } },
              },
            },
          },
        },
      ],
    } as never)
    await expect(volumes.mount(other)).rejects.toThrow('PVC default/q-own was not created for pod default/q (pod is not owner)')
  })
})

describe.skipIf(!isRoot)('a volume that is given to a group', () => {
  const modeOf = async (path: string) => {
    const { gid, mode } = await stat(path)
    return `${gid} ${(mode & 0o7777).toString(8)}`
  }

  it('is readable and writable by it, with all in it, and follows no link out', async () => {
    const victim = join(dataDir, 'victim')
    const path = join(dataDir, 'volume')
    await mkdir(join(path, 'deep'), { recursive: true })
    await mkdir(victim, { mode: 0o700 })
    await writeFile(join(path, 'deep/file'), '', { mode: 0o600 })
    await writeFile(join(path, 'tool'), '')
    await chmod(join(path, 'tool'), 0o4755)
    await symlink(victim, join(path, 'out'))
    execFileSync('mkfifo', [join(path, 'pipe')])
    await giveToGroup(path, { fsGroup: 2000, onRootMismatch: false })
    const paths = ['', 'deep', 'deep/file', 'tool'].map((name) => modeOf(join(path, name)))
    expect(await Promise.all(paths)).toEqual(['2000 2775', '2000 2775', '2000 660', '2000 4775'])
    expect(await modeOf(victim)).toBe('0 700')
  })

  it('is left alone where its root has it, when the pod says so', async () => {
    const path = join(dataDir, 'volume')
    await mkdir(path)
    await giveToGroup(path, { fsGroup: 2000, onRootMismatch: true })
    await writeFile(join(path, 'file'), '', { mode: 0o600 })
    const before = await modeOf(join(path, 'file'))
    await giveToGroup(path, { fsGroup: 2000, onRootMismatch: true })
    expect(await modeOf(join(path, 'file'))).toBe(before)
    await giveToGroup(path, { fsGroup: 2001, onRootMismatch: true })
    expect(await modeOf(join(path, 'file'))).toBe('2001 660')
  })

  it('is left alone while another pod has it, which is told', async () => {
    await addDirectory('data')
    await mounted(await usePod('p', 'data', { securityContext: { fsGroup: 2000 } }))
    await mounted(await usePod('q', 'data', { securityContext: { fsGroup: 3000 } }))
    expect(await modeOf(directories.pathOf('v-data'))).toBe('2000 2777')
    expect(told).toEqual([
      'AlreadyMountedVolume: The requested fsGroup is 3000, but the volume v-data has GID 2000. The volume may not be shareable.',
    ])
  })

  it('is refused where folders lie in each other without end', async () => {
    let path = join(dataDir, 'volume')
    for (let level = 0; level < 300; level++) path = join(path, 'd')
    await mkdir(path, { recursive: true })
    await expect(giveToGroup(join(dataDir, 'volume'), { fsGroup: 2000, onRootMismatch: false })).rejects.toThrow(/more than 255/)
  })
})

describe('the directory of a released volume', () => {
  const follow = () => {
    const stopping = new AbortController()
    const common = { client: cluster.nodeClient, clock: systemClock, log, signal: stopping.signal }
    const informer = startInformer({ ...common, resource: persistentVolumes, labelSelector: 'kubernetes.io/hostname=node-1' })
    const stop = startReleasedDirectories({ ...common, nodeName: 'node-1', volumes: informer, directories, events })
    stops.push(() => {
      stop()
      stopping.abort()
    })
  }
  const fill = async (name: string) => {
    await directories.make(`v-${name}`)
    await writeFile(join(directories.pathOf(`v-${name}`), 'file'), 'data')
  }
  const release = async (name: string) => {
    await setPhase(`v-${name}`, 'Released')
    await cluster.client.delete(persistentVolumes, '', `v-${name}`)
    const finalizers = ['windlass.dev/local-directory']
    await cluster.client.patch(persistentVolumes, '', `v-${name}`, { type: 'merge', body: { metadata: { finalizers } } })
  }

  it('is removed, also when it was released while no agent ran, and no other', async () => {
    for (const name of ['gone', 'bound', 'retained']) {
      await addDirectory(name)
      await fill(name)
    }
    await addDirectory('far', 'node-2')
    await fill('far')
    await release('gone')
    await release('far')
    const retain = { spec: { persistentVolumeReclaimPolicy: 'Retain' } }
    await cluster.client.patch(persistentVolumes, '', 'v-retained', { type: 'merge', body: retain })
    await release('retained')
    await cluster.client.delete(persistentVolumes, '', 'v-bound')
    follow()
    await until(async () => !(await volume('v-gone')))
    await addDirectory('later')
    await fill('later')
    await release('later')
    await until(async () => !(await volume('v-later')))
    expect((await readdir(directories.root)).sort()).toEqual(['v-bound', 'v-far', 'v-retained'])
    expect(await readFile(join(directories.pathOf('v-retained'), 'file'), 'utf8')).toBe('data')
    for (const name of ['v-bound', 'v-far', 'v-retained']) expect(await volume(name)).toBeDefined()
  })

  it('stays as long as a pod has it, one too that the server knows no more', async () => {
    await addDirectory('data')
    const pod = await usePod('p', 'data')
    await mounted(pod)
    await fill('data')
    await release('data')
    follow()
    await until(() => cluster.client.get(persistentVolumes, '', 'v-data').then(({ metadata }) => metadata.deletionTimestamp))
    expect(await readFile(join(directories.pathOf('v-data'), 'file'), 'utf8')).toBe('data')
    await volumes.remove(pod.metadata.uid!)
    await until(async () => !(await volume('v-data')))
    expect(existsSync(directories.pathOf('v-data'))).toBe(false)
  })

  it("is never somewhere else, whatever the volume's object says", async () => {
    const elsewhere = join(dataDir, 'elsewhere')
    await mkdir(elsewhere)
    await addClaim('odd', { ...directorySpec('odd'), local: { path: elsewhere } }, ours())
    await fill('odd')
    await release('odd')
    follow()
    await addDirectory('data')
    await release('data')
    await until(async () => !(await volume('v-data')))
    expect(existsSync(elsewhere)).toBe(true)
    expect(await readdir(directories.root)).toEqual(['v-odd'])
  })

  it.skipIf(!isRoot)('is not walked through into what somebody mounted there, and says so', async () => {
    const disk = join(dataDir, 'disk')
    await mkdir(disk)
    await writeFile(join(disk, 'keep'), 'mine')
    await addDirectory('data')
    await fill('data')
    const inside = join(directories.pathOf('v-data'), 'disk')
    await mkdir(inside)
    execFileSync('mount', ['--bind', disk, inside])
    await release('data')
    follow()
    await until(() => told.some((text) => text.startsWith('VolumeFailedDelete: ')))
    expect(await readdir(disk)).toEqual(['keep'])
    execFileSync('umount', [inside])
    await until(async () => !(await volume('v-data')))
    expect(await readdir(disk)).toEqual(['keep'])
    expect(existsSync(directories.pathOf('v-data'))).toBe(false)
  })
})

describe.skipIf(!isRoot)("a pod's folder", () => {
  it('is not removed while a volume is mounted in it that can not be unmounted', async () => {
    const disk = join(dataDir, 'disk')
    await mkdir(disk)
    await writeFile(join(disk, 'keep'), 'mine')
    const dir = volumes.podDir('uid-1')
    await mkdir(join(dir, 'subpaths/main/0'), { recursive: true })
    execFileSync('mount', ['--bind', disk, join(dir, 'subpaths/main/0')])
    // Somebody has it open: it can be hidden, but not unmounted.
    const held = await open(join(dir, 'subpaths/main/0/keep'))
    await expect(volumes.remove('uid-1')).rejects.toThrow(/busy/)
    expect(existsSync(dir)).toBe(true)
    expect(await readFile(join(disk, 'keep'), 'utf8')).toBe('mine')
    await held.close()
    await volumes.remove('uid-1')
    expect(existsSync(dir)).toBe(false)
    expect(await readFile(join(disk, 'keep'), 'utf8')).toBe('mine')
  })

  it('is removed with its links to volumes, of which nothing is touched', async () => {
    await addDirectory('data')
    const pod = await usePod('p', 'data')
    await mounted(pod)
    const path = directories.pathOf('v-data')
    await writeFile(join(path, 'file'), '')
    expect(await readlink(join(volumes.podDir(pod.metadata.uid!), 'volumes/persistentVolumeClaim/data'))).toBe(path)
    await volumes.remove(pod.metadata.uid!)
    expect(await readdir(path)).toEqual(['file'])
  })
})
