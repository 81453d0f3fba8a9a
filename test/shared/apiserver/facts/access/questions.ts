/** `users.authentication.k8s.io/x`: a resource with its group and subresource. */
export interface AskedResource {
  readonly group: string
  readonly resource: string
  readonly subresource: string
  readonly namespaced: boolean
}

export const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection', '*']
/** Asked of the resources that have them. */
export const specialVerbs: Readonly<Record<string, readonly string[]>> = {
  users: ['impersonate'],
  groups: ['impersonate'],
  serviceaccounts: ['impersonate'],
  'uids.authentication.k8s.io': ['impersonate'],
  'userextras.authentication.k8s.io/scopes': ['impersonate'],
  'roles.rbac.authorization.k8s.io': ['bind', 'escalate'],
  'clusterroles.rbac.authorization.k8s.io': ['bind', 'escalate'],
  'signers.certificates.k8s.io': ['approve', 'sign', 'attest'],
}
export const paths = [
  '/',
  '/api',
  '/api/v1',
  '/apis/apps',
  '/healthz',
  '/livez',
  '/readyz/ping',
  '/metrics',
  '/metrics/slis',
  '/openapi/v2',
  '/version',
  '/version/',
  '/logs',
  '/.well-known/openid-configuration',
  '/openid/v1/jwks',
  '/other',
]
export const pathVerbs = ['get', 'head', 'post']

export const nameOf = ({ group, resource, subresource }: AskedResource) =>
  `${resource}${group ? `.${group}` : ''}${subresource ? `/${subresource}` : ''}`

/** Whoever default bindings name, and one user for each role, bound to it in the whole cluster. */
export const subjects: Readonly<Record<string, { readonly user?: string; readonly groups?: readonly string[] }>> = {
  'system:kube-controller-manager': { user: 'system:kube-controller-manager' },
  'system:kube-scheduler': { user: 'system:kube-scheduler' },
  'system:kube-proxy': { user: 'system:kube-proxy' },
  'system:authenticated': { groups: ['system:authenticated'] },
  'system:unauthenticated': { groups: ['system:unauthenticated'] },
  'system:monitoring': { groups: ['system:monitoring'] },
  'system:serviceaccounts': { groups: ['system:serviceaccounts'] },
  'system:masters': { groups: ['system:masters'] },
  'system:nodes': { groups: ['system:nodes'] },
}
export const userOfRole = (role: string) => `facts:${role}`
export const namespaces = ['default', 'kube-system', 'kube-public']
/** What is bound in the whole cluster counts alike in each. */
export const namespacesOf = (subject: string) => (subject in subjects ? namespaces : ['default'])

/** A set of verbs as a number. */
export const setOf = (all: readonly string[], allowed: readonly boolean[]) =>
  all.reduce((set, _, index) => set + (allowed[index] ? 2 ** index : 0), 0)
