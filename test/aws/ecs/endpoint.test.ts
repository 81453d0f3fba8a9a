import {
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  ECSClient,
  UpdateContainerInstancesStateCommand,
} from '@aws-sdk/client-ecs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createEcsPlacement } from '../../../shared/placement/ecs/ecs-placement.ts'
import { type AwsEvent, interpretEvent } from '../../../shared/placement/ecs/interpret-event.ts'
import type { Placement } from '../../../shared/placement/placement.ts'
import { FakeEcs, type TaskRunner } from '../../fakes/fake-ecs.ts'
import { type EcsEndpoint, startEcsEndpoint } from './endpoint.ts'

let events: AwsEvent[]
let ecs: FakeEcs
let endpoint: EcsEndpoint
let client: ECSClient
let placement: Placement
const pod = { namespace: 'default', name: 'web', uid: '0b0e7d63-38f8-4a3c-9a07-7d3b2f3f9a11' }

const begin = async (runner?: TaskRunner) => {
  events = []
  ecs = new FakeEcs({ onEvent: (event) => events.push(event), ...(runner && { runner }) })
  endpoint = await startEcsEndpoint(ecs)
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  client = new ECSClient({ endpoint: endpoint.url, region: 'eu-west-1', credentials, maxAttempts: 1 })
  placement = createEcsPlacement({ client, cluster: 'test', taskDefinition: 'windlass-pod' })
}
beforeEach(() => begin())
afterEach(async () => {
  client.destroy()
  await endpoint.close()
})

it('holds room through the real SDK, once a pod, and gives it back', async () => {
  const host = ecs.addInstance('i-1', { cpu: 1024, memory: 512 })
  const request = { pod, host, cpuMillis: 500, memoryBytes: 128 * 1024 ** 2 }
  const reference = await placement.start(request)
  expect(await placement.start(request)).toBe(reference)
  expect(await placement.status(reference)).toEqual({ state: 'running' })
  expect(await placement.list(host)).toEqual([{ state: 'running', reference, podUid: pod.uid }])
  const { containerInstances } = await client.send(new DescribeContainerInstancesCommand({ containerInstances: [host] }))
  expect(containerInstances?.[0]?.remainingResources?.map(({ integerValue }) => integerValue)).toEqual([512, 384])

  await placement.stop(reference, 'done')
  await placement.stop(reference, 'again')
  await placement.stop('arn:aws:ecs:eu-west-1:111122223333:task/test/none', 'never was')
  expect(await placement.find(pod.uid)).toBeUndefined()
  expect(await placement.status(reference)).toEqual({ state: 'stopped', reason: 'UserInitiated: done' })
})

it.each([
  { reason: 'MISSING', passing: false, prepare: () => 'arn:aws:ecs:eu-west-1:111122223333:container-instance/test/none' },
  { reason: 'RESOURCE:CPU', passing: false, prepare: () => ecs.addInstance('i-1', { cpu: 10 }) },
  { reason: 'RESOURCE:MEMORY', passing: false, prepare: () => ecs.addInstance('i-1', { memory: 10 }) },
  {
    reason: 'AGENT',
    passing: true,
    prepare: () => {
      const arn = ecs.addInstance('i-1')
      ecs.setConnected(arn, false)
      return arn
    },
  },
])('says $reason as ECS does', async ({ reason, passing, prepare }) => {
  const request = { pod, host: prepare(), cpuMillis: 500, memoryBytes: 128 * 1024 ** 2 }
  await expect(placement.start(request)).rejects.toMatchObject({ name: 'PlacementRefused', reason, passing })
})

it('describes many tasks in few calls', async () => {
  const host = ecs.addInstance('i-1', { cpu: 1_000_000, memory: 1_000_000 })
  const uid = (i: number) => `0b0e7d63-38f8-4a3c-9a07-${String(i).padStart(12, '0')}`
  for (let i = 0; i < 150; i++) await placement.start({ pod: { ...pod, uid: uid(i) }, host, cpuMillis: 1, memoryBytes: 1 })
  ecs.calls.length = 0
  expect(await placement.list(host)).toHaveLength(150)
  expect(ecs.calls).toEqual(['ListTasks', 'DescribeTasks', 'DescribeTasks'])
})

it('tells of a task from PENDING to STOPPED, as a real container goes', async () => {
  await endpoint.close()
  const started = Promise.withResolvers<void>()
  let end: (reason: string) => void = () => undefined
  await begin({
    start: async (_task, ended) => {
      end = ended
      await started.promise
    },
    stop: async () => undefined,
  })
  const reference = await placement.start({ pod, host: ecs.addInstance('i-1'), cpuMillis: 1, memoryBytes: 1 })
  expect(await placement.status(reference)).toEqual({ state: 'starting' })
  started.resolve()
  await expect.poll(() => placement.status(reference)).toEqual({ state: 'running' })
  end('Essential container in task exited')
  const { tasks } = await client.send(new DescribeTasksCommand({ tasks: [reference] }))
  expect(tasks?.[0]).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'EssentialContainerExited' })
  expect(events.map(({ detail }) => detail.lastStatus)).toEqual(['PENDING', 'RUNNING', 'STOPPED'])
  expect(events.flatMap((event) => interpretEvent(event) ?? [])).toEqual([{ type: 'roomChanged', pod }])
})

it('leaves tasks that StartTask started on an instance that drains, and says that it does', async () => {
  const host = ecs.addInstance('i-1')
  const reference = await placement.start({ pod, host, cpuMillis: 1, memoryBytes: 1 })
  await client.send(new UpdateContainerInstancesStateCommand({ containerInstances: [host], status: 'DRAINING' }))
  expect(await placement.status(reference)).toEqual({ state: 'running' })
  expect(events.flatMap((event) => interpretEvent(event) ?? [])).toEqual([
    { type: 'machineEnding', machine: { instanceId: 'i-1', host }, reason: 'its ECS container instance is draining' },
  ])
})
