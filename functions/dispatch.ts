import { readEnvironment } from './environment.ts'
import { openAwsCluster, openHooks, openMailboxes, openPlacement, openQueues } from './wiring/aws.ts'
import { allControllers } from './wiring/controllers.ts'
import { log } from './wiring/log.ts'
import { once } from './wiring/once.ts'
import { streamHandler } from './wiring/stream-handler.ts'
import { dispatchWorkerOf } from './wiring/workers.ts'

const open = once(async () => {
  const environment = readEnvironment('dispatch')
  const cluster = await openAwsCluster(environment)
  const mailboxes = openMailboxes(environment)
  const controllers = allControllers(cluster, {
    ...environment,
    mailboxes,
    hooks: openHooks(),
    placement: openPlacement(environment),
  })
  return dispatchWorkerOf(cluster, controllers, { queues: openQueues(environment), mailboxes })
})

/** The table's stream: tells everybody concerned of changes. */
export const handler = streamHandler(open, log)
