import { issuerPaths } from '../authn/oidc-paths.ts'
import type { User } from '../request.ts'
import type { Authorizer } from './authorizer.ts'
import { nodeRules } from './node-rules.ts'
import { type PolicyRule, ruleAllows } from './policy-rule.ts'

export const mastersGroup = 'system:masters'
export const nodesGroup = 'system:nodes'
const nodePrefix = 'system:node:'
const authenticatedGroup = 'system:authenticated'

const everything: readonly PolicyRule[] = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  { nonResourceURLs: ['*'], verbs: ['*'] },
]
/** The users that our own control plane runs as. */
const controlPlane = new Set(['system:kube-controller-manager', 'system:kube-scheduler', 'system:apiserver'])

const health: PolicyRule = { nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/'], verbs: ['get', 'head'] }
const discovery: PolicyRule = {
  nonResourceURLs: ['/', '/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*'],
  verbs: ['get', 'head'],
}
/** Of those who bring no credentials, only where the server lets them come so far. */
const issuer: PolicyRule = { nonResourceURLs: issuerPaths, verbs: ['get', 'head'] }
const selfReviews: readonly PolicyRule[] = [
  {
    apiGroups: ['authorization.k8s.io'],
    resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
    verbs: ['create'],
  },
  { apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: ['create'] },
]

/** Everything a user may do, as long as there are no RBAC kinds. */
export const rulesOf = ({ name, groups }: User): readonly PolicyRule[] => {
  if (groups.includes(mastersGroup) || controlPlane.has(name)) return everything
  const rules: PolicyRule[] = [health, issuer]
  if (groups.includes(authenticatedGroup)) rules.push(discovery, ...selfReviews)
  if (groups.includes(nodesGroup) && name.startsWith(nodePrefix)) rules.push(...nodeRules(name.slice(nodePrefix.length)))
  return rules
}

/** Roles that never change; RBAC takes this one's place. */
export const staticAuthorizer: Authorizer = {
  authorize: async ({ user, info }) => ({ allowed: rulesOf(user).some((rule) => ruleAllows(rule, info)) }),
  rules: async (user) => rulesOf(user),
}
