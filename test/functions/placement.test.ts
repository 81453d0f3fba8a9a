import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cloudEventWorkerOf } from '../../functions/wiring/workers.ts'
import { referenceOf } from '../../shared/placement/annotation.ts'
import { interpretEvent } from '../../shared/placement/ecs/interpret-event.ts'
import { events, nodes, type Pod, pods } from '../../shared/resources/resource.ts'
import { type Functions, startFunctions } from './environment.ts'

let run: Functions
beforeEach(async () => {
  run = await startFunctions()
  await run.resync('start')
  await run.settle()
})
afterEach(() => run.stop())

const makePod = async (name: string, requests: Record<string, string> = { cpu: '500m', memory: '256Mi' }): Promise<void> => {
  await run.client.create(pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { containers: [{ name: 'main', image: 'main:1', resources: { requests } }] },
  } as Pod)
}
const getPod = (name: string): Promise<Pod> => run.client.get(pods, 'default', name)
const reasons = async () => (await run.client.list(events)).items.map(({ reason }) => reason)
const startCalls = () => run.ecs.calls.filter((call) => call === 'StartTask').length
const happen = async (detailType: string, detail: Record<string, unknown>, id = '1') => {
  const happened = interpretEvent({ id, source: 'aws', 'detail-type': detailType, detail })
  if (happened) await cloudEventWorkerOf(run.cluster, run.queues)(happened, id)
}

it('reserves what the pod asks for in the container, and tells the instance whose task it is', async () => {
  await run.addNode('i-1')
  await makePod('web', { cpu: '250m', memory: '100Mi' })
  await run.settle()
  const { uid } = (await getPod('web')).metadata
  const [task] = run.ecs.running()
  expect(task?.startedBy).toBe(uid)
  expect(task?.overrides).toEqual({
    containerOverrides: [
      {
        name: 'sandbox',
        cpu: 256,
        memoryReservation: 100,
        environment: [
          { name: 'POD_NAMESPACE', value: 'default' },
          { name: 'POD_NAME', value: 'web' },
          { name: 'POD_UID', value: uid },
        ],
      },
    ],
  })
})

describe('StartTask', () => {
  it.each([
    { what: 'is throttled', error: 'ThrottlingException', effect: false, starts: 2 },
    { what: 'is timed out before it had an effect', error: 'TimeoutError', effect: false, starts: 2 },
    { what: 'is timed out after it had its effect', error: 'TimeoutError', effect: true, starts: 1 },
  ])('starts one task when it $what', async ({ error, effect, starts }) => {
    await run.addNode('i-1')
    run.ecs.fail('StartTask', error, effect)
    await makePod('web')
    await run.settle(10_000)
    expect(run.ecs.running()).toHaveLength(1)
    expect(referenceOf(await getPod('web'))).toBe(run.ecs.running()[0]?.taskArn)
    expect(startCalls()).toBe(starts)
  })

  it.each([
    { resource: 'CPU', room: { cpu: 100 }, reason: 'OutOfcpu' },
    { resource: 'MEMORY', room: { memory: 100 }, reason: 'OutOfmemory' },
  ])('fails the pod that the instance has no $resource for, and says so', async ({ resource, room, reason }) => {
    await run.addNode('i-1', room)
    await makePod('web')
    await run.settle(90_000)
    const { status } = await getPod('web')
    expect(status).toMatchObject({ phase: 'Failed', reason })
    expect(status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'windlass.dev/Placed', status: 'False', reason: `RESOURCE:${resource}` }),
    )
    expect(await reasons()).toContain('FailedPlacement')
    expect(run.ecs.running()).toEqual([])
  })

  it('waits for room that ECS has not given back yet', async () => {
    const host = (await run.addNode('i-1')).metadata.annotations?.['windlass.dev/container-instance'] ?? ''
    const ended = { namespace: 'default', name: 'ended', uid: '00000000-0000-4000-8000-000000000000' }
    const held = await run.placement.start({ pod: ended, host, cpuMillis: 1800, memoryBytes: 0 })
    await makePod('web')
    await run.settle(20_000)
    const waiting = await getPod('web')
    expect(waiting.status?.phase).toBe('Pending')
    expect(waiting.status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'windlass.dev/Placed', status: 'False', reason: 'RESOURCE:CPU' }),
    )
    await run.placement.stop(held, 'the pod has ended')
    await run.settle(60_000)
    expect(referenceOf(await getPod('web'))).toBe(run.ecs.running()[0]?.taskArn)
  })

  it('waits for an ECS agent that is not connected', async () => {
    const { metadata } = await run.addNode('i-1')
    const arn = metadata.annotations?.['windlass.dev/container-instance'] ?? ''
    run.ecs.setConnected(arn, false)
    await makePod('web')
    await run.settle(5000)
    const waiting = await getPod('web')
    expect(waiting.status?.phase).toBe('Pending')
    expect(waiting.status?.conditions).toContainEqual(expect.objectContaining({ type: 'windlass.dev/Placed', reason: 'AGENT' }))
    run.ecs.setConnected(arn, true)
    await run.settle(60_000)
    const placed = await getPod('web')
    expect(referenceOf(placed)).toBe(run.ecs.running()[0]?.taskArn)
    expect(placed.status?.conditions).toContainEqual(expect.objectContaining({ type: 'windlass.dev/Placed', status: 'True' }))
  })

  it('says that the task definition was deregistered, and goes on when it is back', async () => {
    await run.addNode('i-1')
    run.ecs.setDefined(false)
    await makePod('web')
    await run.settle(5000)
    const message = 'ECS: TaskDefinition is inactive'
    expect((await getPod('web')).status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'windlass.dev/Placed', status: 'False', reason: 'ClientException', message }),
    )
    expect(await reasons()).toContain('FailedPlacement')
    run.ecs.setDefined(true)
    await run.settle(60_000)
    expect(referenceOf(await getPod('web'))).toBe(run.ecs.running()[0]?.taskArn)
  })
})

it('ends a pod whose task was stopped by somebody else', async () => {
  await run.addNode('i-1')
  await makePod('web')
  await run.settle()
  const [task] = run.ecs.running()
  run.ecs.endTask(task!.taskArn!, 'Task stopped by alice')
  await happen('ECS Task State Change', { lastStatus: 'STOPPED', overrides: task?.overrides })
  await run.settle()
  expect((await getPod('web')).status).toMatchObject({ phase: 'Failed', reason: 'PlacementLost' })
  expect(await reasons()).toContain('PlacementLost')
})

describe('a task of which ECS does not know yet', () => {
  beforeEach(async () => {
    run.ecs.hideNewTasks(true)
    await run.addNode('i-1')
    await makePod('web')
    await run.settle()
  })

  it('is looked for again, and its pod lives when ECS knows it', async () => {
    expect(referenceOf(await getPod('web'))).toBe(run.ecs.running()[0]?.taskArn)
    await run.sweep('now')
    await run.settle(240_000)
    expect((await getPod('web')).status?.phase).toBe('Pending')
    run.ecs.hideNewTasks(false)
    await run.settle(600_000)
    expect((await getPod('web')).status?.phase).toBe('Pending')
    expect(await reasons()).not.toContain('PlacementLost')
  })

  it('ends its pod when it is not known after five minutes', async () => {
    await run.settle(330_000)
    expect((await getPod('web')).status).toMatchObject({ phase: 'Failed', reason: 'PlacementLost' })
  })

  it('ends its pod at once when it was stopped', async () => {
    const arn = referenceOf(await getPod('web'))!
    run.ecs.hideNewTasks(false)
    run.ecs.endTask(arn, 'Task stopped by alice')
    await run.settle(30_000)
    expect((await getPod('web')).status).toMatchObject({ phase: 'Failed', reason: 'PlacementLost' })
  })
})

it('gives back the second of two tasks that one pod got because ECS did not know the first', async () => {
  run.ecs.hideNewTasks(true)
  run.ecs.fail('StartTask', 'TimeoutError', true)
  await run.addNode('i-1')
  await makePod('web')
  await run.settle(10_000)
  expect(run.ecs.running()).toHaveLength(2)
  run.ecs.hideNewTasks(false)
  await run.sweep('now')
  await run.settle()
  expect(run.ecs.running().map(({ taskArn }) => taskArn)).toEqual([referenceOf(await getPod('web'))])
  expect((await getPod('web')).status?.phase).toBe('Pending')
})

it('goes by the newest of several tasks of one pod, as its agent does', async () => {
  const host = (await run.addNode('i-1')).metadata.annotations?.['windlass.dev/container-instance'] ?? ''
  const request = { pod: { namespace: 'default', name: 'web', uid: crypto.randomUUID() }, host, cpuMillis: 0, memoryBytes: 0 }
  run.ecs.hideNewTasks(true)
  const started = [await run.placement.start(request), await run.placement.start(request)]
  expect(await run.placement.start(request)).not.toBe(started[1])
  run.ecs.hideNewTasks(false)
  expect(run.ecs.running()).toHaveLength(3)
  expect(await run.placement.find(request.pod.uid)).toBe(run.ecs.running().at(-1)?.taskArn)
})

it('finds by sweeping a task that no pod needs, and a pod that lost its task', async () => {
  await run.addNode('i-1')
  await makePod('kept')
  await makePod('lost')
  await run.settle()
  const lost = referenceOf(await getPod('lost'))!
  run.ecs.endTask(lost, 'nobody heard of it')
  const host = run.ecs.running()[0]!.containerInstanceArn!
  const stray = { namespace: 'default', name: 'gone', uid: '00000000-0000-4000-8000-000000000000' }
  const orphan = await run.placement.start({ pod: stray, host, cpuMillis: 0, memoryBytes: 0 })
  await run.sweep('now')
  await run.settle()
  expect(run.ecs.tasks.get(orphan)?.lastStatus).toBe('STOPPED')
  expect((await getPod('lost')).status?.phase).toBe('Failed')
  expect((await getPod('kept')).status?.phase).toBe('Pending')
  expect(run.ecs.running()).toHaveLength(1)
})

it.each([
  { what: 'spot interruption', type: 'EC2 Spot Instance Interruption Warning', detail: { 'instance-id': 'i-1' } },
  {
    what: 'a draining instance',
    type: 'ECS Container Instance State Change',
    detail: { ec2InstanceId: 'i-1', status: 'DRAINING' },
  },
])('empties a node at $what, and schedules elsewhere', async ({ type, detail }) => {
  await run.addNode('i-1')
  await makePod('web')
  await run.settle()
  await happen(type, detail)
  await run.settle()
  const node = await run.client.get(nodes, '', 'i-1')
  expect(node.spec.unschedulable).toBe(true)
  expect((await getPod('web')).metadata.deletionTimestamp).toBeDefined()
  await happen(type, detail, '2')
  expect((await run.client.get(nodes, '', 'i-1')).spec.taints?.filter(({ effect }) => effect === 'NoExecute')).toHaveLength(1)
})

it('lets an Auto Scaling group take a machine when its pods have left', async () => {
  await run.addNode('i-1')
  await makePod('web')
  await run.settle()
  await happen('EC2 Instance-terminate Lifecycle Action', {
    AutoScalingGroupName: 'nodes',
    LifecycleHookName: 'drain',
    LifecycleActionToken: 'token',
    EC2InstanceId: 'i-1',
  })
  await run.settle()
  expect(run.completed).toEqual([])
  await run.playAgents()
  await run.settle()
  expect(run.completed).toEqual(['drain i-1'])
})

it('removes the node of a terminated instance, its pods and its mailbox', async () => {
  await run.addNode('i-1')
  await makePod('web')
  await run.settle()
  expect(run.sqs.names()).toContain('test-node-i-1')
  await happen('EC2 Instance Terminate Successful', { EC2InstanceId: 'i-1' })
  await run.settle(60_000)
  expect((await run.client.list(nodes)).items).toEqual([])
  expect((await run.client.list(pods)).items).toEqual([])
  expect(run.sqs.names()).not.toContain('test-node-i-1')
})

it('keeps the node of a living machine whose first registration with ECS is removed', async () => {
  const { metadata } = await run.addNode('i-1')
  const containerInstanceArn = metadata.annotations?.['windlass.dev/container-instance'] ?? ''
  const gone = (arn: string) => ({ ec2InstanceId: 'i-1', status: 'INACTIVE', containerInstanceArn: arn })
  await happen('ECS Container Instance State Change', gone(`${containerInstanceArn}-before`))
  expect((await run.client.list(nodes)).items).toHaveLength(1)
  await happen('ECS Container Instance State Change', gone(containerInstanceArn), '2')
  expect((await run.client.list(nodes)).items).toEqual([])
})

it('sweeps the other nodes when one can not be', async () => {
  await run.addNode('i-1')
  await run.addNode('i-2')
  const stray = { namespace: 'default', name: 'gone', uid: '00000000-0000-4000-8000-000000000000' }
  const host = (await run.client.get(nodes, '', 'i-2')).metadata.annotations?.['windlass.dev/container-instance'] ?? ''
  const orphan = await run.placement.start({ pod: stray, host, cpuMillis: 0, memoryBytes: 0 })
  run.ecs.fail('ListTasks', 'InvalidParameterException', false)
  await expect(run.sweep('now')).rejects.toThrow('node i-1 could not be swept: InvalidParameterException')
  expect(run.ecs.tasks.get(orphan)?.lastStatus).toBe('STOPPED')
})

it("puts what a node's agent should look at into its mailbox, and into no other's", async () => {
  await run.addNode('i-1')
  await run.addNode('i-2')
  await run.settle()
  for (const name of ['i-1', 'i-2']) run.sqs.purge(`https://sqs.test/test-node-${name}`)
  await makePod('web')
  await run.settle()
  const { nodeName } = (await getPod('web')).spec
  const other = nodeName === 'i-1' ? 'i-2' : 'i-1'
  const letter = { resource: 'pods', namespace: 'default', name: 'web' }
  expect(run.sqs.bodies(`https://sqs.test/test-node-${nodeName}`)).toContainEqual(expect.objectContaining(letter))
  expect(run.sqs.bodies(`https://sqs.test/test-node-${other}`)).not.toContainEqual(expect.objectContaining(letter))
})
