import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type AwsCluster, startAwsCluster } from '../cluster.ts'
import { startSimulatedInstance } from '../node/simulated-instance.ts'
import { follow, kubectlOf } from './kubectl.ts'

const missing = inject('missing')
describe.skipIf(missing)(`a deployment on two instances ${missing && `(${missing})`}`, () => {
  let aws: AwsCluster
  let kubectl: ReturnType<typeof kubectlOf>
  let instances: Awaited<ReturnType<typeof startSimulatedInstance>>[]
  beforeAll(async () => {
    aws = await startAwsCluster({ synthesized: inject('synthesized') })
    kubectl = kubectlOf(aws.kubeconfig)
    await aws.tick()
    instances = await Promise.all(['i-0a', 'i-0b'].map((id) => startSimulatedInstance(aws, id)))
  })
  afterAll(async () => {
    await Promise.all((instances ?? []).map((instance) => instance.stop()))
    await aws?.stop()
  })
  const running = (selector: string) =>
    kubectl(`get pods -l ${selector} --field-selector=status.phase=Running -o name`).then((text) => text.split('\n').length - 1)

  it('has its nodes Ready', async () => {
    await expect.poll(() => kubectl('get nodes --no-headers')).toMatch(/^i-0a +Ready.*^i-0b +Ready/ms)
  })

  it('runs pods beside their tasks, and shows them to who watches', async () => {
    const watch = follow(aws.kubeconfig, 'get pods -w --no-headers')
    await kubectl('create deployment web --image=registry.invalid/web:1 --replicas=4')
    await kubectl('rollout status deployment web --timeout=60s')
    expect(await running('app=web')).toBe(4)
    expect(aws.ecs.running()).toHaveLength(4)
    const uids = (await kubectl('get pods -o jsonpath={.items[*].metadata.uid}')).split(' ')
    expect(new Set(aws.ecs.running().map(({ startedBy }) => startedBy))).toEqual(new Set(uids))
    await expect.poll(() => watch.text().match(/ContainerCreating|Running/g)?.length).toBeGreaterThanOrEqual(4)
    watch.stop()
  })

  it('scales, rolls a new image out, and gives room back', async () => {
    await kubectl('scale deployment web --replicas=6')
    await expect.poll(() => running('app=web'), { timeout: 60_000 }).toBe(6)
    await kubectl('set image deployment web web=registry.invalid/web:2')
    await kubectl('rollout status deployment web --timeout=90s')
    expect(await kubectl('get pods -l app=web -o jsonpath={.items[*].spec.containers[0].image}')).toContain('web:2')
    await kubectl('scale deployment web --replicas=1')
    await expect.poll(() => aws.ecs.running().length, { timeout: 60_000 }).toBe(1)
  })

  it('gives a Service of type LoadBalancer a name in the world, and takes it back', async () => {
    await kubectl('expose deployment web --port=80 --type=LoadBalancer')
    await expect
      .poll(() => kubectl('get service web -o jsonpath={.status.loadBalancer.ingress[0].hostname}'), { timeout: 60_000 })
      .toMatch(/elb/)
    await kubectl('delete service web --timeout=60s')
  })

  it('replaces the pods of an instance that dies', async () => {
    const node = await kubectl('get pods -l app=web -o jsonpath={.items[0].spec.nodeName}')
    const dying = instances.find(({ instanceId }) => instanceId === node)
    await dying?.stop()
    aws.ecs.removeInstance(dying?.containerInstanceArn ?? '')
    await expect
      .poll(() => kubectl('get pods -l app=web --field-selector=status.phase=Running -o jsonpath={.items[*].spec.nodeName}'), {
        timeout: 90_000,
      })
      .toMatch(node === 'i-0a' ? /^i-0b$/ : /^i-0a$/)
  })

  it('asked AWS for nothing that its roles do not grant', () => {
    expect(aws.edge.denials).toEqual([])
    expect(aws.edge.unknown).toEqual([])
  })
})
