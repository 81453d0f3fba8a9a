import type { Controller } from '../../shared/controllers/controller.ts'
import { createEventSink } from '../../shared/controllers/event/event-recorder.ts'
import type { BatchWorker } from '../../shared/dispatch/batch-worker.ts'
import { createDispatcher } from '../../shared/dispatch/dispatch.ts'
import { createDispatchWorker, type DispatchWorker } from '../../shared/dispatch/dispatch-worker.ts'
import { createReconcileWorker } from '../../shared/dispatch/reconcile-worker.ts'
import { createResync, type Resync } from '../../shared/dispatch/resync.ts'
import { createScheduleWorker } from '../../shared/dispatch/schedule-worker.ts'
import { type CloudEventWorker, createCloudEventWorker } from '../../shared/placement/cloud-event-worker.ts'
import type { Mailboxes } from '../../shared/queue/mailboxes.ts'
import type { WorkQueues } from '../../shared/queue/work-queues.ts'
import { createScheduler } from '../../shared/scheduler/scheduler.ts'
import type { Cluster } from './cluster.ts'

const controllerUser = 'system:kube-controller-manager'

/** Works on keys of these controllers. */
export const reconcileWorkerOf = (cluster: Cluster, controllers: readonly Controller[], queues: WorkQueues): BatchWorker => {
  const client = cluster.clientOf(controllerUser)
  return createReconcileWorker({
    ...cluster,
    controllers,
    client,
    events: createEventSink({ ...cluster, client }),
    queues,
    preload: (resources) => cluster.cache.load(resources),
  })
}

export const scheduleWorkerOf = (cluster: Cluster, queues: WorkQueues): BatchWorker => {
  const client = cluster.clientOf('system:kube-scheduler')
  const events = createEventSink({ ...cluster, client })
  const scheduler = createScheduler({
    ...cluster,
    client,
    events: events.recorder('default-scheduler'),
    log: cluster.log.child({ component: 'scheduler' }),
  })
  return createScheduleWorker({ ...cluster, scheduler, events, queues })
}

export const resyncOf = (cluster: Cluster, controllers: readonly Controller[], queues: WorkQueues): Resync =>
  createResync({ ...cluster, dispatcher: createDispatcher(controllers), controllers, queues })

export const dispatchWorkerOf = (
  cluster: Cluster,
  controllers: readonly Controller[],
  { queues, mailboxes }: { queues: WorkQueues; mailboxes: Mailboxes },
): DispatchWorker =>
  createDispatchWorker({
    ...cluster,
    dispatcher: createDispatcher(controllers),
    queues,
    mailboxes,
    resync: resyncOf(cluster, controllers, queues),
  })

/** What somebody needs who writes objects and records Events, and is no reconciler. */
export const clerkOf = (cluster: Cluster) => {
  const client = cluster.clientOf(controllerUser)
  return { ...cluster, client, events: createEventSink({ ...cluster, client }) }
}

export const cloudEventWorkerOf = (cluster: Cluster, queues: WorkQueues): CloudEventWorker =>
  createCloudEventWorker({ ...clerkOf(cluster), queues })
