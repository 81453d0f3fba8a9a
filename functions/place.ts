import { createPlacementController } from '../shared/placement/placement-controller.ts'
import { readEnvironment } from './environment.ts'
import { openAwsCluster, openPlacement, openQueues } from './wiring/aws.ts'
import { batchHandler } from './wiring/batch-handler.ts'
import { once } from './wiring/once.ts'
import { reconcileWorkerOf } from './wiring/workers.ts'

const open = once(async () => {
  const environment = readEnvironment('place')
  const cluster = await openAwsCluster(environment)
  return reconcileWorkerOf(cluster, [createPlacementController(openPlacement(environment))], openQueues(environment))
})

/** The place queue: holds bound pods' room on their nodes. */
export const handler = batchHandler(open)
