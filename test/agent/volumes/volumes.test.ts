import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeAtomically } from '../../../agent/volumes/atomic-writer.ts'
import { HostVolumes } from '../../../agent/volumes/host-volumes.ts'
import { hostsFile, podHostname, resolvConf } from '../../../agent/volumes/pod-files.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import type { PodSpec } from '../../../shared/resources/generated/types.ts'
import type { Pod } from '../../../shared/resources/resource.ts'

const dns = { clusterDomain: 'cluster.local', clusterDNS: '10.96.0.10' }
const podWith = (spec: Partial<PodSpec>, name = 'web-0') =>
  ({ metadata: { name, namespace: 'shop', uid: 'u1' }, spec: { containers: [], ...spec } }) as unknown as Pod

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'windlass-volumes-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

describe('writeAtomically', () => {
  const files = (entries: Record<string, string>) =>
    new Map(Object.entries(entries).map(([path, text]) => [path, { content: Buffer.from(text), mode: 0o640 }]))

  it('shows files through one link that it swaps', async () => {
    await writeAtomically({ dir, files: files({ a: '1', 'deep/b': '2' }) })
    expect(await readFile(join(dir, 'a'), 'utf8')).toBe('1')
    expect(await readFile(join(dir, 'deep/b'), 'utf8')).toBe('2')
    expect(await readlink(join(dir, 'a'))).toBe('..data/a')
    expect((await stat(join(dir, 'a'))).mode & 0o777).toBe(0o640)
    const before = await readlink(join(dir, '..data'))
    await writeAtomically({ dir, files: files({ a: '1', 'deep/b': '2' }) })
    expect(await readlink(join(dir, '..data'))).toBe(before)
    await writeAtomically({ dir, files: files({ a: '3', c: '4' }) })
    expect((await readdir(dir)).filter((name) => !name.startsWith('..')).sort()).toEqual(['a', 'c'])
    expect(await readFile(join(dir, 'a'), 'utf8')).toBe('3')
    expect((await readdir(dir)).filter((name) => name.startsWith('..2'))).toHaveLength(1)
  })

  it('shows the names that a writer left out that was ended half-way, and removes what it left behind', async () => {
    await writeAtomically({ dir, files: files({ a: '1', 'deep/b': '2' }) })
    await rm(join(dir, 'a'))
    await mkdir(join(dir, '..2026_01_01_00_00_00.deadbeef'))
    await writeAtomically({ dir, files: files({ a: '1', 'deep/b': '2' }) })
    expect(await readFile(join(dir, 'a'), 'utf8')).toBe('1')
    expect((await readdir(dir)).filter((name) => name.startsWith('..2'))).toHaveLength(1)
  })

  it('gives files to a group that is to read them', async () => {
    await writeAtomically({ dir, files: new Map([['a', { content: Buffer.from(''), mode: 0o600 }]]), fsGroup: process.getgid!() })
    expect((await stat(join(dir, 'a'))).mode & 0o777).toBe(0o640)
  })
})

it('names a volume of a kind that is not supported', async () => {
  const volumes = new HostVolumes({ dataDir: dir, plugins: [], log: createLogger({ write: () => undefined }) })
  const pod = podWith({ volumes: [{ name: 'disk', nfs: { server: 's', path: '/' } }] })
  await expect(volumes.mount(pod)).rejects.toThrow('volumes of type nfs are not supported by this agent')
})

describe('the files of /etc', () => {
  const host = 'search corp.example\nnameserver 192.0.2.53\noptions timeout:1\n'
  it.each<[string, Partial<PodSpec>, string]>([
    [
      'ClusterFirst',
      {},
      'search shop.svc.cluster.local svc.cluster.local cluster.local corp.example\nnameserver 10.96.0.10\noptions ndots:5\n',
    ],
    ['Default', { dnsPolicy: 'Default' }, 'search corp.example\nnameserver 192.0.2.53\noptions timeout:1\n'],
    [
      'ClusterFirst on the host network',
      { hostNetwork: true },
      'search corp.example\nnameserver 192.0.2.53\noptions timeout:1\n',
    ],
    [
      'None with dnsConfig',
      {
        dnsPolicy: 'None',
        dnsConfig: { nameservers: ['192.0.2.1'], searches: ['x.y'], options: [{ name: 'ndots', value: '2' }] },
      },
      'search x.y\nnameserver 192.0.2.1\noptions ndots:2\n',
    ],
    [
      'ClusterFirst with dnsConfig',
      { dnsConfig: { options: [{ name: 'ndots', value: '1' }, { name: 'edns0' }] } },
      'search shop.svc.cluster.local svc.cluster.local cluster.local corp.example\nnameserver 10.96.0.10\noptions ndots:1 edns0\n',
    ],
  ])('resolv.conf with dnsPolicy %s', (_, spec, expected) => {
    expect(resolvConf(podWith(spec), dns, host)).toBe(expected)
  })

  it('hosts names the pod, its domain and its aliases', () => {
    const pod = podWith({ hostname: 'db', subdomain: 'dbs', hostAliases: [{ ip: '192.0.2.9', hostnames: ['a', 'b'] }] })
    const text = hostsFile({ pod, podIP: '10.244.0.5', dir, dns })
    expect(text).toContain('\n10.244.0.5\tdb.dbs.shop.svc.cluster.local\tdb\n')
    expect(text).toContain('\n192.0.2.9\ta\tb\n')
  })

  it('cuts a hostname at 63 characters', () => {
    expect(podHostname(podWith({}, `${'a'.repeat(62)}-b`))).toBe('a'.repeat(62))
  })
})
