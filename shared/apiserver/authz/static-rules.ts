import { issuerPaths } from '../authn/oidc-paths.ts'
import type { User } from '../request.ts'
import { type Authorizer, noOpinion } from './authorizer.ts'
import { nodeRulesAuthorizer } from './node-rules.ts'
import { everything, type PolicyRule, ruleAllows } from './policy-rule.ts'
import { systemMasters } from './system-masters.ts'
import { unionAuthorizer } from './union.ts'

const authenticatedGroup = 'system:authenticated'

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
const rulesOf = ({ name, groups }: User): readonly PolicyRule[] => {
  if (controlPlane.has(name)) return everything
  const rules: PolicyRule[] = [health, issuer]
  if (groups.includes(authenticatedGroup)) rules.push(discovery, ...selfReviews)
  return rules
}

const staticRules: Authorizer = {
  authorize: async ({ user, info }) => (rulesOf(user).some((rule) => ruleAllows(rule, info)) ? { verdict: 'allow' } : noOpinion),
  rules: async (user) => ({ rules: rulesOf(user), incomplete: false }),
}

/** Roles that never change; RBAC takes this one's place. */
export const staticAuthorizer = unionAuthorizer([systemMasters, nodeRulesAuthorizer, staticRules])
