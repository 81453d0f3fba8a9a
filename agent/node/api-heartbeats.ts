import type { Client } from '../../shared/client/client.ts'
import type { HeartbeatSink } from './heartbeat-sink.ts'
import { nodeServices } from './node-services.ts'

export const createApiHeartbeats = (client: Client): HeartbeatSink => ({
  beat: async (node, usage) => {
    await client.createSubresource(nodeServices, '', node, 'heartbeat', usage ? { usage } : {})
  },
  delayMs: (_nowMs, everyMs) => everyMs,
})
