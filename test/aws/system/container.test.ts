import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { ensurePauseImage } from '../../../agent/runtime/docker/pause-image.ts'
import { missing as missingNetwork } from '../../agent/network/machine.ts'
import { docker, makeTestImage, missingEngine, testImage } from '../../agent/runtime/engine.ts'
import { type AwsCluster, startAwsCluster } from '../cluster.ts'
import { createDockerRunner } from '../ecs/docker-runner.ts'
import { type RealInstance, startRealInstance } from '../node/real-instance.ts'
import { createWorld, type World } from '../node/world.ts'
import { kubectlOf } from './kubectl.ts'

const missing = inject('missing') || missingNetwork() || (await missingEngine()) || ''

describe.skipIf(missing)(`real containers on two instances ${missing && `(${missing})`}`, () => {
  const ids = [1, 2].map(() => `i-${randomBytes(8).toString('hex')}`)
  let aws: AwsCluster
  let world: World
  let instances: RealInstance[] = []
  let kubectl: ReturnType<typeof kubectlOf>

  beforeAll(async () => {
    makeTestImage()
    const image = await ensurePauseImage(docker)
    const systemdCgroups = ((await docker.info()) as { CgroupDriver?: string }).CgroupDriver === 'systemd'
    aws = await startAwsCluster({
      synthesized: inject('synthesized'),
      runner: createDockerRunner({ docker, image, systemdCgroups }),
    })
    kubectl = kubectlOf(aws.kubeconfig)
    world = await createWorld()
    await aws.tick()
    instances = await Promise.all(
      ids.map((instanceId, i) => startRealInstance(aws, world, { instanceId, address: `198.51.100.${11 + i}`, docker })),
    )
  })
  afterAll(async () => {
    for (const { taskArn } of aws?.ecs.running() ?? []) aws.ecs.endTask(taskArn, 'the test is over')
    try {
      await Promise.all(instances.map((instance) => instance.dispose()))
      await aws?.stop()
    } finally {
      // One that was left would have the next one's addresses.
      await world?.dispose()
    }
  })
  const eventually = (timeout = 90_000) => ({ timeout, interval: 500 })
  const apply = (...items: object[]) => kubectl('apply -f -', JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
  const container = (command: string, more: object = {}) => ({
    name: 'main',
    image: testImage,
    imagePullPolicy: 'IfNotPresent',
    command: ['sh', '-c', command],
    ...more,
  })

  it('become nodes', async () => {
    await expect
      .poll(() => kubectl('get nodes --no-headers').then((text) => text.match(/ Ready /g)?.length ?? text), eventually())
      .toBe(2)
      .catch((error: unknown) => {
        throw new Error(instances.map((instance) => instance.log().slice(-2000)).join('\n'), { cause: error })
      })
  })

  it('run a Deployment with its ConfigMap and Secret, each pod beside its task', async () => {
    const env = [
      { name: 'GREETING', valueFrom: { configMapKeyRef: { name: 'settings', key: 'greeting' } } },
      { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'password', key: 'value' } } },
    ]
    await apply(
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { greeting: 'hello' } },
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'password' }, stringData: { value: 'open-sesame' } },
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web' },
        spec: {
          replicas: 4,
          selector: { matchLabels: { app: 'web' } },
          template: {
            metadata: { labels: { app: 'web' } },
            spec: {
              terminationGracePeriodSeconds: 1,
              containers: [
                container('test "$GREETING $PASSWORD" = "hello open-sesame" || exit 1; echo ready; sleep 1000', {
                  env,
                  readinessProbe: { exec: { command: ['sh', '-c', 'true'] }, periodSeconds: 1 },
                }),
              ],
            },
          },
        },
      },
    )
    await kubectl('rollout status deployment web --timeout=55s')
    const placed = (await kubectl('get pods -l app=web -o jsonpath={.items[*].spec.nodeName}')).split(' ')
    expect(new Set(placed)).toEqual(new Set(ids))
    const tasks = await docker.listContainers({ filters: { label: ['com.amazonaws.ecs.container-name=sandbox'] } })
    const uids = (await kubectl('get pods -l app=web -o jsonpath={.items[*].metadata.uid}')).split(' ')
    const held = await Promise.all(tasks.map(async ({ Id }) => (await docker.getContainer(Id).inspect()).Config.Env.join(' ')))
    for (const uid of uids) expect(held.filter((env) => env.includes(uid))).toHaveLength(1)
  })

  it('show their logs', async () => {
    await expect.poll(() => kubectl('logs deployment/web'), eventually()).toBe('ready\n')
  })

  it('roll a new version out, and keep the old one when it does not come up', async () => {
    const patch = (command: string) => {
      const spec = { template: { spec: { containers: [{ name: 'main', command: ['sh', '-c', command] }] } } }
      return kubectl(`patch deployment web -p ${JSON.stringify({ spec }).replaceAll(' ', '\\u0020')}`)
    }
    await patch('echo second; sleep 1000')
    await kubectl('rollout status deployment web --timeout=55s')
    await kubectl('set image deployment web main=windlass-test/none:1')
    await expect.poll(() => kubectl('get pods -l app=web --no-headers'), eventually()).toMatch(/ErrImage|ImagePull/)
    expect(await kubectl('get deployment web -o jsonpath={.status.availableReplicas}')).toMatch(/[34]/)
    await kubectl('rollout undo deployment web')
    await kubectl('rollout status deployment web --timeout=55s')
  })

  it('go on while an agent is killed and comes back', async () => {
    const idsOf = () => kubectl('get pods -l app=web -o jsonpath={.items[*].status.containerStatuses[0].containerID}')
    const before = await idsOf()
    await instances[0]?.stop('SIGKILL')
    instances[0]?.start()
    await kubectl('scale deployment web --replicas=6')
    await kubectl('rollout status deployment web --timeout=55s')
    expect((await idsOf()).split(' ')).toEqual(expect.arrayContaining(before.split(' ')))
  })

  it('are replaced when their task is taken away', async () => {
    const [task] = aws.ecs.running()
    aws.ecs.endTask(task?.taskArn ?? '', 'taken away', 'UserInitiated')
    await expect.poll(() => kubectl('get deployment web -o jsonpath={.status.readyReplicas}'), eventually()).toBe('6')
    await expect.poll(() => aws.ecs.running().length, eventually()).toBe(6)
  })

  it('leave nothing behind', async () => {
    await kubectl('delete deployment web')
    await expect.poll(() => aws.ecs.running().length, eventually()).toBe(0)
    const left = () =>
      Promise.all(ids.map((id) => docker.listContainers({ all: true, filters: { label: [`windlass.dev/node=${id}`] } })))
    await expect.poll(async () => (await left()).flat().length, eventually()).toBe(0)
  })

  it('were denied nothing by their roles', () => {
    expect(aws.edge.denials).toEqual([])
    expect(aws.edge.unknown).toEqual([])
  })
})
