import type { MessageQueue } from '../../shared/queue/message-queue.ts'
import type { HeartbeatSink } from '../node/heartbeat-sink.ts'

/**
 * In the form that `shared/dispatch/heartbeat-worker.ts` reads. All nodes send theirs at the same moments: what finds several messages
 * takes them with one request, and is paid by the request.
 */
export const createQueuedHeartbeats = (queue: MessageQueue): HeartbeatSink => ({
  beat: (node, usage) => queue.send([{ body: usage ? { node, usage } : { node } }]),
  delayMs: (nowMs, everyMs) => Math.round(nowMs / everyMs + 1) * everyMs - nowMs,
})
