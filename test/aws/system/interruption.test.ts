import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type AwsCluster, startAwsCluster } from '../cluster.ts'
import { startSimulatedInstance } from '../node/simulated-instance.ts'
import { kubectlOf } from './kubectl.ts'

const missing = inject('missing')
describe.skipIf(missing)(`machines that are going to end ${missing && `(${missing})`}`, () => {
  let aws: AwsCluster
  let kubectl: ReturnType<typeof kubectlOf>
  const instances = new Map<string, Awaited<ReturnType<typeof startSimulatedInstance>>>()
  const lifecycleCalls: string[] = []
  const start = async (id: string) => instances.set(id, await startSimulatedInstance(aws, id))

  beforeAll(async () => {
    aws = await startAwsCluster({ synthesized: inject('synthesized') })
    aws.edge.onCall = ({ action, input }) => {
      if (action === 'CompleteLifecycleAction') lifecycleCalls.push(`${input.LifecycleActionResult} ${input.InstanceId}`)
    }
    kubectl = kubectlOf(aws.kubeconfig)
    await aws.tick()
    await start('i-0a')
    await start('i-0b')
  })
  afterAll(async () => {
    await Promise.all([...instances.values()].map((instance) => instance.stop()))
    await aws?.stop()
  })
  const eventually = { timeout: 90_000, interval: 500 }
  const happen = (source: string, type: string, detail: object) =>
    aws.bus.put({ id: crypto.randomUUID(), source, 'detail-type': type, detail })
  /** where pods run, and tasks hold their room */
  const placed = async () => {
    const running = '-l app=web --field-selector=status.phase=Running -o jsonpath={.items[*].spec.nodeName}'
    const tasks = aws.ecs.running().map(({ containerInstanceArn }) => {
      const held = [...instances.values()].find((instance) => instance.containerInstanceArn === containerInstanceArn)
      return held?.instanceId
    })
    return { pods: (await kubectl(`get pods ${running}`)).split(' ').sort(), tasks: tasks.sort() }
  }
  const allOn = (...ids: string[]) => ({ pods: ids, tasks: ids })

  it('run a Deployment on both', async () => {
    await kubectl('create deployment web --image=registry.invalid/web:1 --replicas=4')
    await expect.poll(placed, eventually).toEqual(allOn('i-0a', 'i-0a', 'i-0b', 'i-0b'))
  })

  it('a spot instance is cordoned, emptied, and its pods run elsewhere', async () => {
    happen('aws.ec2', 'EC2 Spot Instance Interruption Warning', { 'instance-id': 'i-0a', 'instance-action': 'terminate' })
    await expect.poll(placed, eventually).toEqual(allOn('i-0b', 'i-0b', 'i-0b', 'i-0b'))
    expect(await kubectl('get node i-0a -o jsonpath={.spec.unschedulable}')).toBe('true')
  })

  it('a terminated instance takes its node with it', async () => {
    await instances.get('i-0a')?.stop()
    instances.delete('i-0a')
    happen('aws.autoscaling', 'EC2 Instance Terminate Successful', {
      EC2InstanceId: 'i-0a',
      AutoScalingGroupName: groupName(),
    })
    await expect.poll(() => kubectl('get nodes -o name'), eventually).toBe('node/i-0b\n')
  })

  it('an instance that its operator drains is emptied as soon as there is another', async () => {
    await start('i-0c')
    await aws.ecs.call('UpdateContainerInstancesState', {
      containerInstances: [instances.get('i-0b')?.containerInstanceArn],
      status: 'DRAINING',
    })
    await expect.poll(placed, eventually).toEqual(allOn('i-0c', 'i-0c', 'i-0c', 'i-0c'))
  })

  it('an Auto Scaling group may take an instance when its pods have left', async () => {
    await start('i-0d')
    happen('aws.autoscaling', 'EC2 Instance-terminate Lifecycle Action', {
      AutoScalingGroupName: groupName(),
      LifecycleHookName: 'windlass-drain',
      LifecycleActionToken: crypto.randomUUID(),
      EC2InstanceId: 'i-0c',
    })
    await expect.poll(placed, eventually).toEqual(allOn('i-0d', 'i-0d', 'i-0d', 'i-0d'))
    await expect.poll(() => lifecycleCalls, eventually).toEqual(['CONTINUE i-0c'])
  })

  it('asked AWS for nothing that its roles do not grant', () => {
    expect(aws.edge.denials).toEqual([])
    expect(aws.edge.unknown).toEqual([])
  })

  const groupName = () => [...aws.deployment.physicalIds].find(([id]) => id.startsWith('GroupInstances'))?.[1]
})
