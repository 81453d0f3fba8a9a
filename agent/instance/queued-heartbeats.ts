import type { Clock } from '../../shared/platform/clock.ts'
import type { MessageQueue } from '../../shared/queue/message-queue.ts'
import type { HeartbeatSink } from '../node/heartbeat-sink.ts'

/** In the form that `shared/dispatch/heartbeat-worker.ts` reads. */
export const createQueuedHeartbeats = ({ queue, clock }: { queue: MessageQueue; clock: Clock }): HeartbeatSink => ({
  beat: (node) => queue.send([{ body: { node, atMs: clock.now() } }]),
})
