import { asTable, creations, namespace, patch, removals, type Said } from './conversation.ts'

const base = '/apis/admissionregistration.k8s.io/v1'
const policies = `${base}/validatingadmissionpolicies`
const bindings = `${base}/validatingadmissionpolicybindings`

const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }
const matchConstraints = { resourceRules: [rule] }
const validations = [{ expression: 'true' }]
const spec = (more: object = {}) => ({ spec: { matchConstraints, validations, ...more } })
const rules = (...resourceRules: object[]) => spec({ matchConstraints: { resourceRules } })
const validation = (one: object, more: object = {}) => spec({ validations: [one], ...more })
const variables = (...some: object[]) => spec({ variables: some, validations: [{ expression: 'size(variables.a) == 1' }] })
const annotations = (...auditAnnotations: object[]) => spec({ auditAnnotations })
const conditions = (...matchConditions: object[]) => spec({ matchConditions })
const kind = (apiVersion: string, name = 'ConfigMap') => spec({ paramKind: { apiVersion, kind: name } })

const somePolicies = {
  nothing: {},
  'an empty spec': { spec: {} },
  'no rules': spec({ matchConstraints: {} }),
  'a rule': spec(),
  'everything said': {
    spec: {
      failurePolicy: 'Ignore',
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      matchConstraints: {
        matchPolicy: 'Exact',
        namespaceSelector: { matchLabels: { a: 'b' } },
        objectSelector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] },
        resourceRules: [{ ...rule, scope: 'Namespaced', resourceNames: ['a'] }],
        excludeResourceRules: [rule],
      },
      matchConditions: [{ name: 'a.b/c', expression: "params.data.a == 'b'" }],
      variables: [{ name: 'v', expression: 'object.spec' }],
      validations: [
        { expression: 'has(variables.v)', message: 'm', messageExpression: "'a' + params.data.a", reason: 'Forbidden' },
      ],
      auditAnnotations: [{ key: 'k', valueExpression: 'variables.v.nodeName + string(1)' }],
    },
    status: { observedGeneration: 5 },
  },
  'a wrong failure policy': spec({ failurePolicy: 'x' }),
  'an empty failure policy': spec({ failurePolicy: '' }),
  'a wrong match policy': spec({ matchConstraints: { ...matchConstraints, matchPolicy: 'x' } }),
  'wrong selectors': spec({
    matchConstraints: {
      ...matchConstraints,
      namespaceSelector: { matchLabels: { 'a b': 'c' } },
      objectSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] },
    },
  }),
  'an empty rule': rules({}),
  'a rule of empty texts': rules({ apiGroups: [''], apiVersions: [''], operations: [''], resources: [''] }),
  'a rule of too much': rules({
    apiGroups: ['*', 'a'],
    apiVersions: ['*', 'v1'],
    operations: ['*', 'CREATE'],
    resources: ['*', 'pods', 'pods/*', 'pods/log', '*/status', 'a/status', '*/*'],
    scope: 'x',
    resourceNames: ['a', 'a', 'b/c', '..'],
  }),
  'a wrong excluded rule': spec({ matchConstraints: { ...matchConstraints, excludeResourceRules: [{ resources: ['a/b'] }] } }),
  'no validations': spec({ validations: [] }),
  'annotations alone': spec({ validations: [], auditAnnotations: [{ key: 'k', valueExpression: 'null' }] }),
  'an empty validation': validation({}),
  'a validation of blanks': validation({ expression: ' ', message: ' ', messageExpression: ' ' }),
  'no truth value': validation({ expression: 'object.spec' }),
  'a number': validation({ expression: '1 + 1' }),
  'no expression': validation({ expression: 'object.' }),
  'several faults': validation({ expression: 'a + b + request.no' }),
  'a message of lines': validation({ expression: 'true', message: 'a\nb' }),
  'a message of lines around': validation({ expression: 'true', message: '\na\n' }),
  'a message expression of a number': validation({ expression: 'true', messageExpression: '1' }),
  'a message expression that is dynamic': validation({ expression: 'true', messageExpression: 'object.metadata.name' }),
  'a message expression that asks': validation({
    expression: 'true',
    messageExpression: "authorizer.path('/x').check('get').reason()",
  }),
  'a wrong reason': validation({ expression: 'true', reason: 'NotFound' }),
  'an empty reason': validation({ expression: 'true', reason: '' }),
  'params that are not there': validation({ expression: 'params.a == 1' }),
  'a wrong constant': validation({ expression: "timestamp('x') == timestamp('y')" }),
  'a wrong pattern': validation({ expression: "object.a.matches('(')" }),
  'a list of types': validation({ expression: '[request.userInfo, 1, 2u, b"a", duration("1s")]' }),
  'the object of the request': validation({ expression: 'request.object == null' }),
  'the uid of the request': validation({ expression: "request.uid == ''" }),
  'a field of the namespace': validation({ expression: "namespaceObject.metadata.uid == ''" }),
  'a field of the namespace in capitals': validation({ expression: "namespaceObject.metadata.UID == ''" }),
  'variables that are not there': validation({ expression: 'variables.a == 1' }),
  'other variables': validation({ expression: 'variables.b == 1' }, { variables: [{ name: 'a', expression: '1' }] }),
  'a variable': variables({ name: 'a', expression: "'x'" }),
  'an empty variable': variables({}),
  'a variable without expression': variables({ name: 'a', expression: ' ' }),
  'a variable with a wrong name': variables({ name: 'a-b', expression: '1' }, { name: 'a', expression: '[1]' }),
  'a variable with a reserved name': variables({ name: 'namespace', expression: '1' }, { name: 'a', expression: '[1]' }),
  'a variable of blanks': variables({ name: ' ', expression: '1' }, { name: 'a', expression: '[1]' }),
  'a variable that is no expression': variables({ name: 'a', expression: '1 +' }),
  'a variable that needs a later one': variables({ name: 'b', expression: 'variables.a' }, { name: 'a', expression: "'x'" }),
  'a variable of another type': variables({ name: 'a', expression: '1' }),
  'a variable of the request': variables({ name: 'a', expression: 'request.userInfo' }),
  'a variable twice': variables({ name: 'a', expression: '1' }, { name: 'a', expression: "'x'" }),
  'a variable of types': spec({
    variables: [
      { name: 'list', expression: '[request.userInfo]' },
      { name: 'map', expression: "{'a': [1]}" },
      { name: 'q', expression: "quantity('1')" },
    ],
    validations: [{ expression: "variables.list[0].no == 1 && variables.map['a'][0] == 1 && variables.q.no == 1" }],
  }),
  'a condition': conditions({ name: 'a', expression: 'true' }),
  'an empty condition': conditions({}),
  'a condition of blanks': conditions({ name: ' ', expression: ' ' }),
  'conditions of one name': conditions({ name: 'a', expression: 'true' }, { name: 'a', expression: 'false' }),
  'a condition with variables': conditions({ name: 'a', expression: 'variables.a' }),
  'a condition with params': conditions({ name: 'a', expression: 'params.a == 1' }),
  'a condition that is no truth': conditions({ name: 'a/b/c', expression: '  1' }),
  'too many conditions': conditions(...Array.from({ length: 65 }, (_, index) => ({ name: `c${index}`, expression: 'true' }))),
  'an empty annotation': annotations({}),
  'annotations of one key': annotations({ key: 'a', valueExpression: "'x'" }, { key: 'a', valueExpression: "'x'" }),
  'a wrong key': annotations({ key: 'a b', valueExpression: "'x'" }),
  'a key with a slash': annotations({ key: 'a/b', valueExpression: "'x'" }),
  'an annotation of a number': annotations({ key: 'a', valueExpression: ' 1' }),
  'an annotation that is dynamic': annotations({ key: 'a', valueExpression: 'object.metadata.name' }),
  'an annotation that is no expression': annotations({ key: 'a', valueExpression: ' x' }),
  'a long annotation': annotations({ key: 'a', valueExpression: `'${'x'.repeat(5119)}'` }),
  'too many annotations': annotations(
    ...Array.from({ length: 21 }, (_, index) => ({ key: `k${index}`, valueExpression: 'null' })),
  ),
  'a param kind': kind('apps/v1', 'Deployment'),
  'an empty param kind': spec({ paramKind: {} }),
  'a param kind of three parts': kind('a/b/c'),
  'a param kind of no version': kind('apps/'),
  'a param kind of a slash': kind('/'),
  'a param kind of capitals': kind('Apps/V1', 'a_b'),
  'a param kind of a bad group': kind('a_b/v1', '1A'),
  'a name of capitals': { metadata: { name: 'A b' }, ...spec({ auditAnnotations: [{ key: 'k', valueExpression: 'null' }] }) },
  'no name': { metadata: {}, ...spec({ auditAnnotations: [{ key: 'k', valueExpression: 'null' }] }) },
  'a long name': { metadata: { name: 'a'.repeat(254) }, ...spec({ auditAnnotations: [{ key: 'k', valueExpression: 'null' }] }) },
}

const binding = (more: object = {}) => ({ spec: { policyName: 'a', validationActions: ['Deny'], ...more } })
const ref = (paramRef: object) => binding({ paramRef })

const someBindings = {
  nothing: {},
  'an empty spec': { spec: {} },
  'a binding': binding(),
  'a wrong policy': binding({ policyName: 'A b' }),
  'no actions': binding({ validationActions: [] }),
  'wrong actions': binding({ validationActions: ['x', '', 'Deny', 'Deny'] }),
  'Deny and Warn': binding({ validationActions: ['Deny', 'Audit', 'Warn'] }),
  'Warn and Audit': binding({ validationActions: ['Warn', 'Audit'] }),
  resources: binding({ matchResources: { resourceRules: [rule] } }),
  'wrong resources': binding({ matchResources: { matchPolicy: 'x', resourceRules: [{}], excludeResourceRules: [{}] } }),
  'empty resources': binding({ matchResources: {} }),
  'an empty reference': ref({}),
  'a name': ref({ name: 'a', parameterNotFoundAction: 'Deny' }),
  'a name in a namespace': ref({ name: 'a', namespace: 'b', parameterNotFoundAction: 'Allow' }),
  'a selector': ref({ selector: { matchLabels: { b: 'c', a: 'b' } }, parameterNotFoundAction: 'Allow' }),
  'a selector of more': ref({
    selector: {
      matchExpressions: [
        { key: 'a', operator: 'In', values: ['b', 'c'] },
        { key: 'd', operator: 'Exists' },
      ],
    },
    parameterNotFoundAction: 'Allow',
  }),
  'an empty selector': ref({ selector: {}, parameterNotFoundAction: 'Allow' }),
  'a name and a selector': ref({ name: 'a', selector: { matchLabels: { 'a b': 'c' } }, parameterNotFoundAction: 'x' }),
  'a wrong name': ref({ name: 'a/b', parameterNotFoundAction: '' }),
  'another wrong name': ref({ name: '..' }),
}

const one = `${policies}/${namespace}-one`
const oneBinding = `${bindings}/${namespace}-one`
const as = (user: string): NonNullable<Said['headers']> => ({ 'impersonate-user': user })
const name = `${namespace}-writer`
const rbac = '/apis/rbac.authorization.k8s.io/v1'
const post = (what: string, path: string, body: object, headers?: Said['headers']): Said => ({
  what,
  method: 'POST',
  path,
  body,
  ...(headers && { headers }),
})
const named = (suffix: string, more: object) => ({ metadata: { name: `${namespace}-${suffix}` }, ...more })

/** Who may write policies, and read ConfigMaps but no Secrets. */
const access: Said[] = [
  post('a role of who writes policies', `${rbac}/clusterroles`, {
    metadata: { name },
    rules: [
      { apiGroups: ['admissionregistration.k8s.io'], resources: ['*'], verbs: ['*'] },
      { apiGroups: [''], resources: ['configmaps'], verbs: ['get'] },
    ],
  }),
  post('its binding', `${rbac}/clusterrolebindings`, {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'ann' }],
  }),
  { what: 'that it counts', path: `${policies}?limit=0`, headers: as('ann'), accept: asTable },
  post('params that one may read', policies, named('w1', kind('v1')), as('ann')),
  post('params that one may not read', policies, named('w2', kind('v1', 'Secret')), as('ann')),
  post('params that nobody serves', policies, named('w3', kind('v1', 'Nothing')), as('ann')),
  post('params of a group that nobody serves', policies, named('w3', kind('no.example.com/v1', 'Nothing')), as('ann')),
  { what: 'other params', method: 'PATCH', path: `${policies}/${namespace}-w1`, body: kind('v1', 'Secret'), headers: as('ann') },
  {
    what: 'the same params',
    method: 'PATCH',
    path: `${policies}/${namespace}-w1`,
    body: spec({ failurePolicy: 'Ignore' }),
    headers: as('ann'),
  },
  post('a policy of Secrets', policies, named('w4', kind('v1', 'Secret'))),
  post('a policy of nothing', policies, named('w5', kind('v1', 'Nothing'))),
  ...['w1', 'w4', 'w5', 'none'].flatMap((suffix) => [
    post(
      `a reference to one of ${suffix}`,
      `${bindings}?dryRun=All`,
      named(
        'b',
        binding({
          policyName: `${namespace}-${suffix}`,
          paramRef: { name: 'a', namespace: 'b', parameterNotFoundAction: 'Deny' },
        }),
      ),
      as('ann'),
    ),
    post(
      `a reference to some of ${suffix}`,
      `${bindings}?dryRun=All`,
      named('b', binding({ policyName: `${namespace}-${suffix}`, paramRef: { selector: {}, parameterNotFoundAction: 'Deny' } })),
      as('ann'),
    ),
  ]),
  ...['w1', 'w4', 'w5'].map((suffix) => ({
    what: `${suffix}: removed`,
    method: 'DELETE',
    path: `${policies}/${namespace}-${suffix}`,
  })),
  { what: 'the role: removed', method: 'DELETE', path: `${rbac}/clusterroles/${name}` },
  { what: 'its binding: removed', method: 'DELETE', path: `${rbac}/clusterrolebindings/${name}` },
]

const at = '2020-01-01T00:00:00Z'
const status = (what: string, body: object) => patch(what, `${one}/status`, { status: body })

export const admissionPolicies: readonly Said[] = [
  ...creations(policies, somePolicies),
  ...creations(bindings, someBindings),
  { what: 'a table of policies', path: policies, accept: asTable },
  { what: 'a table of bindings', path: bindings, accept: asTable },
  ...removals(policies, somePolicies),
  ...removals(bindings, someBindings),
  post('one policy', policies, { metadata: { name: `${namespace}-one` }, ...conditions({ name: 'a', expression: 'true' }) }),
  { what: 'an update without a revision', method: 'PUT', path: one, body: { metadata: { name: `${namespace}-one` }, ...spec() } },
  patch('another failure policy', one, { spec: { failurePolicy: 'Ignore' } }),
  patch('a label is no new generation', one, { metadata: { labels: { a: 'b' } } }),
  patch('a wrong condition', one, { spec: { matchConditions: [{ name: 'a', expression: '1' }] } }),
  patch('a wrong validation', one, { spec: { validations: [{ expression: '1' }] } }),
  patch('no rules any more', one, { spec: { matchConstraints: null } }),
  patch('a status by the way', one, { status: { observedGeneration: 3 } }),
  status('a status', {
    observedGeneration: 2,
    typeChecking: { expressionWarnings: [{ fieldRef: 'spec.validations[0].expression', warning: 'w' }] },
    conditions: [{ type: 'A', status: 'True', reason: 'x', lastTransitionTime: at, message: '' }],
  }),
  status('a wrong status', {
    typeChecking: {
      expressionWarnings: [
        { fieldRef: '', warning: '' },
        { fieldRef: ' ', warning: 'w' },
        { fieldRef: 'spec.validations[', warning: 'w' },
        { fieldRef: 'spec[x', warning: 'w' },
      ],
    },
    conditions: [{ type: 'A b', status: 'x' }],
  }),
  patch('a spec and labels by the status', `${one}/status`, {
    metadata: { labels: { c: 'd' } },
    spec: { failurePolicy: 'Fail' },
  }),
  { what: 'the status', path: `${one}/status` },
  { what: 'one removed', method: 'DELETE', path: one },
  post('one binding', bindings, { metadata: { name: `${namespace}-one` }, ...binding() }),
  patch('a binding of another policy', oneBinding, { spec: { policyName: 'b' } }),
  patch('other actions', oneBinding, { spec: { validationActions: ['Warn', 'Deny'] } }),
  patch('a label of a binding', oneBinding, { metadata: { labels: { a: 'b' } } }),
  { what: 'one binding removed', method: 'DELETE', path: oneBinding },
  ...access,
]
