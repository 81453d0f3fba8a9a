import { type AwsEvent, interpretEvent } from '../shared/placement/ecs/interpret-event.ts'
import { readEnvironment } from './environment.ts'
import { openAwsCluster, openQueues } from './wiring/aws.ts'
import { once } from './wiring/once.ts'
import { cloudEventWorkerOf } from './wiring/workers.ts'

const open = once(async () => {
  const environment = readEnvironment('cloud-events')
  return cloudEventWorkerOf(await openAwsCluster(environment), openQueues(environment))
})

/** EventBridge: takes up what happened to tasks and instances. A throw has it delivered again. */
export const handler = async (event: AwsEvent): Promise<void> => {
  const happened = interpretEvent(event)
  if (!happened) return
  const work = await open()
  await work(happened, event.id)
}
