import { availabilityName } from '../controllers/apiservice/availability.ts'
import type { Clock } from '../platform/clock.ts'
import type { Logger } from '../platform/log.ts'
import type { MessageQueue } from '../queue/message-queue.ts'
import { causedMessage } from '../queue/work-queues.ts'

export interface ExtensionDoubtsOptions {
  /** of `reconcile`: FIFO */
  readonly queue: MessageQueue
  readonly clock: Clock
  readonly log: Logger
}

/** of all processes, for each APIService; where a timer may be had, it rings as often */
const onceInMs = 30_000

/** Has an APIService looked at whose server is not as it is held to be. Never throws: the next request doubts again. */
export const createExtensionDoubts =
  ({ queue, clock, log }: ExtensionDoubtsOptions) =>
  async (apiServiceName: string): Promise<void> => {
    const work = { controller: availabilityName, key: apiServiceName }
    const cause = `doubt ${Math.floor(clock.now() / onceInMs)}`
    try {
      await queue.send([causedMessage({ work, cause })])
    } catch (error) {
      log.warn('could not say that an extension server is not as it is held to be', { apiService: apiServiceName, error })
    }
  }
