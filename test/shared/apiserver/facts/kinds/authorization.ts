import { namespace, type Said } from './conversation.ts'

const base = '/apis/rbac.authorization.k8s.io/v1'
const inNamespace = `${base}/namespaces/${namespace}`
const reviews = '/apis/authorization.k8s.io/v1'
const apiGroup = 'rbac.authorization.k8s.io'

const as = (user: string, groups: string[] = ['system:unauthenticated'], more: Record<string, string | string[]> = {}) => ({
  'impersonate-user': user,
  'impersonate-group': groups,
  ...more,
})
const asClara = as('clara')

const rule = (resources: string[], verbs: string[], more: object = {}) => ({ apiGroups: [''], resources, verbs, ...more })
const make = (what: string, path: string, body: object, headers?: Said['headers']): Said => ({
  what,
  method: 'POST',
  path,
  body,
  ...(headers && { headers }),
})
const role = (name: string, rules: object[]) => ({ metadata: { name }, rules })
const binding = (name: string, kind: string, roleName: string, subjects: object[]) => ({
  metadata: { name },
  roleRef: { apiGroup, kind, name: roleName },
  subjects,
})
const clara = { apiGroup, kind: 'User', name: 'clara' }

const made: Said[] = [
  make('a role of many kinds of rules', `${inNamespace}/roles`, {
    ...role('facts-many', [
      rule(['pods'], ['get', 'list']),
      rule(['pods/log'], ['get']),
      rule(['configmaps'], ['*'], { resourceNames: ['one', 'two'] }),
      rule(['*/scale'], ['update'], { apiGroups: ['*'] }),
      rule(['roles', 'rolebindings'], ['get', 'list', 'create', 'update', 'patch', 'delete'], { apiGroups: [apiGroup] }),
      rule(['secrets'], ['get', 'list', 'watch']),
    ]),
  }),
  make('its binding', `${inNamespace}/rolebindings`, binding('facts-many', 'Role', 'facts-many', [clara])),
  make('a binding of a service account', `${inNamespace}/rolebindings`, {
    ...binding('facts-account', 'Role', 'facts-many', [{ kind: 'ServiceAccount', name: 'builder', namespace }]),
  }),
  make('a binding of a group', `${base}/clusterrolebindings`, {
    ...binding('facts-group', 'ClusterRole', 'view', [{ apiGroup, kind: 'Group', name: 'facts-viewers' }]),
  }),
  make('a binding to what is not there', `${base}/clusterrolebindings`, {
    ...binding('facts-nothing', 'ClusterRole', 'facts-nothing', [{ apiGroup, kind: 'User', name: 'lost' }]),
  }),
  make('a binding to a Role that is not there', `${inNamespace}/rolebindings`, {
    ...binding('facts-nothing', 'Role', 'facts-nothing', [{ apiGroup, kind: 'User', name: 'lost' }]),
  }),
  make('a role to see the own rules', `${base}/clusterroles`, {
    ...role('facts-ruler', [rule(['selfsubjectrulesreviews'], ['create'], { apiGroups: ['authorization.k8s.io'] })]),
  }),
  make('its binding to a user', `${base}/clusterrolebindings`, {
    ...binding('facts-ruler', 'ClusterRole', 'facts-ruler', [{ apiGroup, kind: 'User', name: 'ruler' }]),
  }),
  make('a role of paths', `${base}/clusterroles`, {
    ...role('facts-paths', [
      { nonResourceURLs: ['/facts', '/facts/*'], verbs: ['get'] },
      rule(['clusterroles', 'clusterrolebindings'], ['create', 'update', 'patch'], { apiGroups: [apiGroup] }),
      rule(['nodes'], ['get', 'list']),
    ]),
  }),
  make(
    'its binding to the cluster',
    `${base}/clusterrolebindings`,
    binding('facts-paths', 'ClusterRole', 'facts-paths', [clara]),
  ),
]

const asked = (what: string, spec: object): Said => make(`review: ${what}`, `${reviews}/subjectaccessreviews`, { spec })
const may = (verb: string, resource: string, more: object = {}) => ({
  resourceAttributes: { verb, resource, namespace, ...more },
})
const claraMay = (verb: string, resource: string, more: object = {}) => ({ user: 'clara', ...may(verb, resource, more) })

const reviewed: Said[] = [
  asked('by a RoleBinding', claraMay('list', 'pods')),
  asked('not everywhere', claraMay('list', 'pods', { namespace: '' })),
  asked('another verb', claraMay('delete', 'pods')),
  asked('a subresource', claraMay('get', 'pods', { subresource: 'log' })),
  asked('another subresource', claraMay('get', 'pods', { subresource: 'exec' })),
  asked('a name', claraMay('delete', 'configmaps', { name: 'one' })),
  asked('another name', claraMay('delete', 'configmaps', { name: 'three' })),
  asked('no name', claraMay('list', 'configmaps')),
  asked('the scale of anything', claraMay('update', 'deployments', { group: 'apps', subresource: 'scale' })),
  asked('everything', claraMay('*', '*')),
  asked('a path', { user: 'clara', nonResourceAttributes: { path: '/facts/x', verb: 'get' } }),
  asked('a path itself', { user: 'clara', nonResourceAttributes: { path: '/facts', verb: 'get' } }),
  asked('another path', { user: 'clara', nonResourceAttributes: { path: '/fact', verb: 'get' } }),
  asked('a service account', { user: `system:serviceaccount:${namespace}:builder`, ...may('list', 'pods') }),
  asked('another account', { user: `system:serviceaccount:${namespace}:other`, ...may('list', 'pods') }),
  asked('a group', { groups: ['facts-viewers'], ...may('list', 'pods') }),
  asked('a group and secrets', { groups: ['facts-viewers'], ...may('list', 'secrets') }),
  asked('masters', { user: 'root', groups: ['system:masters'], ...may('list', 'secrets') }),
  asked('a role that is not there', { user: 'lost', ...may('list', 'pods', { namespace: '' }) }),
  asked('nobody', may('list', 'pods')),
  asked('nothing', { user: 'clara' }),
  asked('two things', { ...claraMay('list', 'pods'), nonResourceAttributes: { path: '/', verb: 'get' } }),
  asked('a raw selector', claraMay('list', 'pods', { fieldSelector: { rawSelector: 'spec.nodeName=n1' } })),
  asked('a raw selector that says nothing', claraMay('list', 'pods', { fieldSelector: { rawSelector: 'a' } })),
  asked('an empty selector', claraMay('list', 'pods', { fieldSelector: {} })),
  asked(
    'required fields',
    claraMay('list', 'pods', { fieldSelector: { requirements: [{ key: 'a', operator: 'In', values: ['b'] }] } }),
  ),
  asked(
    'required fields of an operator that nobody knows',
    claraMay('list', 'pods', {
      fieldSelector: {
        requirements: [
          { key: 'a', operator: 'Is', values: ['b'] },
          { key: 'c', operator: 'NotIn', values: ['b'] },
        ],
      },
    }),
  ),
  asked(
    'required fields without values',
    claraMay('list', 'pods', {
      fieldSelector: { requirements: [{ operator: 'In' }, { key: 'c', operator: 'Exists', values: ['x'] }] },
    }),
  ),
  asked(
    'both kinds of selector at once',
    claraMay('list', 'pods', {
      fieldSelector: { rawSelector: 'a=b', requirements: [{ key: 'a', operator: 'In', values: ['b'] }] },
    }),
  ),
  asked('raw labels', claraMay('list', 'pods', { labelSelector: { rawSelector: 'a in (b)' } })),
  asked('raw labels that say nothing', claraMay('list', 'pods', { labelSelector: { rawSelector: 'a in b' } })),
  asked('empty labels', claraMay('list', 'pods', { labelSelector: {} })),
  asked(
    'required labels',
    claraMay('list', 'pods', {
      labelSelector: {
        requirements: [
          { key: 'a', operator: 'In', values: ['b'] },
          { key: 'b', operator: 'Is' },
          { key: 'c d', operator: 'Exists' },
        ],
      },
    }),
  ),
  make('local review', `${reviews}/namespaces/${namespace}/localsubjectaccessreviews`, {
    metadata: { namespace },
    spec: claraMay('list', 'pods'),
  }),
  make('local review without a namespace in the body', `${reviews}/namespaces/${namespace}/localsubjectaccessreviews`, {
    spec: claraMay('list', 'pods'),
  }),
  make('local review of another namespace', `${reviews}/namespaces/${namespace}/localsubjectaccessreviews`, {
    metadata: { namespace },
    spec: claraMay('list', 'pods', { namespace: 'other' }),
  }),
  make('local review of a path', `${reviews}/namespaces/${namespace}/localsubjectaccessreviews`, {
    metadata: { namespace },
    spec: { user: 'clara', nonResourceAttributes: { path: '/', verb: 'get' } },
  }),
  make('rules', `${reviews}/selfsubjectrulesreviews`, { spec: { namespace } }, as('ruler')),
  make('own review is for who is known', `${reviews}/selfsubjectaccessreviews`, { spec: may('list', 'pods') }, asClara),
  make('own review', `${reviews}/selfsubjectaccessreviews`, { spec: may('list', 'pods') }, as('clara', ['system:authenticated'])),
  make('rules need a namespace', `${reviews}/selfsubjectrulesreviews`, { spec: {} }),
]

const refused: Said[] = [
  { what: 'refused: a list', path: `/api/v1/namespaces/${namespace}/services`, headers: asClara },
  { what: 'refused: an object', path: '/api/v1/namespaces/default', headers: asClara },
  { what: 'refused: a path', path: '/metrics', headers: asClara },
  { what: 'refused: a role is not there', path: `/api/v1/nodes`, headers: as('lost') },
  { what: 'refused: a subresource', path: `/apis/apps/v1/namespaces/${namespace}/deployments/d/status`, headers: asClara },
  { what: 'refused: anonymous', path: '/api/v1/nodes', headers: as('system:anonymous') },
]

const tries = (what: string, path: string, body: object) => make(`grants: ${what}`, path, body, asClara)
const roles = `${inNamespace}/roles`
const grants: Said[] = [
  tries('what is held', roles, role('facts-a', [rule(['pods'], ['get']), rule(['pods/log'], ['get'])])),
  tries('more', roles, role('facts-b', [rule(['pods'], ['get', 'delete', 'create']), rule(['services'], ['get', 'list'])])),
  tries('all verbs', roles, role('facts-b', [rule(['pods'], ['*'])])),
  tries('all resources', roles, role('facts-b', [rule(['*'], ['get'])])),
  tries('names that are held', roles, role('facts-c', [rule(['configmaps'], ['get'], { resourceNames: ['one'] })])),
  tries(
    'names that are not',
    roles,
    role('facts-b', [rule(['configmaps'], ['get', 'list'], { resourceNames: ['one', 'x', 'y'] })]),
  ),
  tries('all names', roles, role('facts-b', [rule(['configmaps'], ['get'])])),
  tries('the scale of one', roles, role('facts-d', [rule(['deployments/scale'], ['update'], { apiGroups: ['apps'] })])),
  tries('a rule without verbs', roles, role('facts-b', [{ apiGroups: [''], resources: ['pods'] }])),
  tries(
    'wrong rules that nobody holds',
    roles,
    role('facts-b', [{ apiGroups: ['x'], resources: ['y'], verbs: ['z'], nonResourceURLs: ['/x'] }]),
  ),
  tries('paths', `${base}/clusterroles`, role('facts-e', [{ nonResourceURLs: ['/facts/deep/*'], verbs: ['get'] }])),
  tries('paths that are not held', `${base}/clusterroles`, {
    ...role('facts-b', [{ nonResourceURLs: ['/other', '/facts*'], verbs: ['get', 'post'] }]),
  }),
  tries('an aggregation', `${base}/clusterroles`, {
    metadata: { name: 'facts-b' },
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] },
  }),
  tries('an aggregation of nothing', `${base}/clusterroles`, { metadata: { name: 'facts-b' }, aggregationRule: {} }),
  tries('a binding to what is held', `${inNamespace}/rolebindings`, binding('facts-a', 'Role', 'facts-a', [clara])),
  tries('a binding to more', `${inNamespace}/rolebindings`, binding('facts-b', 'ClusterRole', 'system:basic-user', [clara])),
  tries('a binding to what is not there', `${inNamespace}/rolebindings`, binding('facts-b', 'Role', 'none', [clara])),
  tries(
    'a binding to a cluster role that is not there',
    `${inNamespace}/rolebindings`,
    binding('facts-b', 'ClusterRole', 'none', [clara]),
  ),
  tries('a cluster binding', `${base}/clusterrolebindings`, binding('facts-b', 'ClusterRole', 'system:discovery', [clara])),
  {
    what: 'grants: an update to more',
    method: 'PATCH',
    path: `${roles}/facts-a`,
    body: { rules: [rule(['pods'], ['get', 'patch'])] },
    headers: asClara,
  },
  {
    what: 'grants: an update of labels',
    method: 'PATCH',
    path: `${roles}/facts-a`,
    body: { metadata: { labels: { a: 'b' } } },
    headers: asClara,
  },
  { what: 'more than clara has', method: 'PATCH', path: `${roles}/facts-a`, body: { rules: [rule(['nodes'], ['delete'])] } },
  {
    what: 'grants: an update of labels of what has more',
    method: 'PATCH',
    path: `${roles}/facts-a`,
    body: { metadata: { labels: { a: 'c' } } },
    headers: asClara,
  },
  {
    what: 'grants: finalizers of what has more',
    method: 'PATCH',
    path: `${roles}/facts-a`,
    body: { metadata: { finalizers: ['a.b/c'] } },
    headers: asClara,
  },
  {
    what: 'grants: no finalizers',
    method: 'PATCH',
    path: `${roles}/facts-a`,
    body: { metadata: { finalizers: null } },
    headers: asClara,
  },
  {
    what: 'grants: a role by a PUT',
    method: 'PUT',
    path: `${base}/clusterroles/facts-b`,
    body: role('facts-b', [rule(['nodes'], ['delete'])]),
    headers: asClara,
  },
  {
    what: 'grants: subjects of a binding',
    method: 'PATCH',
    path: `${inNamespace}/rolebindings/facts-many`,
    body: { subjects: [clara, { kind: 'Group', name: 'dev' }] },
    headers: asClara,
  },
  make(
    'leave to escalate',
    `${inNamespace}/roles`,
    role('facts-escalate', [
      rule(['roles'], ['escalate', 'create'], { apiGroups: [apiGroup] }),
      rule(['roles', 'clusterroles'], ['bind'], { apiGroups: [apiGroup], resourceNames: ['view'] }),
      rule(['rolebindings'], ['create'], { apiGroups: [apiGroup] }),
    ]),
  ),
  make(
    'leave is bound',
    `${inNamespace}/rolebindings`,
    binding('facts-escalate', 'Role', 'facts-escalate', [{ ...clara, name: 'joe' }]),
  ),
  make('grants: with leave', roles, role('facts-f', [rule(['nodes'], ['delete'])]), as('joe')),
  make(
    'grants: a binding with leave',
    `${inNamespace}/rolebindings`,
    binding('facts-f', 'ClusterRole', 'view', [clara]),
    as('joe'),
  ),
  make(
    'grants: a binding without leave',
    `${inNamespace}/rolebindings`,
    binding('facts-g', 'ClusterRole', 'edit', [clara]),
    as('joe'),
  ),
  make('grants: with an error of resolution', roles, role('facts-b', [rule(['pods'], ['get'])]), as('lost')),
  make(
    'a role for the lost',
    `${inNamespace}/rolebindings`,
    binding('facts-lost', 'Role', 'facts-many', [{ ...clara, name: 'lost' }]),
  ),
  make(
    'grants: with errors of resolution',
    roles,
    role('facts-b', [rule(['nodes'], ['get'])]),
    as('lost', ['system:unauthenticated', 'a "b"']),
  ),
]

const patched = (what: string, path: string, body: object): Said => ({
  what: `not held: ${what}`,
  method: 'PATCH',
  path,
  body,
  headers: asClara,
})
/** Of what has more than clara. */
const notHeld: Said[] = [
  make('a role of more', `${inNamespace}/roles`, role('facts-h', [rule(['nodes'], ['proxy'])])),
  make('its binding to nobody', `${inNamespace}/rolebindings`, binding('facts-h', 'Role', 'facts-h', [])),
  ...['roles', 'rolebindings'].flatMap((resource) => {
    const path = `${inNamespace}/${resource}/facts-h`
    return [
      patched(`labels of ${resource}`, path, { metadata: { labels: { a: 'b' } } }),
      patched(`finalizers of ${resource}`, path, { metadata: { finalizers: ['a.b/c'] } }),
      patched(`nothing of ${resource}`, path, {}),
      patched(`no finalizers of ${resource}`, path, { metadata: { finalizers: null } }),
    ]
  }),
  {
    what: 'not held: a PUT of the same',
    method: 'PUT',
    path: `${inNamespace}/roles/facts-h`,
    body: role('facts-h', [rule(['nodes'], ['proxy'])]),
    headers: asClara,
  },
]

const updater: Said[] = [
  make(
    'leave to update, and not to create',
    `${inNamespace}/roles`,
    role('facts-update', [
      rule(['roles'], ['update', 'patch'], { apiGroups: [apiGroup] }),
      rule(['leases'], ['update'], { apiGroups: ['coordination.k8s.io'] }),
    ]),
  ),
  make(
    'leave to update is bound',
    `${inNamespace}/rolebindings`,
    binding('facts-update', 'Role', 'facts-update', [{ ...clara, name: 'upd' }]),
  ),
  ...[
    ['a role', `${inNamespace}/roles/facts-new`, role('facts-new', [])] as const,
    ['a role that grants', `${inNamespace}/roles/facts-new`, role('facts-new', [rule(['pods'], ['get'])])] as const,
    ['a wrong role', `${inNamespace}/roles/facts-new`, role('facts-new', [rule(['leases'], [])])] as const,
    [
      'a lease',
      `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/facts-new`,
      { metadata: { name: 'facts-new' }, spec: {} },
    ] as const,
  ].map(([what, path, body]) => ({ what: `a PUT creates ${what}`, method: 'PUT', path, body, headers: as('upd') })),
]

const self = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
const whoami = (what: string, headers: Said['headers']): Said => make(`who: ${what}`, self, {}, headers)
const impersonated: Said[] = [
  make(
    'may be others',
    `${base}/clusterroles`,
    role('facts-be', [
      rule(['users'], ['impersonate'], { resourceNames: ['bob', 'system:anonymous'] }),
      rule(['groups'], ['impersonate'], { resourceNames: ['dev', 'a, b', 'system:authenticated'] }),
      rule(['serviceaccounts'], ['impersonate'], { resourceNames: ['builder'] }),
      rule(['userextras/scopes'], ['impersonate'], { apiGroups: ['authentication.k8s.io'], resourceNames: ['view'] }),
      rule(['uids'], ['impersonate'], { apiGroups: ['authentication.k8s.io'], resourceNames: ['7'] }),
    ]),
  ),
  whoami('a user', as('bob', [])),
  whoami('a user with groups', as('bob', ['dev', 'ops'])),
  whoami('a group with a comma', as('bob', ['a, b'])),
  whoami('everybody', as('bob', ['system:authenticated'])),
  whoami('a uid and extra', as('bob', [], { 'impersonate-uid': '7', 'impersonate-extra-scopes': ['view', 'edit'] })),
  whoami('extra of an odd name', as('bob', [], { 'impersonate-extra-Acme.com%2fProject': 'x', 'impersonate-extra-%zz': 'y' })),
  whoami('an account', as(`system:serviceaccount:${namespace}:builder`, [])),
  whoami('an account with groups', as(`system:serviceaccount:${namespace}:builder`, ['dev'])),
  whoami('no account', as('system:serviceaccount:x', [])),
  whoami('anonymous', as('system:anonymous', [])),
  whoami('anonymous, authenticated', as('system:anonymous', ['system:authenticated'])),
  whoami('groups of nobody', { 'impersonate-group': ['dev', 'ops'] }),
  whoami('a uid of nobody', { 'impersonate-uid': '7' }),
  whoami('extra of nobody', { 'impersonate-extra-scopes': 'view' }),
]

const removed: Said[] = [
  ...['facts-ruler', 'facts-group', 'facts-nothing', 'facts-paths'].map((name) => `${base}/clusterrolebindings/${name}`),
  ...['facts-ruler', 'facts-paths', 'facts-e', 'facts-be', 'facts-b'].map((name) => `${base}/clusterroles/${name}`),
].map((path) => ({ what: `removed: ${path}`, method: 'DELETE', path }))

export const authorization: Said[] = [
  ...made,
  ...reviewed,
  ...refused,
  ...grants,
  ...notHeld,
  ...updater,
  ...impersonated,
  ...removed,
]
