import type { PolicyRule } from '../../../resources/rbac/policy-rule.ts'

const read = ['get', 'list', 'watch']

/** What every node may do alike: upstream's `system:node` where it is not divided by what a node's pods name. */
const kubelet: readonly PolicyRule[] = [
  { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
  { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews', 'localsubjectaccessreviews'], verbs: ['create'] },
  { apiGroups: [''], resources: ['services'], verbs: read },
  { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'update', 'patch'] },
  { apiGroups: [''], resources: ['endpoints'], verbs: ['get'] },
  {
    apiGroups: ['certificates.k8s.io'],
    resources: ['certificatesigningrequests'],
    verbs: ['create', ...read],
  },
  { apiGroups: ['storage.k8s.io'], resources: ['csidrivers'], verbs: read },
  { apiGroups: ['node.k8s.io'], resources: ['runtimeclasses'], verbs: read },
]

/** Our agent is its node's kube-proxy and DNS too (upstream's `system:node-proxier`), and looks at a slice that it was told of. */
const proxier: readonly PolicyRule[] = [{ apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: read }]

export const sharedRules: readonly PolicyRule[] = [...kubelet, ...proxier]

/** What the server does for a node and nobody else. */
export const ownRules = (node: string): readonly PolicyRule[] => [
  {
    apiGroups: ['windlass.dev'],
    resources: ['nodes/heartbeat', 'nodes/servingcertificate'],
    resourceNames: [node],
    verbs: ['create'],
  },
]
