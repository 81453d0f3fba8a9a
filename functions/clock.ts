import type { Context, ScheduledEvent, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { createTimerWorker } from '../shared/dispatch/timer-worker.ts'
import { readEnvironment } from './environment.ts'
import * as aws from './wiring/aws.ts'
import { batchHandler } from './wiring/batch-handler.ts'
import { runDueTasks } from './wiring/clock-tasks.ts'
import { allControllers } from './wiring/controllers.ts'
import { openClockRecord } from './wiring/heartbeats.ts'
import { log } from './wiring/log.ts'
import { once } from './wiring/once.ts'

/** Timers need no cluster: most of the time nothing else wakes this function. */
const timers = batchHandler(once(async () => createTimerWorker({ queues: aws.openQueues(readEnvironment('clock')), log })))

const open = once(async () => {
  const environment = readEnvironment('clock')
  const cluster = await aws.openAwsCluster(environment)
  const placement = aws.openPlacement(environment)
  const controllers = allControllers(cluster, {
    ...environment,
    mailboxes: aws.openMailboxes(environment),
    hooks: aws.openHooks(),
    placement,
  })
  return runDueTasks(cluster, {
    controllers,
    placement,
    queues: aws.openQueues(environment),
    triggers: aws.openTriggers(environment),
    group: aws.openNodeGroup(environment),
    metrics: aws.openMetrics(environment),
    sweepVault: aws.openVaultSweep(environment, cluster.store),
    record: openClockRecord(environment),
  })
})

/** The timers queue, and a schedule of EventBridge: does what is due. */
export const handler = async (event: SQSEvent | ScheduledEvent, context: Context): Promise<SQSBatchResponse | undefined> => {
  if ('Records' in event) return timers(event, context)
  const runDue = await open()
  await runDue(Date.parse(event.time))
  return undefined
}
