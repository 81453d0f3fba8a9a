import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildImages } from '../../examples/orders/images/build.ts'
import { Cluster, titled, whyNoContainers, whyNoKubectl } from './cluster.ts'
import { eventually } from './kubectl.ts'
import { container, idle, pod, sayName, service } from './object.ts'

const statefulSet = (name: string, spec: object, podSpec: object) => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name },
  spec: {
    serviceName: name,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: podSpec },
    ...spec,
  },
})
const daemonSet = (name: string, podSpec: object) => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name },
  spec: { selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: podSpec } },
})

const whyNone = whyNoKubectl()

describe.skipIf(whyNone !== undefined)(titled('kubectl and sets of pods on a simulated cluster', whyNone), () => {
  const cluster = new Cluster({ runtime: 'simulated', nodes: 3 })
  const { kubectl } = cluster
  beforeAll(() => cluster.start())
  afterAll(() => cluster.dispose())

  const rolledOut = (what: string) => kubectl.ok('rollout', 'status', what, '--timeout=60s')
  const images = (app: string) => kubectl.field('.items[*].spec.containers[0].image', 'pods', '-l', `app=${app}`)

  it('scales a StatefulSet, rolls it out and back, and shows its history', async () => {
    await kubectl.apply(statefulSet('db', { replicas: 3 }, { containers: [container({ image: 'db:1' })] }))
    expect(await rolledOut('statefulset/db')).toMatch(/partitioned roll out complete: 3 new pods|rolling update complete 3 pods/)
    expect(await kubectl.ok('get', 'statefulset', 'db')).toMatch(/db +3\/3/)
    expect(await kubectl.field('.items[*].metadata.name', 'pods', '-l', 'app=db')).toBe('db-0 db-1 db-2')
    await kubectl.ok('set', 'image', 'statefulset/db', 'main=db:2')
    await rolledOut('statefulset/db')
    expect(await images('db')).toBe('db:2 db:2 db:2')
    expect(await kubectl.ok('rollout', 'history', 'statefulset/db')).toMatch(/REVISION +CHANGE-CAUSE\n1 +<none>\n2 +<none>/)
    expect(await kubectl.ok('rollout', 'history', 'statefulset/db', '--revision=1')).toMatch(/Image:\s+db:1/)
    expect(await kubectl.ok('rollout', 'undo', 'statefulset/db')).toContain('statefulset.apps/db rolled back')
    await rolledOut('statefulset/db')
    expect(await images('db')).toBe('db:1 db:1 db:1')
    expect(await kubectl.ok('rollout', 'history', 'statefulset/db')).toMatch(/REVISION +CHANGE-CAUSE\n2 +<none>\n3 +<none>/)
    await kubectl.ok('scale', 'statefulset/db', '--replicas=1')
    await eventually('one pod', {
      ask: () => kubectl.field('.items[*].metadata.name', 'pods', '-l', 'app=db'),
      wanted: (names) => names === 'db-0',
    })
    await kubectl.ok('rollout', 'restart', 'statefulset/db')
    await rolledOut('statefulset/db')
    expect(await kubectl.ok('describe', 'statefulset', 'db')).toContain('Create Pod db-2 in StatefulSet db successful')
  })

  it('has a DaemonSet on each node, rolls it out and back', async () => {
    await kubectl.apply(daemonSet('agent', { containers: [container({ image: 'agent:1' })] }))
    await rolledOut('daemonset/agent')
    expect(await kubectl.ok('get', 'daemonset', 'agent')).toMatch(/agent +3 +3 +3 +3 +3 +<none>/)
    const nodes = await kubectl.field('.items[*].spec.nodeName', 'pods', '-l', 'app=agent')
    expect(nodes.split(' ').sort()).toEqual(['windlass-1', 'windlass-2', 'windlass-3'])
    await kubectl.ok('set', 'image', 'daemonset/agent', 'main=agent:2')
    await rolledOut('daemonset/agent')
    expect(await images('agent')).toBe('agent:2 agent:2 agent:2')
    expect(await kubectl.ok('rollout', 'undo', 'daemonset/agent')).toContain('daemonset.apps/agent rolled back')
    await rolledOut('daemonset/agent')
    expect(await images('agent')).toBe('agent:1 agent:1 agent:1')
    expect(await kubectl.ok('rollout', 'history', 'daemonset/agent')).toMatch(/REVISION +CHANGE-CAUSE\n2 +<none>\n3 +<none>/)
    await kubectl.ok('taint', 'node', 'windlass-2', 'ill=yes:NoExecute')
    await eventually('two pods', {
      ask: () => kubectl.ok('get', 'daemonset', 'agent'),
      wanted: (text) => /agent +2 +2 +2 +2 +2/.test(text),
    })
  })

  it('leaves nothing behind', async () => {
    await kubectl.ok('delete', 'statefulset,daemonset', '--all', '--cascade=foreground')
    expect(await kubectl.ok('get', 'pods,controllerrevisions', '-o', 'name')).toBe('')
  })
})

const why = whyNoContainers()

describe.skipIf(why !== undefined)(titled('a StatefulSet of real containers', why), () => {
  const cluster = new Cluster({ runtime: 'docker', nodes: 2 })
  const { kubectl } = cluster
  beforeAll(async () => {
    await buildImages(() => undefined)
    await cluster.start()
  })
  afterAll(() => cluster.dispose())

  const call = (host: string) => kubectl.ok('exec', 'client', '--', 'timeout', '5', 'wget', '-qO-', `http://${host}:8080/`)
  const answers = (host: string) =>
    eventually(`an answer of ${host}`, {
      ask: async () =>
        (await kubectl.run(['exec', 'client', '--', 'timeout', '5', 'wget', '-qO-', `http://${host}:8080/`])).stdout,
      wanted: (text) => text !== '',
    })

  it('gives each pod a name that others find it by, ready or not where the Service says so', async () => {
    const podSpec = {
      containers: [
        container({
          command: sayName(8080),
          readinessProbe: { exec: { command: ['test', '!', '-f', '/tmp/away'] }, periodSeconds: 1 },
        }),
      ],
    }
    await kubectl.apply(
      service('db', { clusterIP: 'None', selector: { app: 'db' }, ports: [{ port: 8080 }] }),
      service('all', { clusterIP: 'None', selector: { app: 'db' }, ports: [{ port: 8080 }], publishNotReadyAddresses: true }),
      statefulSet('db', { replicas: 2 }, podSpec),
      statefulSet(
        'early',
        {
          replicas: 1,
          serviceName: 'all',
          selector: { matchLabels: { app: 'db', early: 'yes' } },
          template: {
            metadata: { labels: { app: 'db', early: 'yes' } },
            spec: {
              containers: [
                container({ command: sayName(8080), readinessProbe: { exec: { command: ['false'] }, periodSeconds: 1 } }),
              ],
            },
          },
        },
        {},
      ),
      pod('client', { containers: [container({ command: idle })] }),
    )
    await kubectl.ok('rollout', 'status', 'statefulset/db', '--timeout=90s')
    await kubectl.ok('wait', '--for=condition=Ready', 'pod/client', '--timeout=60s')
    for (const name of ['db-0', 'db-1']) {
      expect(await answers(`${name}.db`)).toMatch(new RegExp(`^${name} `))
      expect(await call(`${name}.db.default.svc.cluster.local`)).toMatch(new RegExp(`^${name} `))
    }
    expect(await kubectl.ok('exec', 'db-1', '--', 'hostname', '-f')).toContain('db-1.db.default.svc.cluster.local')
    expect(await answers('early-0.all')).toMatch(/^early-0 /)
    const address = () => kubectl.field('.status.podIP', 'pod', 'db-0')
    const before = await address()
    await kubectl.ok('delete', 'pod', 'db-0')
    await kubectl.ok('wait', '--for=condition=Ready', 'pod/db-0', '--timeout=60s')
    expect(await address()).not.toBe(before)
    await eventually('the name of the new pod', {
      ask: () => kubectl.run(['exec', 'client', '--', 'timeout', '5', 'wget', '-qO-', 'http://db-0.db:8080/']),
      wanted: ({ stdout }) => stdout.startsWith('db-0 '),
    })
  })
})
