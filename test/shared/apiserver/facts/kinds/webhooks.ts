import { asTable, creations, patch, removals, type Said } from './conversation.ts'

const base = '/apis/admissionregistration.k8s.io/v1'
const validating = `${base}/validatingwebhookconfigurations`
const mutating = `${base}/mutatingwebhookconfigurations`

/** That concerns nothing there is: what is asked here must not wait for it. */
const rule = { operations: ['CREATE'], apiGroups: ['nowhere.example.com'], apiVersions: ['v1'], resources: ['nothings'] }
const hook = {
  name: 'a.example.com',
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
  clientConfig: { url: 'https://hook.example.com/path' },
  rules: [rule],
}
const one = (changes: object) => ({ webhooks: [{ ...hook, ...changes }] })
const client = (clientConfig: object) => one({ clientConfig })
const service = (changes: object) => client({ service: { namespace: 'facts', name: 'hook', ...changes } })
const rules = (changes: object) => one({ rules: [{ ...rule, ...changes }] })
const condition = (expression: string, name = 'a') => one({ matchConditions: [{ name, expression }] })

const bodies = {
  nothing: {},
  'no webhooks': { webhooks: [] },
  'an empty one': { webhooks: [{}] },
  'one with its defaults': { webhooks: [hook] },
  'two of one name': { webhooks: [hook, hook] },
  'two with names': { webhooks: [hook, { ...hook, name: 'b.example.com' }] },
  'a short name': one({ name: 'example.com' }),
  'a wrong name': one({ name: 'A_b.example.com' }),
  'no name': one({ name: '' }),
  'another failure policy': one({ failurePolicy: 'Maybe' }),
  'failures are ignored': one({ failurePolicy: 'Ignore' }),
  'another match policy': one({ matchPolicy: 'Similar' }),
  'an exact match': one({ matchPolicy: 'Exact' }),
  'some side effects': one({ sideEffects: 'Some' }),
  'unknown side effects': one({ sideEffects: 'Unknown' }),
  'no side effects on dry run': one({ sideEffects: 'NoneOnDryRun' }),
  'no word of side effects': one({ sideEffects: null }),
  'no time': one({ timeoutSeconds: 0 }),
  'too much time': one({ timeoutSeconds: 31 }),
  'most time': one({ timeoutSeconds: 30 }),
  'no review versions': one({ admissionReviewVersions: [] }),
  'the same version twice': one({ admissionReviewVersions: ['v1', 'v1'] }),
  'wrong versions': one({ admissionReviewVersions: ['V1', 'v2'] }),
  'an unknown version first': one({ admissionReviewVersions: ['v2', 'v1beta1'] }),
  'only an unknown version': one({ admissionReviewVersions: ['v2'] }),
  'no client': client({}),
  'no client at all': one({ clientConfig: null }),
  'two clients': client({ url: 'https://a.example.com', service: { namespace: 'a', name: 'b' } }),
  'a plain address': client({ url: 'http://a.example.com' }),
  'no address': client({ url: '' }),
  'a path for an address': client({ url: '/a' }),
  'an address without a host': client({ url: 'https:///a' }),
  'an address with a user': client({ url: 'https://a:b@c.example.com/' }),
  'an address with a query': client({ url: 'https://a.example.com/?b=c' }),
  'an address with a fragment': client({ url: 'https://a.example.com/#b' }),
  'an address with a port': client({ url: 'https://a.example.com:8443' }),
  'a service': service({}),
  'a service with a path': service({ path: '/a/b', port: 8443 }),
  'a service without a name': service({ name: '' }),
  'a service without a namespace': service({ namespace: '' }),
  'a service with port 0': service({ port: 0 }),
  'a service with a large port': service({ port: 70000 }),
  'a service with two slashes': service({ path: '//' }),
  'a service with an empty segment': service({ path: '/a//b/' }),
  'a service with a relative path': service({ path: 'a/b' }),
  'a service with a strange path': service({ path: '/A_b/c' }),
  'a bundle': client({ url: 'https://a.example.com', caBundle: 'YQ==' }),
  'a bundle that is no base64': client({ url: 'https://a.example.com', caBundle: 'a' }),
  'an empty rule': one({ rules: [{}] }),
  'no rules': one({ rules: [] }),
  'no operations': rules({ operations: [] }),
  'another operation': rules({ operations: ['create', ''] }),
  'all operations and one': rules({ operations: ['*', 'CREATE'] }),
  'all operations': rules({ operations: ['*'] }),
  connections: rules({ operations: ['CONNECT', 'DELETE', 'UPDATE'] }),
  'the core group': rules({ apiGroups: [''], resources: ['nothings'] }),
  'all groups and one': rules({ apiGroups: ['*', 'a'] }),
  'an empty version': rules({ apiVersions: ['', 'v1'] }),
  'all versions and one': rules({ apiVersions: ['*', 'v1'] }),
  'no resources': rules({ resources: [] }),
  'an empty resource': rules({ resources: ['', 'nothings'] }),
  'all subresources and one': rules({ resources: ['nothings/*', 'nothings/status'] }),
  'one of all resources, and of one': rules({ resources: ['*/status', 'nothings/status'] }),
  'everything and more': rules({ resources: ['*/*', 'nothings'] }),
  'all and one': rules({ resources: ['*', 'nothings'] }),
  'one and all': rules({ resources: ['nothings', '*'] }),
  'all and a subresource': rules({ resources: ['*', 'nothings/status'] }),
  'another scope': rules({ scope: 'Namespace' }),
  'a scope': rules({ scope: 'Cluster' }),
  'a wrong namespace selector': one({ namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] } }),
  'a wrong object selector': one({ objectSelector: { matchLabels: { 'a b': 'c d' } } }),
  selectors: one({ namespaceSelector: { matchLabels: { a: 'b' } }, objectSelector: { matchLabels: { a: 'b' } } }),
  'a condition': condition('request.operation == "CREATE"'),
  'a condition of another type': condition('1'),
  'a condition that does not parse': condition('a ='),
  'a condition with an unknown name': condition('nobody.knows'),
  'a condition about params': condition('params.a == 1'),
  'an empty condition': condition(' '),
  'a condition without a name': condition('true', ''),
  'a condition with a wrong name': condition('true', 'a b'),
  'two conditions of one name': one({
    matchConditions: [
      { name: 'a', expression: 'true' },
      { name: 'a', expression: 'false' },
    ],
  }),
  'too many conditions': one({
    matchConditions: Array.from({ length: 65 }, (_, index) => ({ name: `a${index}`, expression: 'true' })),
  }),
  'an unknown field': one({ nobody: 'knows' }),
  'a wrong type': one({ rules: 'a' }),
  'no reinvocation': one({ reinvocationPolicy: 'Never' }),
}

const changing = {
  nothing: {},
  'its defaults': { webhooks: [hook] },
  'an empty one': { webhooks: [{}] },
  never: one({ reinvocationPolicy: 'Never' }),
  'if needed': one({ reinvocationPolicy: 'IfNeeded' }),
  'another reinvocation': one({ reinvocationPolicy: 'Always' }),
}

const named = (name: string, webhooks: object[] = [hook]) => ({ metadata: { name }, webhooks })

const merge = (what: string, body: object): Said => ({
  ...patch(what, `${validating}/facts-one`, body),
  type: 'application/strategic-merge-patch+json',
})

export const webhooks: readonly Said[] = [
  ...creations(validating, bodies),
  ...creations(mutating, changing),
  { what: 'one is made', method: 'POST', path: validating, body: named('facts-one') },
  { what: 'of those that change objects, too', method: 'POST', path: mutating, body: named('facts-one') },
  {
    what: 'an update without a revision',
    method: 'PUT',
    path: `${validating}/facts-one`,
    body: named('facts-one', [{ ...hook, timeoutSeconds: 3 }]),
  },
  patch('a label is no new generation', `${validating}/facts-one`, { metadata: { labels: { a: 'b' } } }),
  merge('another time is', { webhooks: [{ name: 'a.example.com', timeoutSeconds: 3 }] }),
  merge('webhooks are merged by name', { webhooks: [{ ...hook, name: 'b.example.com' }] }),
  merge('a wrong condition', {
    webhooks: [{ name: 'b.example.com', matchConditions: [{ name: 'a', expression: 'a =' }] }],
  }),
  { what: 'a table', path: `${validating}/facts-one`, accept: asTable },
  { what: 'a table of those that change objects', path: `${mutating}/facts-one`, accept: asTable },
  { what: 'there is no status', path: `${validating}/facts-one/status` },
  { what: 'it is deleted', method: 'DELETE', path: `${validating}/facts-one` },
  { what: 'the other too', method: 'DELETE', path: `${mutating}/facts-one` },
  ...removals(validating, bodies),
  ...removals(mutating, changing),
]
