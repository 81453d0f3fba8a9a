import type { Client, Resource } from '../../shared/client/client.ts'
import type { KubeObject } from '../../shared/meta/object.ts'
import type { HeartbeatSink } from './heartbeat-sink.ts'

/** Heartbeats are not in the ordered log, so they have a resource of their own. */
const resource: Resource<KubeObject> = {
  group: 'windlass.dev',
  version: 'v1',
  resource: 'nodes',
  kind: 'Node',
  namespaced: false,
}

export const createApiHeartbeats = (client: Client): HeartbeatSink => ({
  beat: async (node) => {
    await client.createSubresource(resource, '', node, 'heartbeat', {})
  },
})
