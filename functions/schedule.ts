import { readEnvironment } from './environment.ts'
import { openAwsCluster, openQueues } from './wiring/aws.ts'
import { batchHandler } from './wiring/batch-handler.ts'
import { once } from './wiring/once.ts'
import { scheduleWorkerOf } from './wiring/workers.ts'

const open = once(async () => {
  const environment = readEnvironment('schedule')
  return scheduleWorkerOf(await openAwsCluster(environment), openQueues(environment))
})

/** The schedule queue: finds nodes for pods. */
export const handler = batchHandler(open)
