import type { Case, Request } from './case.ts'

/** Of names: NS is one of these with a number. */
export const prefix = 'facts-of-policies'

const maps = '/api/v1/namespaces/NS/configmaps'
const base = '/api/v1/namespaces/NS'
const post = (path: string, body: object): Request => ({ method: 'POST', path, body })
const patch = (path: string, body: object): Request => ({ method: 'PATCH', path, body })
const put = (path: string, body: object): Request => ({ method: 'PUT', path, body })
const remove = (path: string, body?: object): Request => ({ method: 'DELETE', path, ...(body && { body }) })
const map = (name: string, data: object = {}, metadata: object = {}): object => ({ metadata: { name, ...metadata }, data })
const create = (name = 'a', data: object = {}, metadata: object = {}) => post(maps, map(name, data, metadata))
const as = (user: string, said: Request, more: Request['headers'] = {}): Request => ({
  ...said,
  headers: { 'impersonate-user': user, 'impersonate-group': ['system:masters'], ...more },
})

const definition = (plural: string, kind: string, scope: string): Request =>
  post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    metadata: { name: `${plural}.policies.example.com` },
    spec: {
      group: 'policies.example.com',
      scope,
      names: { plural, kind },
      versions: ['v1', 'v1beta1'].map((name) => ({
        name,
        served: true,
        storage: name === 'v1',
        subresources: { status: {}, scale: { specReplicasPath: '.spec.n', statusReplicasPath: '.status.n' } },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
              status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        },
      })),
    },
  })

/** Kinds that several cases use. */
export const shared: readonly Request[] = [
  definition('limits', 'Limit', 'Namespaced'),
  definition('clusterlimits', 'ClusterLimit', 'Cluster'),
]
const limit = (name: string, spec: object, labels = {}) =>
  post('/apis/policies.example.com/v1/namespaces/NS/limits', {
    apiVersion: 'policies.example.com/v1',
    kind: 'Limit',
    metadata: { name, labels },
    spec,
  })
const clusterLimit = (name: string, spec: object, labels = {}) =>
  post('/apis/policies.example.com/v1/clusterlimits', {
    apiVersion: 'policies.example.com/v1',
    kind: 'ClusterLimit',
    metadata: { name, labels },
    spec,
  })
const limits = { apiVersion: 'policies.example.com/v1', kind: 'Limit' }

/** A request is refused with what an expression says. */
const tells = (messageExpression: string, more: object = {}) => ({
  validations: [{ expression: 'false', messageExpression }],
  ...more,
})
const only = (expression: string, more: object = {}) => ({ validations: [{ expression, ...more }] })
const concerning = (resources: string[], more: object = {}, rule: object = {}) => ({
  matchConstraints: {
    resourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources, ...rule }],
    ...more,
  },
})

const loops = (depth: number): string => (depth === 0 ? 'true' : `[1,2,3,4,5,6,7,8,9,10].all(x${depth}, ${loops(depth - 1)})`)
/** Each question costs 350,000. */
const asks = (...verbs: string[]) => verbs.map((verb) => `authorizer.requestResource.check('${verb}').allowed()`).join(' && ')
const dear = asks('get', 'list', 'watch')
const missing = "object.data.no == 'x'"

const messages: Case[] = [
  {
    what: 'an expression alone',
    spec: only(" object.data.a == 'b' "),
    requests: [
      create('a', { a: 'b' }),
      create('b', { a: 'c' }),
      patch(`${maps}/a`, { data: { a: 'c' } }),
      patch(`${maps}/a`, { data: { c: 'c' } }),
    ],
  },
  { what: 'a message', spec: only('false', { message: '  not so  ' }), requests: [create()] },
  { what: 'a message expression', spec: tells("'no ' + object.metadata.name", {}), requests: [create()] },
  {
    what: 'a message expression before a message',
    spec: only('false', { message: 'plain', messageExpression: "'made'" }),
    requests: [create()],
  },
  {
    what: 'a message expression that fails',
    spec: only('false', { message: 'plain', messageExpression: 'object.data.no' + " + ''" }),
    requests: [create()],
  },
  {
    what: 'a message expression that fails, and no message',
    spec: only('1 > 2', { messageExpression: "object.data.no + ''" }),
    requests: [create()],
  },
  { what: 'a message of blanks', spec: only('false', { message: 'plain', messageExpression: "'  '" }), requests: [create()] },
  {
    what: 'a message of two lines',
    spec: only('false', { message: 'plain', messageExpression: "'a\\nb'" }),
    requests: [create()],
  },
  {
    what: 'a long message',
    spec: only('false', { message: 'plain', messageExpression: 'object.data.a' + " + ''" }),
    requests: [
      create('a', { a: 'x'.repeat(5120) }),
      create('b', { a: 'x'.repeat(5121) }),
      create('c', { a: ` ${'x'.repeat(5120)} ` }),
    ],
  },
  ...['Invalid', 'Forbidden', 'RequestEntityTooLarge'].map((reason) => ({
    what: `the reason ${reason}`,
    spec: only('false', { reason, message: 'm' }),
    requests: [create()],
  })),
  {
    what: 'several validations',
    spec: {
      validations: [
        { expression: 'true', message: 'a' },
        { expression: "object.data.a != 'b'", message: 'b', reason: 'Forbidden' },
        { expression: "object.data.a != 'b' && object.data.a != 'c'", message: 'c' },
      ],
    },
    requests: [create('a', { a: 'a' }), create('b', { a: 'b' }), create('c', { a: 'c' })],
  },
  {
    what: 'a message out of variables and params',
    spec: {
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      variables: [{ name: 'sum', expression: "object.metadata.name + '-' + string(size(params))" }],
      ...tells("variables.sum + ' ' + params.data.word"),
    },
    bindings: [{ paramRef: { name: 'words', parameterNotFoundAction: 'Deny' } }],
    before: [create('words', { word: 'w' })],
    requests: [create()],
  },
]

const failures: Case[] = ['Fail', 'Ignore'].flatMap((failurePolicy): Case[] => [
  {
    what: `${failurePolicy}: an expression that fails`,
    spec: { failurePolicy, ...only(missing) },
    requests: [create('a'), create('b', { no: 'y' }), create('c', { no: 'x' })],
  },
  {
    what: `${failurePolicy}: an expression that fails beside one that is false`,
    spec: { failurePolicy, validations: [{ expression: missing }, { expression: 'false' }] },
    requests: [create('a')],
  },
  {
    what: `${failurePolicy}: a condition that fails`,
    spec: { failurePolicy, matchConditions: [{ name: 'c', expression: missing }], ...only('false') },
    requests: [create('a'), create('b', { no: 'y' }), create('c', { no: 'x' })],
  },
  {
    what: `${failurePolicy}: a condition that fails beside one that is false`,
    spec: {
      failurePolicy,
      matchConditions: [
        { name: 'c', expression: missing },
        { name: 'd', expression: "object.metadata.name != 'b'" },
      ],
      ...only('false'),
    },
    requests: [create('a'), create('b')],
  },
  {
    what: `${failurePolicy}: two conditions that fail`,
    spec: {
      failurePolicy,
      matchConditions: [
        { name: 'c', expression: missing },
        { name: 'd', expression: "object.data.other == 'x'" },
      ],
      ...only('false'),
    },
    requests: [create('a')],
  },
  {
    what: `${failurePolicy}: an expression that costs too much`,
    spec: { failurePolicy, ...only(dear) },
    requests: [create('a')],
  },
  {
    what: `${failurePolicy}: a loop that costs too much`,
    spec: { failurePolicy, ...only(loops(6)) },
    requests: [create('a')],
  },
  {
    what: `${failurePolicy}: conditions that cost too much together`,
    spec: { failurePolicy, matchConditions: ['a', 'b', 'c'].map((name) => ({ name, expression: dear })), ...only('false') },
    requests: [create('a')],
  },
  {
    what: `${failurePolicy}: a variable that costs too much`,
    spec: { failurePolicy, variables: [{ name: 'v', expression: dear }], ...only('variables.v') },
    requests: [create('a')],
  },
  {
    what: `${failurePolicy}: a variable that fails`,
    spec: {
      failurePolicy,
      variables: [
        { name: 'v', expression: 'object.data.no' },
        { name: 'w', expression: "variables.v + 'x'" },
      ],
      validations: [{ expression: "object.metadata.name == 'a' || variables.w == 'yx'" }],
    },
    requests: [create('a'), create('b'), create('c', { no: 'y' })],
  },
  {
    what: `${failurePolicy}: an annotation that fails`,
    spec: { failurePolicy, auditAnnotations: [{ key: 'k', valueExpression: "object.data.no + ''" }] },
    requests: [create('a'), create('b', { no: 'y' })],
  },
  {
    what: `${failurePolicy}: an annotation that fails, where nothing is denied`,
    spec: { failurePolicy, auditAnnotations: [{ key: 'k', valueExpression: "object.data.no + ''" }] },
    bindings: [{ validationActions: ['Warn'] }],
    requests: [create('a')],
  },
  {
    what: `${failurePolicy}: an annotation that asks`,
    spec: {
      failurePolicy,
      auditAnnotations: [
        { key: 'k', valueExpression: "string(authorizer.group('').resource('pods').check('get').allowed())" },
        { key: 'l', valueExpression: "string(authorizer.requestResource.check('get').allowed())" },
      ],
    },
    requests: [create('a')],
  },
  {
    what: `${failurePolicy}: a kind of params that nobody serves`,
    spec: { failurePolicy, paramKind: { apiVersion: 'no.example.com/v1', kind: 'Nothing' }, ...only('true') },
    requests: [create('a')],
  },
  {
    what: `${failurePolicy}: a core kind of params that nobody serves`,
    spec: { failurePolicy, paramKind: { apiVersion: 'v1', kind: 'Nothing' }, ...only('true') },
    requests: [create('a')],
  },
  {
    what: `${failurePolicy}: params that are not there`,
    spec: { failurePolicy, paramKind: limits, ...only('params == null') },
    bindings: [{ paramRef: { name: 'none', parameterNotFoundAction: 'Deny' } }],
    requests: [create('a')],
  },
  {
    what: `${failurePolicy}: params in a namespace, of a kind that is in none`,
    spec: { failurePolicy, paramKind: { apiVersion: 'policies.example.com/v1', kind: 'ClusterLimit' }, ...only('true') },
    bindings: [{ paramRef: { name: 'none', namespace: 'NS', parameterNotFoundAction: 'Allow' } }],
    requests: [create('a')],
  },
])

const actions: Case[] = [['Warn'], ['Audit'], ['Deny', 'Audit'], ['Audit', 'Warn']].flatMap((validationActions): Case[] => [
  {
    what: `${validationActions}: what is false`,
    spec: { validations: [{ expression: 'true' }, { expression: 'false', message: 'm' }, { expression: '1 > 2' }] },
    bindings: [{ validationActions }],
    requests: [create('a'), remove(`${maps}/a`)],
  },
  {
    what: `${validationActions}: what fails`,
    spec: only(missing),
    bindings: [{ validationActions }],
    requests: [create('a')],
  },
  {
    what: `${validationActions}: a condition that fails`,
    spec: { matchConditions: [{ name: 'c', expression: missing }], ...only('true') },
    bindings: [{ validationActions }],
    requests: [create('a')],
  },
  {
    what: `${validationActions}: a kind of params that nobody serves`,
    spec: { paramKind: { apiVersion: 'no.example.com/v1', kind: 'Nothing' }, ...only('true') },
    bindings: [{ validationActions }],
    requests: [create('a')],
  },
])

const annotations: Case[] = [
  {
    what: 'annotations',
    spec: {
      variables: [{ name: 'v', expression: "'of ' + object.metadata.name" }],
      validations: [{ expression: "object.metadata.name != 'no'" }],
      auditAnnotations: [
        { key: 'text', valueExpression: "' a text '" },
        { key: 'blank', valueExpression: "'  '" },
        { key: 'nothing', valueExpression: 'null' },
        { key: 'variable', valueExpression: ' variables.v' },
        { key: 'some', valueExpression: "object.metadata.name + ': ' + string(size(object.metadata.name))" },
      ],
    },
    requests: [create('a'), create('no')],
  },
  {
    what: 'a long annotation',
    spec: { auditAnnotations: [{ key: 'long', valueExpression: "object.data.a + ''" }] },
    requests: [create('a', { a: 'x'.repeat(10_241) })],
  },
  {
    what: 'annotations of several params',
    spec: {
      paramKind: limits,
      auditAnnotations: [
        { key: 'each', valueExpression: 'params.metadata.name' + " + ''" },
        { key: 'same', valueExpression: "'one'" },
      ],
    },
    bindings: [
      { paramRef: { name: 'a', parameterNotFoundAction: 'Deny' } },
      { paramRef: { name: 'b', parameterNotFoundAction: 'Deny' } },
    ],
    before: [limit('a', {}), limit('b', {})],
    requests: [create('a')],
  },
]

const probe =
  "'[' + request.operation + ' ' + request.resource.resource + ' ' + request.kind.kind + ' name=' + (has(request.name) ? request.name : '-') + ' ns=' + (has(request.namespace) ? request.namespace : '-') + ' sub=' + (has(request.subResource) ? request.subResource : '-') + ' object=' + (object == null ? '-' : object.kind + '/' + object.apiVersion) + ' old=' + (oldObject == null ? '-' : oldObject.kind) + ' space=' + (namespaceObject == null ? '-' : namespaceObject.metadata.name) + ' dry=' + string(request.dryRun) + ' options=' + (request.options == null ? '-' : request.options.kind) + ']'"
const account = post(`${base}/serviceaccounts`, { metadata: { name: 'default' } })
const container = { name: 'c', image: 'i' }
const pod = post(`${base}/pods`, {
  metadata: { name: 'p' },
  spec: { automountServiceAccountToken: false, containers: [container] },
})
const deployment = (name: string) =>
  post('/apis/apps/v1/namespaces/NS/deployments', {
    metadata: { name },
    spec: {
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [container] } },
    },
  })
const scaler = (version: string, name: string) =>
  post(`/apis/autoscaling/${version}/namespaces/NS/horizontalpodautoscalers`, {
    metadata: { name },
    spec: { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' } },
  })
const ofMaps = (operation: string, more: object = {}) =>
  concerning(['configmaps'], more, { operations: [operation], apiGroups: [''] })

const operations: Case[] = [
  ...['CREATE', 'UPDATE', 'DELETE'].map((operation) => ({
    what: `the operation ${operation}`,
    spec: { ...tells(probe), ...ofMaps(operation) },
    before: [create('old')],
    requests: [
      create('a'),
      post(`${maps}?dryRun=All`, map('b')),
      put(`${maps}/old`, map('old', { a: 'b' })),
      patch(`${maps}/old`, { data: { a: 'c' } }),
      {
        ...patch(`${maps}/old?fieldManager=m&force=true`, { apiVersion: 'v1', kind: 'ConfigMap', data: { x: 'y' } }),
        type: 'application/apply-patch+yaml',
      },
      {
        ...patch(`${maps}/new?fieldManager=m&force=true`, { apiVersion: 'v1', kind: 'ConfigMap', data: { x: 'y' } }),
        type: 'application/apply-patch+yaml',
      },
      remove(`${maps}/old?dryRun=All`),
      remove(maps),
      remove(`${maps}/old`),
    ],
  })),
  {
    what: 'status and scale of a deployment',
    spec: { ...tells(probe), ...concerning(['deployments/*']) },
    before: [deployment('d')],
    requests: [
      patch('/apis/apps/v1/namespaces/NS/deployments/d', { metadata: { labels: { a: 'b' } } }),
      patch('/apis/apps/v1/namespaces/NS/deployments/d/status', { status: { replicas: 3 } }),
      patch('/apis/apps/v1/namespaces/NS/deployments/d/scale', { spec: { replicas: 3 } }),
    ],
  },
  {
    what: 'pods and what stands below them',
    spec: { ...tells(probe), ...concerning(['pods', 'pods/*']) },
    before: [account, pod],
    requests: [
      patch(`${base}/pods/p`, { metadata: { labels: { a: 'b' } } }),
      patch(`${base}/pods/p/status`, { status: { phase: 'Running' } }),
      post(`${base}/pods/p/binding`, { target: { kind: 'Node', name: 'n' } }),
      post(`${base}/pods/p/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } }),
      post(`${base}/pods/p/exec?command=ls&container=c&stdout=true`, {}),
      post(`${base}/pods/p/attach`, {}),
      post(`${base}/pods/p/portforward`, {}),
      { method: 'GET', path: `${base}/pods/p/proxy/x` },
      remove(`${base}/pods/p`),
    ],
  },
  {
    what: 'what is connected to',
    spec: {
      validations: [
        {
          expression: 'false',
          messageExpression:
            "object.kind + ' ' + object.apiVersion + (has(object.command) ? ' ' + object.command.join(',') : '') + (has(object.container) ? ' ' + object.container : '') + (has(object.path) ? ' ' + object.path : '')",
        },
      ],
      ...concerning(['*/*'], {}, { operations: ['CONNECT'] }),
    },
    before: [account, pod],
    requests: [
      post(`${base}/pods/p/exec?command=ls&command=x&container=c&stdout=true`, {}),
      { method: 'GET', path: `${base}/services/s:80/proxy/x/y` },
    ],
  },
  {
    what: 'a token',
    spec: { ...tells(probe), ...concerning(['serviceaccounts/token']) },
    before: [account],
    requests: [
      post(`${base}/serviceaccounts/default/token`, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }),
    ],
  },
  {
    what: 'who sends it, and how',
    spec: tells(
      "request.userInfo.username + ' ' + request.userInfo.groups.join(',') + ' ' + (has(request.userInfo.extra) && 'a/b' in request.userInfo.extra ? request.userInfo.extra['a/b'].join('+') : '-') + ' ' + (has(request.options.fieldManager) ? request.options.fieldManager : '-') + ' ' + (has(request.options.dryRun) ? request.options.dryRun.join(',') : '-') + ' ' + (has(request.options.fieldValidation) ? request.options.fieldValidation : '-') + ' ' + request.options.apiVersion",
    ),
    requests: [
      as('ann', create('a'), { 'impersonate-extra-a%2fb': 'c' }),
      as('bob', post(`${maps}?fieldManager=me&dryRun=All&fieldValidation=Strict`, map('a'))),
    ],
  },
  {
    what: 'options of a deletion',
    spec: {
      ...tells(
        "(has(request.options.propagationPolicy) ? request.options.propagationPolicy : '-') + ' ' + (has(request.options.gracePeriodSeconds) ? string(request.options.gracePeriodSeconds) : '-') + ' ' + (has(request.options.preconditions) ? request.options.preconditions.uid : '-') + ' ' + request.options.apiVersion",
      ),
      ...ofMaps('DELETE'),
    },
    before: [create('a')],
    requests: [
      remove(`${maps}/a`),
      remove(`${maps}/a?propagationPolicy=Foreground&gracePeriodSeconds=5`),
      remove(`${maps}/a`, { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Orphan', gracePeriodSeconds: 7 }),
    ],
  },
  {
    what: 'a name that the server makes',
    spec: only(
      "request.name.startsWith('made-') && request.name != 'made-' && object.metadata.name == request.name && has(object.metadata.uid) && has(object.metadata.creationTimestamp)",
    ),
    requests: [post(maps, { metadata: { generateName: 'made-' } })],
  },
]

const cluster = (more: object, rule: object = {}, name = 'NS') =>
  concerning(['namespaces', 'clusterroles'], { namespaceSelector: {}, ...more }, { resourceNames: [name], ...rule })
const role = (name: string) =>
  post('/apis/rbac.authorization.k8s.io/v1/clusterroles', { metadata: { name, labels: { of: 'NS' } }, rules: [] })

const matching: Case[] = [
  {
    what: 'a cluster-scoped object',
    spec: { ...tells(probe), ...concerning(['clusterroles'], {}, { resourceNames: ['NS-r'] }) },
    requests: [role('NS-r'), role('NS-s'), remove('/apis/rbac.authorization.k8s.io/v1/clusterroles/NS-s')],
  },
  {
    what: 'a namespace itself',
    spec: { ...tells(probe), ...cluster({}, { operations: ['CREATE', 'UPDATE'] }, 'NS-x') },
    requests: [post('/api/v1/namespaces', { metadata: { name: 'NS-x' } })],
  },
  {
    what: 'a namespace that is there',
    spec: { ...tells(probe), ...cluster({}, { operations: ['UPDATE'] }) },
    requests: [patch('/api/v1/namespaces/NS', { metadata: { labels: { x: 'y' } } })],
  },
  {
    what: 'namespaces only',
    spec: {
      ...tells(probe),
      ...cluster({ objectSelector: { matchLabels: { of: 'NS' } } }, { scope: 'Namespaced', resourceNames: [] }),
    },
    requests: [role('NS-r'), remove('/apis/rbac.authorization.k8s.io/v1/clusterroles/NS-r')],
  },
  {
    what: 'the cluster only',
    spec: { ...only('false'), ...concerning(['*'], {}, { scope: 'Cluster', resourceNames: ['NS-m', 'NS-r'] }) },
    requests: [create('NS-m'), role('NS-r')],
  },
  {
    what: 'names',
    spec: { ...only('false'), ...concerning(['configmaps'], {}, { resourceNames: ['a', 'b'] }) },
    requests: [create('a'), create('b'), create('c')],
  },
  {
    what: 'what is excluded',
    spec: {
      ...only('false'),
      ...concerning(['configmaps', 'secrets'], {
        excludeResourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['secrets'] }],
      }),
    },
    requests: [create('a'), post(`${base}/secrets`, { metadata: { name: 's' } }), remove(`${base}/secrets/s`)],
  },
  {
    what: 'labels of objects',
    spec: { ...only('false'), ...concerning(['configmaps'], { objectSelector: { matchLabels: { a: 'b' } } }) },
    requests: [
      create('a'),
      create('b', {}, { labels: { a: 'b' } }),
      patch(`${maps}/a`, { metadata: { labels: { a: 'b' } } }),
      patch(`${maps}/a`, { metadata: { labels: { a: 'c' } } }),
    ],
  },
  {
    what: 'labels of namespaces',
    namespaceLabels: { kind: 'strict' },
    spec: {
      ...only('false'),
      ...concerning(['configmaps'], {
        namespaceSelector: {
          matchExpressions: [
            { key: 'kind', operator: 'In', values: ['strict'] },
            { key: 'kubernetes.io/metadata.name', operator: 'In', values: ['NS'] },
          ],
        },
      }),
    },
    requests: [create('a')],
  },
  {
    what: 'other labels of namespaces',
    namespaceLabels: { kind: 'lax' },
    spec: {
      ...only('false'),
      ...concerning(['configmaps'], {
        namespaceSelector: {
          matchExpressions: [
            { key: 'kind', operator: 'In', values: ['strict'] },
            { key: 'kubernetes.io/metadata.name', operator: 'In', values: ['NS'] },
          ],
        },
      }),
    },
    requests: [create('a')],
  },
  ...['Equivalent', 'Exact'].map((matchPolicy) => ({
    what: `${matchPolicy}: another version`,
    spec: {
      ...tells(
        "request.kind.version + ' ' + request.requestKind.version + ' ' + request.resource.version + ' ' + request.requestResource.version + ' ' + object.apiVersion + ' ' + (has(object.spec.metrics) ? 'metrics' : '-') + ' ' + string(has(object.spec.targetCPUUtilizationPercentage))",
      ),
      ...concerning(['horizontalpodautoscalers'], { matchPolicy }, { apiGroups: ['autoscaling'], apiVersions: ['v1'] }),
    },
    requests: [scaler('v1', 'a'), scaler('v2', 'b')],
  })),
  ...['Equivalent', 'Exact'].map((matchPolicy) => ({
    what: `${matchPolicy}: another version of a custom kind`,
    spec: {
      ...tells(
        "request.kind.version + ' ' + request.requestKind.version + ' ' + object.apiVersion + ' ' + string(object.spec.n)",
      ),
      ...concerning(['limits'], { matchPolicy }, { apiGroups: ['policies.example.com'], apiVersions: ['v1beta1'] }),
    },
    requests: [limit('a', { n: 3 })],
  })),
  {
    what: 'a custom kind, its status and its scale',
    spec: { ...tells(probe), ...concerning(['limits/*']) },
    before: [limit('a', { n: 3 })],
    requests: [
      limit('b', { n: 4 }),
      patch('/apis/policies.example.com/v1/namespaces/NS/limits/a/status', { status: { n: 4 } }),
      patch('/apis/policies.example.com/v1/namespaces/NS/limits/a/scale', { spec: { replicas: 4 } }),
    ],
  },
  {
    what: 'a binding for fewer',
    spec: only('false'),
    bindings: [
      {
        matchResources: {
          objectSelector: { matchLabels: { a: 'b' } },
          resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['*'] }],
        },
      },
    ],
    requests: [create('a'), create('b', {}, { labels: { a: 'b' } }), patch(`${maps}/a`, { metadata: { labels: { a: 'b' } } })],
  },
  {
    what: 'a binding of other namespaces',
    spec: only('false'),
    bindings: [{ matchResources: { namespaceSelector: { matchLabels: { no: 'where' } } } }],
    requests: [create('a')],
  },
  {
    what: 'a binding of names',
    spec: only('false'),
    bindings: [
      {
        matchResources: {
          resourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'], resourceNames: ['b'] }],
        },
      },
    ],
    requests: [create('a'), create('b')],
  },
  {
    what: 'one that warns and one that denies',
    spec: { validations: [{ expression: "object.metadata.name == 'a'", message: 'm' }] },
    bindings: [
      { validationActions: ['Warn'] },
      { validationActions: ['Deny'], matchResources: { objectSelector: { matchLabels: { x: 'y' } } } },
    ],
    requests: [create('a'), create('b'), create('c', {}, { labels: { x: 'y' } })],
  },
  {
    what: 'policies, which nobody is asked about',
    spec: { ...only('false'), ...concerning(['*'], {}, { apiGroups: ['admissionregistration.k8s.io'] }) },
    requests: [
      post('/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies?dryRun=All', {
        metadata: { name: 'NS-other' },
        spec: {
          ...only('true'),
          matchConstraints: { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['pods'] }] },
        },
      }),
      post('/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings?dryRun=All', {
        metadata: { name: 'NS-other' },
        spec: { policyName: 'a', validationActions: ['Deny'] },
      }),
    ],
  },
]

const ref = (more: object, parameterNotFoundAction = 'Deny') => ({ paramRef: { parameterNotFoundAction, ...more } })
const paramTells = "params == null ? 'none' : params.kind + ' ' + params.apiVersion + ' ' + params.metadata.name"
const core = { apiVersion: 'v1', kind: 'ConfigMap' }
const globally = { apiVersion: 'policies.example.com/v1', kind: 'ClusterLimit' }

const paramCases: Case[] = [
  { what: 'params: no reference', spec: { paramKind: core, ...tells(paramTells) }, requests: [create('a')] },
  {
    what: 'params: a reference, and no kind',
    spec: tells("'none'"),
    bindings: [ref({ name: 'x' })],
    requests: [create('a')],
  },
  {
    what: 'params: a ConfigMap of the namespace',
    spec: { paramKind: core, ...tells(paramTells) },
    bindings: [ref({ name: 'settings' })],
    before: [create('settings', { a: 'b' })],
    requests: [create('a')],
  },
  {
    what: 'params: a ConfigMap of another namespace',
    spec: { paramKind: core, ...tells("params.metadata.namespace + ''") },
    bindings: [ref({ name: 'settings', namespace: 'NS-y' })],
    before: [
      post('/api/v1/namespaces', { metadata: { name: 'NS-y' } }),
      post('/api/v1/namespaces/NS-y/configmaps', map('settings')),
    ],
    requests: [create('a')],
  },
  {
    what: 'params: a Secret',
    spec: { paramKind: { apiVersion: 'v1', kind: 'Secret' }, ...tells("params.kind + ' ' + params.data.a") },
    bindings: [ref({ name: 's' })],
    before: [post(`${base}/secrets`, { metadata: { name: 's' }, stringData: { a: 'b' } })],
    requests: [create('a')],
  },
  {
    what: 'params: a Namespace',
    spec: { paramKind: { apiVersion: 'v1', kind: 'Namespace' }, ...tells(paramTells) },
    bindings: [ref({ name: 'NS' })],
    requests: [create('a')],
  },
  {
    what: 'params: another version of a built-in kind',
    spec: {
      paramKind: { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler' },
      ...tells("params.apiVersion + ' ' + string(params.spec.maxReplicas)"),
    },
    bindings: [ref({ name: 'h' })],
    before: [scaler('v2', 'h')],
    requests: [create('a')],
  },
  {
    what: 'params: a custom kind',
    spec: { paramKind: limits, ...tells("params.kind + ' ' + params.apiVersion + ' ' + string(params.spec.n + 1)") },
    bindings: [ref({ name: 'l' })],
    before: [limit('l', { n: 3 })],
    requests: [create('a')],
  },
  {
    what: 'params: another version of a custom kind',
    spec: { paramKind: { ...limits, apiVersion: 'policies.example.com/v1beta1' }, ...tells("params.apiVersion + ''") },
    bindings: [ref({ name: 'l' })],
    before: [limit('l', { n: 3 })],
    requests: [create('a')],
  },
  {
    what: 'params: a custom kind of the cluster',
    spec: { paramKind: globally, ...tells('params.spec.words.join(",")') },
    bindings: [ref({ name: 'NS' })],
    before: [clusterLimit('NS', { words: ['a', 'b'] })],
    requests: [create('a')],
  },
  {
    what: 'params: not there, and allowed',
    spec: { paramKind: limits, ...only('false') },
    bindings: [ref({ name: 'none' }, 'Allow')],
    requests: [create('a')],
  },
  {
    what: 'params: by labels',
    spec: { paramKind: limits, ...only('params.spec.n > 3', { messageExpression: "string(params.spec.n) + ' is too few'" }) },
    bindings: [ref({ selector: { matchLabels: { use: 'yes' } } })],
    before: [limit('a', { n: 4 }, { use: 'yes' }), limit('b', { n: 2 }, { use: 'yes' }), limit('c', { n: 1 })],
    requests: [create('a')],
  },
  {
    what: 'params: all',
    spec: { paramKind: limits, ...only('params.spec.n > 3') },
    bindings: [ref({ selector: {} })],
    before: [limit('a', { n: 4 }), limit('b', { n: 5 })],
    requests: [create('a')],
  },
  {
    what: 'params: by labels that nothing has',
    spec: { paramKind: limits, ...only('false') },
    bindings: [ref({ selector: { matchLabels: { use: 'no' } } })],
    before: [limit('a', { n: 4 })],
    requests: [create('a')],
  },
  {
    what: 'params: by labels that nothing has, and allowed',
    spec: { paramKind: limits, ...only('false') },
    bindings: [ref({ selector: { matchLabels: { use: 'no' } } }, 'Allow')],
    before: [limit('a', { n: 4 })],
    requests: [create('a')],
  },
  {
    what: 'params: in the namespace of what is in none',
    spec: { paramKind: limits, ...only('false'), ...concerning(['clusterroles'], {}, { resourceNames: ['NS-r'] }) },
    bindings: [ref({ name: 'l' })],
    requests: [role('NS-r')],
  },
  {
    what: 'params: in a namespace, for what is in none',
    spec: { paramKind: limits, ...tells(paramTells), ...concerning(['clusterroles'], {}, { resourceNames: ['NS-r'] }) },
    bindings: [ref({ name: 'l', namespace: 'NS' })],
    before: [limit('l', {})],
    requests: [role('NS-r')],
  },
  {
    what: 'params: in the namespace that is written',
    spec: { paramKind: limits, ...tells(paramTells), ...cluster({}, { operations: ['UPDATE'] }) },
    bindings: [ref({ name: 'l' })],
    before: [limit('l', {})],
    requests: [patch('/api/v1/namespaces/NS', { metadata: { labels: { x: 'y' } } })],
  },
  {
    what: 'params: in conditions',
    spec: {
      paramKind: limits,
      matchConditions: [{ name: 'c', expression: 'object.metadata.name == params.spec.name' }],
      ...only('false'),
    },
    bindings: [ref({ name: 'l' })],
    before: [limit('l', { name: 'b' })],
    requests: [create('a'), create('b')],
  },
]

const variables: Case[] = [
  {
    what: 'variables: of each type',
    spec: {
      variables: [
        { name: 'n', expression: 'size(object.metadata.name)' },
        { name: 'list', expression: '[1, 2].map(x, x + variables.n)' },
        { name: 'map', expression: "{'a': variables.list}" },
        { name: 'dyn', expression: 'object.data' },
        { name: 'opt', expression: "object.data[?'no'].orValue('other')" },
        { name: 'quantity', expression: "quantity('1Gi')" },
      ],
      ...tells(
        "string(variables.n) + ' ' + variables.map['a'].map(x, string(x)).join(',') + ' ' + variables.dyn.a + ' ' + variables.opt + ' ' + string(variables.quantity.isGreaterThan(quantity('1Mi')))",
      ),
    },
    requests: [create('abc', { a: 'b' })],
  },
  {
    what: 'variables: whether they are there',
    spec: {
      variables: [{ name: 'v', expression: 'object.data.no' }],
      ...tells("string(has(variables.v)) + ''"),
    },
    requests: [create('a', { no: 'y' }), create('b', { a: 'b' })],
  },
  {
    what: 'variables: one that asks, in a message',
    spec: {
      variables: [{ name: 'may', expression: "authorizer.requestResource.check('get').allowed()" }],
      validations: [{ expression: '!variables.may', messageExpression: "'may: ' + string(variables.may)", message: 'plain' }],
    },
    requests: [create('a')],
  },
  {
    what: 'variables: never needed',
    spec: { variables: [{ name: 'v', expression: dear }], ...only('true || variables.v') },
    requests: [create('a')],
  },
  {
    what: 'variables: all that may be spent',
    spec: {
      variables: Array.from({ length: 20 }, (_, index) => ({ name: `v${index}`, expression: asks('get', 'list') })),
      ...only(Array.from({ length: 20 }, (_, index) => `variables.v${index}`).join(' && ')),
    },
    requests: [create('a')],
  },
  {
    what: 'spent by validations',
    spec: { validations: Array.from({ length: 15 }, () => ({ expression: asks('get', 'list') })) },
    requests: [create('a')],
  },
  ...['true', 'false'].map((last) => ({
    what: `spent by validations, then by messages: ${last}`,
    spec: {
      validations: [
        ...Array.from({ length: 13 }, () => ({ expression: asks('get', 'list') })),
        ...Array.from({ length: 3 }, () => ({ expression: last, messageExpression: `${loops(5)} ? 'a' : 'b'` })),
      ],
    },
    requests: [create('a')],
  })),
]

const asking: Case[] = [
  ...['admin', 'nobody'].map((user) => ({
    what: `what ${user} may`,
    spec: {
      validations: [
        {
          expression:
            "authorizer.requestResource.check('delete').allowed() && authorizer.group('').resource('secrets').namespace('NS').name('s').subresource('x').check('get').allowed()",
          message: 'may not',
        },
        { expression: "authorizer.path('/metrics').check('get').allowed()", message: 'no path' },
      ],
    },
    before: [
      post('/apis/rbac.authorization.k8s.io/v1/namespaces/NS/rolebindings', {
        metadata: { name: 'b' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'nobody' }],
      }),
    ],
    requests: [user === 'admin' ? as('admin', create('a')) : { ...create('a'), headers: { 'impersonate-user': 'nobody' } }],
  })),
  {
    what: 'what an account may',
    spec: only("authorizer.serviceAccount('NS', 'a').group('').resource('configmaps').namespace('NS').check('get').allowed()", {
      message: 'it may not',
    }),
    requests: [create('a')],
  },
  {
    what: 'why it may',
    spec: {
      validations: [
        { expression: "authorizer.requestResource.check('get').reason() == ''", message: 'a reason' },
        { expression: "!authorizer.requestResource.check('get').errored()", message: 'an error' },
      ],
    },
    requests: [create('a')],
  },
]

const types: Case[] = [
  {
    what: 'what stands in an object',
    spec: {
      ...tells(
        "string(type(object.spec.replicas) == int) + ' ' + string(type(object.metadata.generation) == int) + ' ' + string(has(object.status)) + ' ' + string(has(object.metadata.managedFields)) + ' ' + string(type(object.metadata.creationTimestamp) == string) + ' ' + object.spec.strategy.type + ' ' + string(type(object.spec.strategy.rollingUpdate.maxSurge) == string) + ' ' + string(size(object.spec.template.spec.containers[0].resources))",
      ),
      ...concerning(['deployments']),
    },
    requests: [deployment('d')],
  },
  {
    what: 'what is not in an object',
    spec: {
      ...tells(
        'string(has(object.spec.paused)) + string(has(object.metadata.labels)) + string(has(object.metadata.annotations)) + string(has(object.spec.template.spec.nodeSelector)) + string(has(object.metadata.deletionTimestamp))',
      ),
      ...concerning(['deployments']),
    },
    requests: [deployment('d')],
  },
  {
    what: 'the namespace',
    namespaceLabels: { team: 'a' },
    spec: tells(
      "namespaceObject.metadata.labels['team'] + ' ' + namespaceObject.status.phase + ' ' + namespaceObject.spec.finalizers.join(',') + ' ' + string(has(namespaceObject.metadata.annotations)) + ' ' + string('kind' in dyn(namespaceObject))",
    ),
    requests: [create('a')],
  },
  {
    what: 'quantities, addresses, patterns',
    spec: {
      validations: [
        { expression: "quantity(object.data.q).isLessThan(quantity('1Gi'))", message: 'q' },
        { expression: 'isIP(object.data.ip) && ip(object.data.ip).family() == 4', message: 'ip' },
        { expression: "object.data.s.matches('^[a-z]+$')", message: 's' },
      ],
    },
    requests: [
      create('a', { q: '1Mi', ip: '1.2.3.4', s: 'abc' }),
      create('b', { q: '2Gi', ip: '1.2.3.4', s: 'abc' }),
      create('c', { q: 'x', ip: '1.2.3.4', s: 'abc' }),
      create('d', { q: '1', ip: '::1', s: 'abc' }),
      create('e', { q: '1', ip: '1.2.3.4', s: 'ABC' }),
    ],
  },
  {
    what: 'what was before',
    spec: {
      validations: [
        {
          expression: 'oldObject == null || object == null || oldObject.data == object.data',
          messageExpression: "'from ' + oldObject.data.a + ' to ' + object.data.a",
        },
      ],
    },
    before: [create('a', { a: 'x' })],
    requests: [
      patch(`${maps}/a`, { metadata: { labels: { l: 'm' } } }),
      patch(`${maps}/a`, { data: { a: 'y' } }),
      remove(`${maps}/a`),
    ],
  },
]

/** What public reports tell of, as their authors wrote it. */
const reports: Case[] = [
  {
    what: 'report: the object of a deletion (kyverno 10576, 14136, gatekeeper 144)',
    spec: { ...only('!has(object.spec.hostNetwork)', { message: 'm' }), ...ofMaps('DELETE') },
    before: [create('a')],
    requests: [remove(`${maps}/a`)],
  },
  {
    what: 'report: a message about the object of a deletion (deckhouse 21756)',
    spec: {
      ...only("request.userInfo.username == 'x'", {
        reason: 'Forbidden',
        messageExpression: "object.kind == 'Namespace' ? 'a' : 'b'",
      }),
      ...ofMaps('DELETE'),
    },
    before: [create('a')],
    requests: [remove(`${maps}/a`)],
  },
  {
    what: 'report: labels that are not there (ovn-kubernetes 3272)',
    spec: {
      validations: [
        {
          expression: "!(has(oldObject.metadata.labels) && oldObject.metadata.labels['x/protected'] == 'true')",
          message: 'protected',
        },
      ],
      ...ofMaps('DELETE'),
    },
    before: [create('a'), create('b', {}, { labels: { y: 'z' } }), create('c', {}, { labels: { 'x/protected': 'true' } })],
    requests: [remove(`${maps}/a`), remove(`${maps}/b`), remove(`${maps}/c`)],
  },
  {
    what: 'report: parts that may not be there (charts 280, website 54383)',
    spec: {
      validations: [
        { expression: 'object.spec.template.spec.?securityContext.?runAsNonRoot.orValue(false) == true', message: 'root' },
        {
          expression:
            'object.spec.template.spec.containers.all(c, !has(c.securityContext) || !has(c.securityContext.privileged) || c.securityContext.privileged == false)',
        },
        {
          expression:
            "object.spec.template.spec.containers.all(c, quantity(c.resources.limits['memory']).isLessThan(quantity('1Gi')))",
        },
      ],
      ...concerning(['deployments']),
    },
    requests: [deployment('d')],
  },
  {
    what: 'report: a Secret of a type (kyverno 9351)',
    spec: {
      validations: [
        {
          expression: "!has(object.type) || object.type != 'kubernetes.io/service-account-token'",
          message: 'long lived API tokens are not allowed',
        },
        { expression: '!has(object.automountServiceAccountToken)', message: 'automounting of tokens is not allowed' },
      ],
      ...concerning(['secrets']),
    },
    requests: [
      post(`${base}/secrets`, { metadata: { name: 's' } }),
      post(`${base}/secrets`, { metadata: { name: 't' }, type: 'kubernetes.io/basic-auth', stringData: { username: 'a' } }),
    ],
  },
  {
    what: 'report: every ConfigMap of the namespace as params (kubernetes 125777, 135497)',
    spec: {
      paramKind: core,
      ...only(
        'object.metadata.name == params.metadata.name || !has(params.data) || !has(params.data.host) || params.data.host != object.data.host',
        {
          message: 'taken',
        },
      ),
    },
    bindings: [ref({ selector: {} })],
    before: [create('one', { host: 'a' })],
    requests: [create('two', { host: 'b' }), create('three', { host: 'a' }), patch(`${maps}/one`, { data: { x: 'y' } })],
  },
  {
    what: 'report: who is exempt (website 40200)',
    spec: {
      matchConditions: [
        {
          name: 'exclude-leases',
          expression: "!(request.resource.group == 'coordination.k8s.io' && request.resource.resource == 'leases')",
        },
        { name: 'exclude-kubelet-requests', expression: "!('system:nodes' in request.userInfo.groups)" },
        { name: 'rbac', expression: "request.resource.group != 'rbac.authorization.k8s.io'" },
      ],
      ...only('false'),
      ...concerning(['configmaps', 'leases'], {}, { operations: ['CREATE'] }),
    },
    requests: [
      create('a'),
      post('/apis/coordination.k8s.io/v1/namespaces/NS/leases', { metadata: { name: 'l' }, spec: {} }),
      { ...create('b'), headers: { 'impersonate-user': 'n', 'impersonate-group': ['system:nodes', 'system:masters'] } },
    ],
  },
  {
    what: 'report: what a subresource changes',
    spec: {
      ...tells(
        "request.subResource + ' ' + object.kind + ' ' + oldObject.kind + ' ' + string(has(object.spec.ephemeralContainers))",
      ),
      ...concerning(['pods/ephemeralcontainers', 'pods/resize', 'namespaces/finalize', 'namespaces/status']),
    },
    before: [account, pod],
    requests: [
      patch(`${base}/pods/p/ephemeralcontainers`, { spec: { ephemeralContainers: [{ name: 'e', image: 'i' }] } }),
      patch(`${base}/pods/p/resize`, {
        spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '1' } } }] },
      }),
    ],
  },
  {
    what: 'report: numbers of two kinds',
    spec: {
      ...only('object.spec.replicas * 2 <= 5 && double(object.spec.replicas) * 1.5 < 4.0 && object.spec.replicas < 4.5'),
      ...concerning(['deployments']),
    },
    requests: [deployment('d')],
  },
]

export const cases: readonly Case[] = [
  ...messages,
  ...failures,
  ...actions,
  ...annotations,
  ...operations,
  ...matching,
  ...paramCases,
  ...variables,
  ...asking,
  ...types,
  ...reports,
]
