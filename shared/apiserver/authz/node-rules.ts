import type { PolicyRule } from '../../resources/rbac/policy-rule.ts'
import type { User } from '../request.ts'
import { type Authorizer, noOpinion } from './authorizer.ts'
import { ruleAllows } from './policy-rule.ts'

export const nodesGroup = 'system:nodes'
const nodePrefix = 'system:node:'

interface NodeRule extends PolicyRule {
  /** undefined: everywhere */
  readonly namespaces?: readonly string[]
}

const read = ['get', 'list', 'watch']
const write = ['create', 'update', 'patch', 'delete']

/** What the agent of one node needs: upstream's `system:node`, its own Node only. */
const nodeRules = (node: string): NodeRule[] => [
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

const rulesOf = ({ name, groups }: User): readonly NodeRule[] =>
  groups.includes(nodesGroup) && name.startsWith(nodePrefix) ? nodeRules(name.slice(nodePrefix.length)) : []

export const nodeRulesAuthorizer: Authorizer = {
  authorize: async ({ user, info }) => {
    const namespace = info.isResource ? info.namespace : ''
    const allows = (rule: NodeRule) => (rule.namespaces?.includes(namespace) ?? true) && ruleAllows(rule, info)
    return rulesOf(user).some(allows) ? { verdict: 'allow' } : noOpinion
  },
  rules: async (user, namespace) => ({
    rules: rulesOf(user).filter(({ namespaces }) => namespaces?.includes(namespace) ?? true),
    incomplete: false,
  }),
}
