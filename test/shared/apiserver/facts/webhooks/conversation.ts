import type { ReceivedReview, WebhookServer } from '../../admission/webhooks/webhook-server.ts'
import { type BehaviourName, behaviours } from './behaviours.ts'

/** One request to the API server; what comes before it has happened when it is made. */
export interface Said {
  readonly what: string
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly type?: string
}

/** What a client sees of an answer, and what webhooks saw of the request, less what is another each time. */
export interface Heard {
  readonly code: number
  readonly warning?: string
  readonly body: unknown
  readonly reviews?: readonly unknown[]
}

export const namespace = 'facts-of-webhooks'
/** all that happens there is shown to webhooks */
export const watched = 'facts-of-reviews'

const anything = { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] }
const variants = {
  mutating: { mutating: true, failurePolicy: 'Fail', versions: ['v1'] },
  validating: { mutating: false, failurePolicy: 'Fail', versions: ['v1'] },
  'ignored-mutating': { mutating: true, failurePolicy: 'Ignore', versions: ['v1'] },
  'ignored-validating': { mutating: false, failurePolicy: 'Ignore', versions: ['v1'] },
  'old-mutating': { mutating: true, failurePolicy: 'Fail', versions: ['v1beta1', 'v1'] },
  'old-validating': { mutating: false, failurePolicy: 'Fail', versions: ['v1beta1', 'v1'] },
} as const

const names = Object.keys(behaviours) as BehaviourName[]
const cases = Object.entries(variants).flatMap(([variant, options]) => names.map((name) => ({ variant, name, ...options })))

type Case = (typeof cases)[number]

const hookOf = ({ variant, name, failurePolicy, versions }: Case, { url, caBundle }: WebhookServer) => ({
  name: `${name}.${variant}.example.com`,
  clientConfig: { url: `${url}/${name}`, caBundle },
  rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }],
  objectSelector: { matchLabels: { behaviour: `${variant}.${name}` } },
  failurePolicy,
  admissionReviewVersions: versions,
  sideEffects: 'None',
})

const watching = (name: string, { url, caBundle }: WebhookServer, changes: object = {}) => ({
  name,
  clientConfig: { url: `${url}/${name}`, caBundle },
  rules: [anything],
  namespaceSelector: { matchLabels: { watched: 'yes' } },
  failurePolicy: 'Fail',
  admissionReviewVersions: ['v1'],
  sideEffects: 'NoneOnDryRun',
  ...changes,
})

/** Shown by another version than they are asked for. */
const equivalent = [
  { operations: ['CREATE'], apiGroups: ['autoscaling'], apiVersions: ['v1'], resources: ['horizontalpodautoscalers'] },
  { operations: ['CREATE'], apiGroups: ['events.k8s.io'], apiVersions: ['v1'], resources: ['events'] },
]

/** Both configurations, for a server that answers as `answerOf` does. */
export const configurations = (server: WebhookServer) => ({
  mutatingwebhookconfigurations: [
    ...cases.filter(({ mutating }) => mutating).map((one) => hookOf(one, server)),
    watching('mutating.watching.example.com', server),
  ],
  validatingwebhookconfigurations: [
    ...cases.filter(({ mutating }) => !mutating).map((one) => hookOf(one, server)),
    watching('validating.watching.example.com', server),
    watching('equivalent.watching.example.com', server, { rules: equivalent }),
    watching('exact.watching.example.com', server, { rules: equivalent, matchPolicy: 'Exact' }),
    watching('conditional.watching.example.com', server, {
      matchConditions: [
        { name: 'configmaps', expression: 'request.resource.resource == "configmaps"' },
        { name: 'labelled', expression: 'has(object.metadata.labels) && object.metadata.labels["a"] == "b"' },
      ],
    }),
  ],
})

export const answerOf = (review: ReceivedReview) =>
  (behaviours[review.path.slice(1) as BehaviourName] ?? behaviours.allow)(review)

const inNamespace = (plural: string, base = '/api/v1') => `${base}/namespaces/${watched}/${plural}`
const maps = inNamespace('configmaps')
const pods = inNamespace('pods')
const accounts = inNamespace('serviceaccounts')
const deployments = inNamespace('deployments', '/apis/apps/v1')
const pod = (name: string) => ({
  metadata: { name, labels: { app: 'a' } },
  spec: { containers: [{ name: 'c', image: 'i' }], automountServiceAccountToken: false },
})
const deployment = {
  metadata: { name: 'web' },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'a' } },
    template: { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
  },
}
const scaler = {
  metadata: { name: 'scaler' },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    maxReplicas: 3,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }],
  },
}
const event = {
  metadata: { name: 'e' },
  involvedObject: { kind: 'Pod', namespace: watched, name: 'a' },
  reason: 'R',
  message: 'm',
  type: 'Normal',
}
const at = (what: string, method: string, path: string, body?: unknown, type?: string): Said => ({
  ...{ what, method, path, body },
  ...(type && { type }),
})
const applied = 'application/apply-patch+yaml'
const merge = 'application/merge-patch+json'

/** By what webhooks see of each. */
export const watchedRequests: readonly Said[] = [
  at('an account', 'POST', accounts, { metadata: { name: 'default' } }),
  at('a creation', 'POST', `${maps}?fieldManager=me&fieldValidation=Strict`, { metadata: { name: 'a' }, data: { a: 'b' } }),
  at('a creation with a label', 'POST', maps, { metadata: { name: 'labelled', labels: { a: 'b' } } }),
  at('a dry creation', 'POST', `${maps}?dryRun=All`, { metadata: { name: 'dry' } }),
  at('a creation without a name', 'POST', `${maps}?dryRun=All`, { metadata: { generateName: 'a-' } }),
  at('an update', 'PUT', `${maps}/a?fieldManager=me`, { metadata: { name: 'a' }, data: { a: 'c' } }),
  at('a patch', 'PATCH', `${maps}/a`, { data: { a: 'd' } }, merge),
  at('a patch by operations', 'PATCH', `${maps}/a`, [{ op: 'add', path: '/data/b', value: 'c' }], 'application/json-patch+json'),
  at(
    'what is applied anew',
    'PATCH',
    `${maps}/new?fieldManager=me&force=true`,
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'new' }, data: { a: 'b' } },
    applied,
  ),
  at(
    'what is applied again',
    'PATCH',
    `${maps}/new?fieldManager=me`,
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'new' }, data: { a: 'c' } },
    applied,
  ),
  at('a deletion', 'DELETE', `${maps}/a`),
  at('a deletion with options', 'DELETE', `${maps}/new`, {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    gracePeriodSeconds: 3,
    propagationPolicy: 'Background',
  }),
  at('a deletion with a query', 'DELETE', `${maps}/labelled?gracePeriodSeconds=5&dryRun=All`),
  at('a deletion of many', 'DELETE', `${maps}?labelSelector=a%3Db`),
  at('a deployment', 'POST', deployments, deployment),
  at('its scale', 'PUT', `${deployments}/web/scale`, { metadata: { name: 'web' }, spec: { replicas: 2 } }),
  at('its scale, patched', 'PATCH', `${deployments}/web/scale`, { spec: { replicas: 3 } }, merge),
  at('its status', 'PATCH', `${deployments}/web/status`, { status: { replicas: 1 } }, merge),
  at('a pod', 'POST', pods, pod('a')),
  at('a pod for an eviction', 'POST', pods, pod('b')),
  at('a pod for a binding', 'POST', pods, pod('c')),
  at('a binding', 'POST', `${pods}/a/binding`, { metadata: { name: 'a' }, target: { kind: 'Node', name: 'n' } }),
  at('a binding in the old way', 'POST', inNamespace('bindings'), {
    metadata: { name: 'c' },
    target: { kind: 'Node', name: 'n' },
  }),
  at('an eviction', 'POST', `${pods}/b/eviction`, {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name: 'b' },
    deleteOptions: { gracePeriodSeconds: 0 },
  }),
  at('a status', 'PATCH', `${pods}/a/status`, { status: { message: 'm' } }, merge),
  at(
    'a resize',
    'PATCH',
    `${pods}/a/resize`,
    { spec: { containers: [{ name: 'c', resources: { requests: { cpu: '1' } } }] } },
    merge,
  ),
  at('a token', 'POST', `${accounts}/default/token`, { spec: { expirationSeconds: 3600, audiences: ['a'] } }),
  at('an execution', 'POST', `${pods}/nobody/exec?command=ls&command=-l&container=c&stdin=true&tty=1`),
  at('an execution of nothing', 'GET', `${pods}/nobody/exec`),
  at('an attachment', 'POST', `${pods}/nobody/attach?stderr=true`),
  at('a forwarded port', 'POST', `${pods}/nobody/portforward?ports=80&ports=81`),
  at('a forwarded port of none', 'GET', `${pods}/nobody/portforward`),
  at('a proxied pod', 'GET', `${pods}/nobody/proxy/a/b?c=d`),
  at('a proxied pod without a path', 'GET', `${pods}/nobody/proxy`),
  at('a proxied service', 'DELETE', inNamespace('services/nobody/proxy/')),
  at('an access review', 'POST', inNamespace('localsubjectaccessreviews', '/apis/authorization.k8s.io/v1'), {
    metadata: { namespace: watched },
    spec: { user: 'a', resourceAttributes: { namespace: watched, verb: 'get', resource: 'pods' } },
  }),
  at('a scaler', 'POST', inNamespace('horizontalpodautoscalers', '/apis/autoscaling/v2'), scaler),
  at('an event', 'POST', inNamespace('events'), event),
  at('its namespace', 'PATCH', `/api/v1/namespaces/${watched}`, { metadata: { labels: { more: 'yes' } } }, merge),
  at(
    'the status of its namespace',
    'PATCH',
    `/api/v1/namespaces/${watched}/status`,
    { metadata: { annotations: { a: 'b' } } },
    merge,
  ),
  at('what is read', 'GET', `${pods}/a`),
]

/** By what becomes of the request. */
export const behaving: readonly Said[] = cases.map(({ variant, name }) =>
  at(`${variant}: ${name}`, 'POST', `/api/v1/namespaces/${namespace}/configmaps`, {
    metadata: { name: `${variant}.${name}`, labels: { behaviour: `${variant}.${name}`, a: 'b' } },
    data: { a: 'b' },
  }),
)

const generated = /^a-[a-z0-9]{5}$/
const uid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g
const address = /https:\/\/127\.0\.0\.1:\d+/g
const changing = new Set(['uid', 'resourceVersion', 'creationTimestamp', 'deletionTimestamp', 'managedFields'])
/** of fields whose times and tokens are another each time */
const secret = new Set(['token', 'expirationTimestamp', 'lastTransitionTime'])

/** That they are there is told, what they are is not. */
const steady = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(steady)
  if (typeof value === 'string')
    return value.replaceAll(uid, '(uid)').replaceAll(address, 'https://webhook').replace(generated, 'a-(name)')
  if (typeof value !== 'object' || value === null) return value
  if (Object.hasOwn(value, 'kind') && untracked.has((value as { kind: unknown }).kind)) return untrackedObject(value)
  return fieldsOf(value)
}

/** Ours does not say who owns fields of what is not stored. */
const untracked = new Set<unknown>(['Binding', 'Eviction', 'TokenRequest'])
const untrackedObject = ({ metadata, ...rest }: { metadata?: { managedFields?: unknown } }) => {
  const { managedFields: _managedFields, ...others } = metadata ?? {}
  return fieldsOf({ ...rest, ...(metadata && { metadata: others }) })
}

const fieldsOf = (value: object): unknown => {
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      (changing.has(name) && field) || secret.has(name) ? '(set)' : steady(field),
    ]),
  )
}

/** The administrators of the two are two people. */
const reviewOf = ({ path, query, headers, apiVersion, request }: ReceivedReview) => ({
  path: path.slice(1) + query,
  headers: { accept: headers.accept, 'content-type': headers['content-type'], 'user-agent': headers['user-agent'] },
  apiVersion,
  request: {
    ...(steady(request) as object),
    userInfo: Object.keys((request as { userInfo?: object }).userInfo ?? {}).length > 1,
  },
})

export const heardOf = (
  { code, warning, text }: { code: number; warning: string | undefined; text: string },
  reviews: readonly ReceivedReview[] | undefined,
): Heard => {
  const shown = reviews
    ?.map(reviewOf)
    // those that are asked in parallel come in any order
    .sort((a, b) => (a.path < b.path ? -1 : 1))
  const body: unknown = /^\{/.test(text) ? JSON.parse(text) : text
  return { code, ...(warning && { warning }), body: steady(body), ...(shown && { reviews: shown }) }
}
