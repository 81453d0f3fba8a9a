import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildImages } from '../../examples/orders/images/build.ts'
import { Cluster, titled, whyNoContainers } from './cluster.ts'
import { DepartureCounter } from './departure-counter.ts'
import { eventually } from './kubectl.ts'
import { container, deployment, idle } from './object.ts'

const why = whyNoContainers()
const orders = 'deployment/orders-service'
const restartSeconds = 75

interface PodList {
  items: {
    metadata: { name: string; uid: string; deletionTimestamp?: string }
    spec: { nodeName: string; containers: { image: string }[] }
    status: { phase: string }
  }[]
}

describe.skipIf(why !== undefined)(titled('the orders service on three nodes', why), () => {
  const cluster = new Cluster({ runtime: 'docker', nodes: 3, flags: ['--agent-restart-seconds', String(restartSeconds)] })
  const { kubectl } = cluster
  const departures = new DepartureCounter()

  beforeAll(async () => {
    departures.start()
    await buildImages(() => undefined)
    await cluster.start()
    await kubectl.ok('apply', '-f', new URL('../../examples/orders/manifests', import.meta.url).pathname)
    await kubectl.ok('rollout', 'status', 'deployment/postgres', '--timeout=120s')
    await kubectl.ok('rollout', 'status', orders, '--timeout=120s')
    // On the database's node, so that a drain of another takes neither.
    const node = await kubectl.field('.items[0].spec.nodeName', 'pods', '-l', 'app=postgres')
    for (const [name, ...flags] of [['new-connections'], ['keep-alive', '--keep-alive']] as const) {
      const command = ['node', 'service/load.ts', 'http://orders-service/orders', ...flags]
      const overrides = JSON.stringify({ spec: { nodeName: node } })
      const image = '--image=mycompany/orders-service:1.0'
      await kubectl.ok('run', name!, image, '--restart=Never', `--overrides=${overrides}`, '--command', '--', ...command)
      await kubectl.ok('wait', '--for=condition=Ready', `pod/${name}`, '--timeout=60s')
    }
  })
  afterAll(async () => {
    await cluster.dispose()
    departures.stop()
  })

  const clients = ['new-connections', 'keep-alive']
  const counted = async (client: string) => {
    const lines = (await kubectl.ok('logs', client, '--tail=50')).trim().split('\n')
    return JSON.parse(lines.findLast((line) => line.startsWith('{')) ?? '{"requests":0,"failed":0,"versions":{}}') as {
      requests: number
      failed: number
      versions: Record<string, number>
    }
  }
  const rolledOut = () => kubectl.ok('rollout', 'status', orders, '--timeout=180s')
  const podsOf = async (app: string) => (await kubectl.json<PodList>('get', 'pods', '-l', `app=${app}`)).items
  const ready = (name: string) => kubectl.field('.status.conditions[?(@.type=="Ready")].status', 'node', name)

  /** Runs the change under the load of both clients: requests go on after it, and none has failed. */
  const withoutFailure = async (change: () => Promise<unknown>, version?: string) => {
    const before = await Promise.all(clients.map(counted))
    await change()
    for (const [index, client] of clients.entries()) {
      const after = await eventually(`${client} goes on`, {
        ask: () => counted(client),
        wanted: ({ requests, versions }) =>
          requests > before[index]!.requests + 50 && (version === undefined || (versions[version] ?? 0) > 0),
      })
      const said = (await kubectl.ok('logs', client)).split('\n').filter((line) => line.startsWith('FAILED'))
      expect(said.slice(before[index]!.failed, before[index]!.failed + 5)).toEqual([])
      expect(after.failed).toBe(before[index]!.failed)
    }
  }

  it('serves from pods on different nodes', async () => {
    const nodes = new Set((await podsOf('orders')).map((pod) => pod.spec.nodeName))
    expect(nodes.size).toBeGreaterThan(1)
  })

  it('fails no request while the image changes', () =>
    withoutFailure(async () => {
      await kubectl.ok('set', 'image', orders, 'orders=mycompany/orders-service:2.0')
      await rolledOut()
    }, '2.0'))

  it('fails no request while it goes back', () =>
    withoutFailure(async () => {
      await kubectl.ok('rollout', 'undo', orders)
      await rolledOut()
    }))

  it('fails no request while it scales up and down', () =>
    withoutFailure(async () => {
      await kubectl.ok('scale', orders, '--replicas=6')
      await rolledOut()
      await kubectl.ok('scale', orders, '--replicas=3')
      await eventually('three pods', { ask: () => podsOf('orders'), wanted: (pods) => pods.length === 3 })
    }))

  it('fails no request while a node is drained', () =>
    withoutFailure(async () => {
      const database = (await podsOf('postgres'))[0]!.spec.nodeName
      const drained = (await podsOf('orders')).find((pod) => pod.spec.nodeName !== database)!.spec.nodeName
      await kubectl.ok('drain', drained, '--ignore-daemonsets', '--delete-emptydir-data', '--timeout=90s')
      await rolledOut()
      expect((await podsOf('orders')).filter((pod) => pod.spec.nodeName === drained)).toEqual([])
      await kubectl.ok('uncordon', drained)
    }))

  it('moves the pods of a node whose agent is killed, and takes the node back with no container left over', async () => {
    const short = { operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 3 }
    const tolerations = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].map((key) => ({ key, ...short }))
    await kubectl.apply(deployment('movable', { replicas: 3, spec: { tolerations, containers: [container({ command: idle })] } }))
    await kubectl.ok('rollout', 'status', 'deployment/movable', '--timeout=60s')
    const database = (await podsOf('postgres'))[0]!.spec.nodeName
    const lost = (await podsOf('movable')).find((pod) => pod.spec.nodeName !== database)!
    const node = lost.spec.nodeName
    const before = (await podsOf('movable')).filter((pod) => pod.spec.nodeName === node)

    process.kill(cluster.agentPid(node), 'SIGKILL')
    await eventually('NotReady', { ask: () => ready(node), wanted: (status) => status !== 'True', seconds: 45 })
    expect(await kubectl.ok('get', 'node', node)).toContain('NotReady')
    await eventually('three pods elsewhere', {
      ask: () => podsOf('movable'),
      wanted: (pods) => pods.filter((pod) => pod.spec.nodeName !== node && pod.status.phase === 'Running').length === 3,
    })

    await eventually('Ready again', {
      ask: () => ready(node),
      wanted: (status) => status === 'True',
      seconds: restartSeconds + 30,
    })
    const gone = new Set(before.map((pod) => pod.metadata.uid))
    await eventually('the old pods are gone', {
      ask: () => podsOf('movable'),
      wanted: (pods) => pods.length === 3 && pods.every((pod) => !gone.has(pod.metadata.uid)),
    })
    await eventually('no container left over', {
      ask: () => execFileSync('docker', ['ps', '-a', '--no-trunc', '--format', '{{.Names}} {{.Labels}}'], { encoding: 'utf8' }),
      wanted: (text) => [...gone].every((uid) => !text.includes(uid)),
    })
    await kubectl.ok('delete', 'deployment', 'movable')
  }, 400_000)

  it('completes a rollout that the server was killed in, and restarts no running container for it', async () => {
    const database = await kubectl.field('.items[0].status.containerStatuses[0].containerID', 'pods', '-l', 'app=postgres')
    const startedAt = startOf(database)
    const bystanders = await Promise.all(
      clients.map((client) => kubectl.field('.status.containerStatuses[0].containerID', 'pod', client)),
    )
    // Nodes' agents outlive the server: Services and names are served all the time.
    await withoutFailure(async () => {
      await kubectl.ok('set', 'image', orders, 'orders=mycompany/orders-service:2.0')
      await kubectl.ok('create', 'configmap', 'acknowledged', '--from-literal=a=b')
      await eventually('the middle of the rollout', {
        ask: () => kubectl.field('.status.updatedReplicas', orders),
        wanted: (count) => count === '1' || count === '2',
      })
      await cluster.kill()
      await cluster.start()
      await rolledOut()
    })
    expect(await kubectl.field('.data.a', 'configmap', 'acknowledged')).toBe('b')
    const staying = (await podsOf('orders')).filter((pod) => pod.metadata.deletionTimestamp === undefined)
    expect(staying.map((pod) => pod.spec.containers[0]!.image)).toEqual(Array(3).fill('mycompany/orders-service:2.0'))
    expect(startOf(database)).toBe(startedAt)
    expect(await kubectl.field('.items[0].status.containerStatuses[0].restartCount', 'pods', '-l', 'app=postgres')).toBe('0')
    expect(
      await Promise.all(clients.map((client) => kubectl.field('.status.containerStatuses[0].containerID', 'pod', client))),
    ).toEqual(bystanders)
  })

  it('goes on after a kill -9 of everything, agents included, and restarts no container', async () => {
    const ids = async () =>
      Promise.all(clients.map((client) => kubectl.field('.status.containerStatuses[0].containerID', 'pod', client)))
    const running = await ids()
    await cluster.kill({ agents: true })
    await cluster.start()
    expect(await ids()).toEqual(running)
    // Names are not answered while a node's agent starts: what counts is that no request fails from some moment on.
    for (const client of clients) {
      let from = await counted(client)
      await eventually(`${client} goes on`, {
        ask: async () => {
          const now = await counted(client)
          if (now.failed !== from.failed) from = now
          return now
        },
        wanted: ({ requests }) => requests > from.requests + 50,
      })
    }
    expect(await ids()).toEqual(running)
  })

  it('lets no packet for a Service or a pod leave the machine', () => {
    expect(departures.count()).toBe(0)
    expect(departures.counts()).toBe(true)
  })

  it('leaves nothing after a reset', async () => {
    const ours = readFileSync(`${cluster.dataDir}/cluster.json`, 'utf8')
    expect(ours).toContain('windlass')
    await cluster.interrupt()
    const { code, output } = await cluster.reset()
    expect(code, output).toBe(0)
    const owners = execFileSync('docker', ['ps', '-a', '--format', '{{.Label "windlass.dev/data-dir"}}'], { encoding: 'utf8' })
    expect(owners).not.toContain(cluster.dataDir)
    expect(execFileSync('ip', ['-o', 'link'], { encoding: 'utf8' })).not.toMatch(/windlass0|wl-/)
    expect(execFileSync('nft', ['list', 'tables'], { encoding: 'utf8' })).not.toMatch(/table ip windlass/)
    expect(execFileSync('mount', { encoding: 'utf8' })).not.toContain(cluster.dataDir)
    expect(existsSync(cluster.dataDir)).toBe(false)
  })
})

/** When the engine started the container. */
const startOf = (containerID: string) =>
  execFileSync('docker', ['inspect', '--format', '{{.State.StartedAt}}', containerID.replace('docker://', '')], {
    encoding: 'utf8',
  }).trim()
