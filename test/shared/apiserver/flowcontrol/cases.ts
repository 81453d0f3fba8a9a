import type { FlowSchema } from '../../../../shared/resources/resource.ts'

export interface ClassificationCase {
  readonly user: string
  readonly groups?: readonly string[]
  readonly method?: string
  readonly path: string
}

const account = (namespace: string, name: string) => ({
  user: `system:serviceaccount:${namespace}:${name}`,
  groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
})
const node = { user: 'system:node:a', groups: ['system:nodes'] }
const lease = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/a'

/** For users who are called `pf-…`, so that they mean nobody else on a server that others use. */
export const ownSchemas: readonly Pick<FlowSchema, 'metadata' | 'spec'>[] = (
  [
    [
      'pf-pods-in-a',
      50,
      [{ kind: 'User', user: { name: 'pf-user' } }],
      { resourceRules: [['get'], [''], ['pods'], ['a'], false] },
    ],
    [
      'pf-status',
      51,
      [{ kind: 'Group', group: { name: 'pf-group' } }],
      { resourceRules: [['*'], ['apps'], ['deployments/status'], ['*'], false] },
    ],
    [
      'pf-cluster',
      52,
      [{ kind: 'User', user: { name: 'pf-user' } }],
      { resourceRules: [['list', 'watch'], ['*'], ['*'], [], true] },
    ],
    [
      'pf-account',
      53,
      [{ kind: 'ServiceAccount', serviceAccount: { name: 'pf-x', namespace: 'pf-a' } }],
      { resourceRules: [['*'], ['*'], ['*'], ['*'], true] },
    ],
    [
      'pf-accounts',
      54,
      [{ kind: 'ServiceAccount', serviceAccount: { name: '*', namespace: 'pf-a' } }],
      { resourceRules: [['*'], ['*'], ['*'], ['*'], true] },
    ],
    [
      'pf-paths',
      55,
      [{ kind: 'User', user: { name: 'pf-user' } }],
      { nonResourceRules: [['get'], ['/apis/apps', '/openapi/*']] },
    ],
    ['pf-same-a', 56, [{ kind: 'User', user: { name: 'pf-same' } }], { nonResourceRules: [['*'], ['*']] }],
    ['pf-same-b', 56, [{ kind: 'User', user: { name: 'pf-same' } }], { nonResourceRules: [['*'], ['*']] }],
    ['pf-dangling', 40, [{ kind: 'User', user: { name: 'pf-user' } }], { nonResourceRules: [['*'], ['*']] }],
    ['pf-nobody', 41, [{ kind: 'Group', group: { name: 'pf-group' } }], { nonResourceRules: [['delete'], ['/*']] }],
  ] as const
).map(([name, matchingPrecedence, subjects, rules]) => ({
  metadata: { name },
  spec: {
    matchingPrecedence,
    priorityLevelConfiguration: { name: name === 'pf-dangling' ? 'pf-none' : 'workload-low' },
    rules: [
      {
        subjects,
        ...('resourceRules' in rules && {
          resourceRules: [rules.resourceRules].map(([verbs, apiGroups, resources, namespaces, clusterScope]) => ({
            verbs,
            apiGroups,
            resources,
            namespaces,
            clusterScope,
          })),
        }),
        ...('nonResourceRules' in rules && {
          nonResourceRules: [rules.nonResourceRules].map(([verbs, nonResourceURLs]) => ({ verbs, nonResourceURLs })),
        }),
      },
    ],
  },
})) as unknown as Pick<FlowSchema, 'metadata' | 'spec'>[]

const own = { user: 'pf-user', groups: ['pf-group'] }

export const cases: readonly ClassificationCase[] = [
  { user: 'jane', path: '/api/v1/namespaces/a/pods' },
  { user: 'jane', path: '/healthz' },
  { user: 'jane', path: '/healthz/ping' },
  { user: 'jane', path: '/version' },
  { user: 'jane', groups: ['system:masters'], path: '/version' },
  { user: 'system:anonymous', groups: ['system:unauthenticated'], path: '/livez' },
  { user: 'system:anonymous', groups: ['system:unauthenticated'], path: '/api' },
  { user: 'system:kube-controller-manager', path: lease },
  { user: 'system:kube-controller-manager', path: '/api/v1/pods' },
  { user: 'system:kube-controller-manager', method: 'DELETE', path: lease },
  { user: 'system:kube-scheduler', path: '/api/v1/pods' },
  { user: 'system:kube-scheduler', method: 'PUT', path: lease },
  { ...account('kube-system', 'x'), path: lease },
  { ...account('kube-system', 'x'), path: '/api/v1/pods' },
  { ...account('default', 'x'), path: lease },
  { ...account('kube-systems', 'x'), path: '/api' },
  { ...node, path: '/api/v1/nodes/a' },
  { ...node, method: 'PATCH', path: '/api/v1/nodes/a/status' },
  { ...node, path: '/api/v1/nodes/a/proxy' },
  { ...node, path: '/api/v1/namespaces/a/pods/b' },
  { ...node, method: 'PUT', path: '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/a' },
  { ...node, path: '/api' },
  { ...own, path: '/api/v1/namespaces/a/pods/x' },
  { ...own, path: '/api/v1/namespaces/a/pods/x/log' },
  { ...own, path: '/api/v1/namespaces/a/pods/x/status' },
  { ...own, path: '/api/v1/namespaces/b/pods/x' },
  { ...own, method: 'DELETE', path: '/api/v1/namespaces/a/pods/x' },
  { ...own, path: '/apis/apps/v1/namespaces/a/deployments/x/status' },
  { ...own, path: '/apis/apps/v1/namespaces/a/deployments/x' },
  { ...own, path: '/api/v1/pods' },
  { ...own, path: '/api/v1/nodes' },
  { ...own, path: '/api/v1/nodes/x' },
  { ...own, path: '/api/v1/namespaces/a' },
  { ...own, path: '/api/v1/namespaces/a/pods' },
  { ...own, path: '/apis/apps' },
  { ...own, path: '/apis/apps/' },
  { ...own, path: '/apis/appsx' },
  { ...own, path: '/openapi/v2' },
  { ...own, path: '/openapi' },
  { ...own, method: 'DELETE', path: '/nothing' },
  { ...account('pf-a', 'pf-x'), path: '/api/v1/pods' },
  { ...account('pf-a', 'other'), path: '/api/v1/pods' },
  { ...account('pf-ab', 'other'), path: '/api/v1/pods' },
  { user: 'pf-same', path: '/api' },
  { user: 'pf-same', path: '/api/v1/pods' },
]
