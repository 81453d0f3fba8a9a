import { readEnvironment } from './environment.ts'
import { openAutoscalerMemories, openAwsCluster, openHooks, openLoadBalancers, openMailboxes, openQueues } from './wiring/aws.ts'
import { batchHandler } from './wiring/batch-handler.ts'
import { reconcilers } from './wiring/controllers.ts'
import { once } from './wiring/once.ts'
import { reconcileWorkerOf } from './wiring/workers.ts'

const open = once(async () => {
  const environment = readEnvironment('reconcile')
  const cluster = await openAwsCluster(environment, { secretValues: { ...environment, bulk: 'leave' } })
  const controllers = reconcilers(cluster, {
    ...environment,
    mailboxes: openMailboxes(environment),
    hooks: openHooks(),
    loadBalancers: openLoadBalancers(environment),
    autoscalerMemories: openAutoscalerMemories(environment),
  })
  return reconcileWorkerOf(cluster, controllers, openQueues(environment))
})

/** The reconcile queue: brings keys to their desired state. */
export const handler = batchHandler(open)
