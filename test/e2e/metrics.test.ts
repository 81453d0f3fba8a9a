import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildImages } from '../../examples/orders/images/build.ts'
import { Cluster, titled, whyNoContainers } from './cluster.ts'
import { eventually } from './kubectl.ts'
import { container, idle, pod } from './object.ts'

const why = whyNoContainers()

describe.skipIf(why !== undefined)(titled('kubectl top on real containers', why), () => {
  const cluster = new Cluster({ runtime: 'docker' })
  const { kubectl } = cluster

  beforeAll(async () => {
    await buildImages(() => undefined)
    await cluster.start()
  })
  afterAll(() => cluster.dispose())

  /** Of the rows of `kubectl top pods --containers`: millicores and Mi, by container. */
  const used = async (name: string): Promise<Record<string, { cpu: number; memory: number }>> => {
    const { code, stdout } = await kubectl.run(['top', 'pod', name, '--containers', '--no-headers'])
    const rows = code === 0 ? stdout.trim().split('\n') : []
    return Object.fromEntries(
      rows.map((row) => {
        const [, container = '', cpu = '', memory = ''] = row.split(/ +/)
        return [container, { cpu: Number.parseInt(cpu, 10), memory: Number.parseInt(memory, 10) }]
      }),
    )
  }

  it('shows what a busy loop, a full memory and nothing at all use', async () => {
    const busy = {
      ...container({ name: 'busy', command: ['sh', '-c', 'while :; do :; done'] }),
      resources: { limits: { cpu: '200m' } },
    }
    const full = container({
      name: 'full',
      command: ['sh', '-c', 'dd if=/dev/zero of=/memory/file bs=1M count=48; exec sleep 3600'],
      volumeMounts: [{ name: 'memory', mountPath: '/memory' }],
    })
    const nothing = container({ name: 'nothing', command: idle })
    const volumes = [{ name: 'memory', emptyDir: { medium: 'Memory' } }]
    await kubectl.apply(pod('three', { containers: [busy, full, nothing], volumes, terminationGracePeriodSeconds: 1 }))
    await kubectl.ok('wait', '--for=condition=Ready', 'pod/three', '--timeout=60s')
    const found = await eventually('usage of a busy loop', {
      ask: () => used('three'),
      wanted: ({ busy, full }) => (busy?.cpu ?? 0) > 20 && (full?.memory ?? 0) >= 48,
      seconds: 90,
    })
    expect(Object.keys(found).sort()).toEqual(['busy', 'full', 'nothing'])
    // The machine may give it less, but no limit gives it more.
    expect(found.busy!.cpu).toBeLessThanOrEqual(240)
    expect(found.full!.memory).toBeLessThan(100)
    expect(found.nothing!.cpu).toBeLessThanOrEqual(10)
    expect(found.nothing!.memory).toBeLessThan(20)
    expect(await kubectl.ok('top', 'node')).toMatch(/windlass-1 +\d+m +\d+% +\d+Mi +\d+%/)
  })

  it('has nothing to say of a pod that has gone', async () => {
    await kubectl.ok('delete', 'pod', 'three')
    const { stderr } = await kubectl.run(['top', 'pod', 'three'])
    expect(stderr).toContain('pods "three" not found')
  })
})
