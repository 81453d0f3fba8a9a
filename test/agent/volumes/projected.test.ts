import { execFileSync } from 'node:child_process'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createConfigSource } from '../../../agent/container/config-source.ts'
import { createEmptyDirPlugin } from '../../../agent/volumes/empty-dir.ts'
import { HostVolumes } from '../../../agent/volumes/host-volumes.ts'
import { projectedPlugins } from '../../../agent/volumes/projected-plugins.ts'
import { createTokenSource } from '../../../agent/volumes/service-account-token.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import type { Volume } from '../../../shared/resources/generated/types.ts'
import { configMaps, type Pod, secrets } from '../../../shared/resources/resource.ts'
import { ManualClock } from '../../fakes/manual-clock.ts'
import { type AgentCluster, startAgentCluster } from '../environment.ts'

const missing = process.getuid?.() === 0 ? undefined : 'needs root, to mount memory'

describe.skipIf(missing)(`volumes that show objects${missing ? ` (${missing})` : ''}`, () => {
  let cluster: AgentCluster
  let volumes: HostVolumes
  let clock: ManualClock
  beforeEach(async () => {
    cluster = await startAgentCluster()
    clock = new ManualClock(Date.now())
    const { nodeClient: client, dataDir } = cluster
    const token = createTokenSource({ client, clock })
    const config = createConfigSource(client)
    const plugins = [
      createEmptyDirPlugin({ allocatable: {} }),
      ...projectedPlugins({ config, token, hostIP: '10.244.0.1', allocatable: { cpu: '2' } }),
    ]
    volumes = new HostVolumes({ dataDir, plugins, log: createLogger({ write: () => undefined }) })
    await cluster.client.create(configMaps, { metadata: { name: 'cm', namespace: 'default' }, data: { a: '1', b: '2' } })
    await cluster.client.create(secrets, { metadata: { name: 'login', namespace: 'default' }, stringData: { password: 'x' } })
  })
  afterEach(async () => {
    for (const uid of await volumes.present()) await volumes.remove(uid)
    await cluster.stop()
  })
  const podWith = (...list: Volume[]) => cluster.createPod('web', { volumes: list, automountServiceAccountToken: false })
  const mounted = async (pod: Pod) => new Map([...(await volumes.mount(pod))].map(([name, { path }]) => [name, path]))
  const memory = (path: string) => execFileSync('stat', ['-f', '-c', '%T', path], { encoding: 'utf8' }).trim() === 'tmpfs'

  it('keeps Secrets in memory and ConfigMaps as they are, by item and mode', async () => {
    const pod = await podWith(
      { name: 'cm', configMap: { name: 'cm', items: [{ key: 'b', path: 'deep/file', mode: 0o400 }] } },
      { name: 'login', secret: { secretName: 'login', defaultMode: 0o440 } },
    )
    const paths = await mounted(pod)
    const file = join(paths.get('cm')!, 'deep/file')
    expect([await readFile(file, 'utf8'), (await stat(file)).mode & 0o777]).toEqual(['2', 0o400])
    const login = paths.get('login')!
    expect(await readFile(join(login, 'password'), 'utf8')).toBe('x')
    expect(memory(login)).toBe(true)
    await volumes.remove(pod.metadata.uid!)
    expect(await volumes.present()).toEqual([])
  })

  it('shows what changes', async () => {
    const pod = await podWith({ name: 'cm', configMap: { name: 'cm' } })
    const dir = (await mounted(pod)).get('cm')!
    await cluster.client.patch(configMaps, 'default', 'cm', { type: 'merge', body: { data: { a: '3', b: null, c: '4' } } })
    await volumes.refresh(pod)
    expect((await readdir(dir)).filter((name) => !name.startsWith('..')).sort()).toEqual(['a', 'c'])
    expect(await readFile(join(dir, 'a'), 'utf8')).toBe('3')
    await cluster.client.delete(configMaps, 'default', 'cm')
    await volumes.refresh(pod)
    expect(await readFile(join(dir, 'a'), 'utf8')).toBe('3')
  })

  it('says what is missing, and waits for nothing that is optional', async () => {
    const optional = await podWith({ name: 'v', configMap: { name: 'none', optional: true } })
    expect(await readdir((await mounted(optional)).get('v')!)).not.toContain('a')
    const pod = await cluster.createPod('needs', {
      volumes: [{ name: 'v', secret: { secretName: 'none' } }],
      automountServiceAccountToken: false,
    })
    await expect(volumes.mount(pod)).rejects.toThrow('secret "none" not found')
    const items = [{ key: 'nope', path: 'x' }]
    const partly = await cluster.createPod('partly', {
      volumes: [{ name: 'v', configMap: { name: 'cm', items } }],
      automountServiceAccountToken: false,
    })
    await expect(volumes.mount(partly)).rejects.toThrow('configmap references non-existent config key: nope')
  })

  it('projects a token bound to the pod, and renews it in time', async () => {
    const sources = [
      { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
      { configMap: { name: 'cm', items: [{ key: 'a', path: 'a' }] } },
      { downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
    ]
    const pod = await podWith({ name: 'all', projected: { sources } })
    const dir = (await mounted(pod)).get('all')!
    const token = () => readFile(join(dir, 'token'), 'utf8')
    const first = await token()
    const claims = JSON.parse(Buffer.from(first.split('.')[1]!, 'base64url').toString())
    expect(claims['kubernetes.io']).toMatchObject({ namespace: 'default', pod: { name: 'web', uid: pod.metadata.uid } })
    expect([await readFile(join(dir, 'a'), 'utf8'), await readFile(join(dir, 'name'), 'utf8')]).toEqual(['1', 'web'])
    clock.advance(30 * 60_000)
    await volumes.refresh(pod)
    expect(await token()).toBe(first)
    clock.advance(20 * 60_000)
    await volumes.refresh(pod)
    expect(await token()).not.toBe(first)
  })

  it('lets no container write what shows objects, whatever its mount says', async () => {
    const pod = await podWith(
      { name: 'cm', configMap: { name: 'cm' } },
      { name: 'login', secret: { secretName: 'login' } },
      { name: 'all', projected: { sources: [{ configMap: { name: 'cm' } }] } },
      { name: 'down', downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
      { name: 'own', emptyDir: {} },
    )
    const readOnly = [...(await volumes.mount(pod))].map(([name, volume]) => [name, volume.readOnly])
    expect(readOnly).toEqual([
      ['cm', true],
      ['login', true],
      ['all', true],
      ['down', true],
      ['own', false],
    ])
  })

  it('gives memory of a size to an emptyDir that asks for it', async () => {
    const pod = await podWith({ name: 'm', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } }, { name: 'd', emptyDir: {} })
    const paths = await mounted(pod)
    expect([memory(paths.get('m')!), memory(paths.get('d')!)]).toEqual([true, false])
    expect(execFileSync('df', ['--output=size', paths.get('m')!], { encoding: 'utf8' })).toContain('1024')
    expect((await stat(paths.get('d')!)).mode & 0o777).toBe(0o777)
  })
})
