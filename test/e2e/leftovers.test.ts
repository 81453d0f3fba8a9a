import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { buildImages } from '../../examples/orders/images/build.ts'
import { Cluster, titled, whyNoContainers } from './cluster.ts'
import { container, idle, pod, service } from './object.ts'

const why = whyNoContainers()
const command = (program: string, ...args: string[]) => {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  } catch {
    return `no ${program}`
  }
}
const sysctls = [
  'ip_forward',
  'conf/all/route_localnet',
  'conf/default/route_localnet',
  'conf/all/accept_redirects',
  'conf/all/rp_filter',
]
const withoutCounters = (text: string) => text.replaceAll(/counter packets \d+ bytes \d+/g, 'counter')
const lines = (text: string) => text.split('\n').filter(Boolean).sort()

/** Of the machine, what a cluster might leave something in. */
const machine = () => ({
  interfaces: (JSON.parse(command('ip', '-json', 'link')) as { ifname: string }[]).map(({ ifname }) => ifname).sort(),
  addresses: lines(command('ip', '-4', '-o', 'address')),
  routes: lines(command('ip', '-4', 'route', 'show', 'table', 'all')),
  rules: lines(command('ip', 'rule')),
  nft: withoutCounters(command('nft', 'list', 'ruleset')),
  iptables: ['filter', 'nat', 'mangle'].map((table) => command('iptables', '-t', table, '-S')),
  sysctls: sysctls.map((name) => `${name} ${readFileSync(`/proc/sys/net/ipv4/${name}`, 'utf8').trim()}`),
  mounts: lines(readFileSync('/proc/self/mounts', 'utf8')),
  containers: lines(command('docker', 'ps', '-aq', '--no-trunc')),
  run: readdirSync('/run').filter((name) => name.startsWith('windlass')),
})

/** Empty when it has just ended, as programs do that an agent runs. */
const ofProcess = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return ''
    throw error
  }
}

describe.skipIf(why !== undefined)(titled('a machine that had a cluster', why), () => {
  const cluster = new Cluster({ runtime: 'docker', nodes: 2, flags: ['--workers', '2'] })
  const { kubectl } = cluster
  afterAll(() => cluster.dispose())

  const fill = async () => {
    await kubectl.apply(
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'kept' }, stringData: { a: 'b' } },
      pod('full', {
        containers: [
          container({
            command: idle,
            ports: [{ containerPort: 8080, hostPort: 30_777 }],
            volumeMounts: [
              { name: 'secret', mountPath: '/secret' },
              { name: 'memory', mountPath: '/memory' },
            ],
          }),
        ],
        volumes: [
          { name: 'secret', secret: { secretName: 'kept' } },
          { name: 'memory', emptyDir: { medium: 'Memory' } },
        ],
      }),
      service('open', { type: 'NodePort', selector: { app: 'full' }, ports: [{ port: 80, targetPort: 8080, nodePort: 30_778 }] }),
    )
    await kubectl.ok('wait', '--for=condition=Ready', 'pod/full', '--timeout=60s')
  }
  const before = why === undefined ? machine() : undefined

  it('has no key in the environment or the arguments of any process while it runs', async () => {
    await buildImages(() => undefined)
    await cluster.start()
    await fill()
    const pids = cluster.pids()
    expect(pids.length).toBeGreaterThanOrEqual(5)
    for (const pid of pids)
      for (const file of ['environ', 'cmdline']) {
        const text = ofProcess(pid, file)
        expect([pid, file, /PRIVATE KEY|WINDLASS_(AGENT|API_WORKER)=/.test(text)]).toEqual([pid, file, false])
      }
  })

  it('is as it was before, after a stop and a reset', async () => {
    await cluster.interrupt()
    expect((await cluster.reset()).code).toBe(0)
    expect(machine()).toEqual(before)
  })

  it('is as it was before, after a kill -9 of the server and a reset', async () => {
    await cluster.start()
    await fill()
    await cluster.kill()
    const { code, output } = await cluster.reset()
    expect(code, output).toBe(0)
    expect(cluster.pids()).toEqual([])
    expect(machine()).toEqual(before)
  })

  it('is as it was before, after a kill -9 of everything and a reset', async () => {
    await cluster.start()
    await fill()
    await cluster.kill({ agents: true })
    const { code, output } = await cluster.reset()
    expect(code, output).toBe(0)
    expect(machine()).toEqual(before)
  })
})
