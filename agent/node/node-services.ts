import type { Resource } from '../../shared/client/client.ts'
import type { KubeObject } from '../../shared/meta/object.ts'

/** What the API server does for a node beside Kubernetes' own resources, as subresources: `heartbeat`, `servingcertificate`. */
export const nodeServices: Resource<KubeObject> = {
  group: 'windlass.dev',
  version: 'v1',
  resource: 'nodes',
  kind: 'Node',
  namespaced: false,
}
