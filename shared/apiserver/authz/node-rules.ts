import type { PolicyRule } from './policy-rule.ts'

const read = ['get', 'list', 'watch']
const write = ['create', 'update', 'patch', 'delete']

/** What the agent of one node needs: upstream's `system:node`, its own Node only. */
export const nodeRules = (node: string): PolicyRule[] => [
  { apiGroups: [''], resources: ['nodes', 'pods', 'services', 'endpoints', 'namespaces', 'serviceaccounts'], verbs: read },
  { apiGroups: [''], resources: ['configmaps', 'secrets', 'persistentvolumeclaims', 'persistentvolumes'], verbs: read },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: read },
  { apiGroups: [''], resources: ['nodes'], verbs: ['create'] },
  { apiGroups: [''], resources: ['nodes', 'nodes/status'], resourceNames: [node], verbs: ['update', 'patch', 'delete'] },
  { apiGroups: [''], resources: ['pods'], verbs: ['create', 'delete'] },
  { apiGroups: [''], resources: ['pods/status'], verbs: ['update', 'patch'] },
  { apiGroups: [''], resources: ['pods/eviction'], verbs: ['create'] },
  { apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['create'] },
  { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'update', 'patch'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], namespaces: ['kube-node-lease'], verbs: [...read, ...write] },
  { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
  { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
  {
    apiGroups: ['windlass.dev'],
    resources: ['nodes/heartbeat', 'nodes/servingcertificate'],
    resourceNames: [node],
    verbs: ['create'],
  },
]
