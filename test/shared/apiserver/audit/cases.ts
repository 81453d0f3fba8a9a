import type { User } from '../../../../shared/apiserver/request.ts'

export interface AuditedCase {
  readonly name: string
  readonly method?: string
  readonly path: string
  readonly body?: unknown
  readonly type?: string
  /** whom the administrator is for this request */
  readonly as?: string
  readonly unknown?: true
  readonly watch?: true
}

const a = '/api/v1/namespaces/audit-a'
const merge = 'application/merge-patch+json'
const apply = 'application/apply-patch+yaml'
const configMap = (name: string, data: object = { a: 'b' }) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data })
const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, stringData: { password: 'swordfish' } }
const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'x' },
  spec: { type: 'ExternalName', externalName: 'x.example' },
}
const replicaSet = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: 'r' },
  spec: {
    replicas: 0,
    selector: { matchLabels: { a: 'b' } },
    template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'x' }] } },
  },
}

/** In order, on a server where there is the namespace audit-a. */
export const cases: readonly AuditedCase[] = [
  { name: 'health', path: '/healthz' },
  { name: 'version', path: '/version?timeout=32s' },
  { name: 'path', path: '/apis' },
  { name: 'no path', path: '/apix' },
  { name: 'secret', method: 'POST', path: `${a}/secrets`, body: secret },
  { name: 'get secret', path: `${a}/secrets/s` },
  { name: 'patch secret', method: 'PATCH', path: `${a}/secrets/s`, type: merge, body: { data: null } },
  { name: 'list secrets', path: `${a}/secrets?limit=5` },
  { name: 'create', method: 'POST', path: `${a}/configmaps`, body: configMap('c') },
  { name: 'create again', method: 'POST', path: `${a}/configmaps`, body: configMap('c') },
  { name: 'create wrong', method: 'POST', path: `${a}/configmaps`, body: configMap('C!') },
  { name: 'create by generateName', method: 'POST', path: `${a}/configmaps`, body: { metadata: { generateName: 'g-' } } },
  { name: 'create garbage', method: 'POST', path: `${a}/configmaps`, body: '{"a":' },
  { name: 'update', method: 'PUT', path: `${a}/configmaps/c`, body: configMap('c', { a: 'c' }) },
  { name: 'merge', method: 'PATCH', path: `${a}/configmaps/c`, type: merge, body: { data: { x: 'y' } } },
  { name: 'apply', method: 'PATCH', path: `${a}/configmaps/d?fieldManager=t`, type: apply, body: configMap('d') },
  { name: 'get', path: `${a}/configmaps/c` },
  { name: 'get none', path: `${a}/configmaps/none` },
  { name: 'quiet', path: `${a}/configmaps/quiet` },
  { name: 'list', path: `${a}/configmaps?labelSelector=a%3Db` },
  { name: 'dry run', method: 'POST', path: `${a}/configmaps?dryRun=All`, body: configMap('dry') },
  { name: 'delete', method: 'DELETE', path: `${a}/configmaps/d`, body: { propagationPolicy: 'Background' } },
  { name: 'delete bare', method: 'DELETE', path: `${a}/configmaps/c` },
  { name: 'delete collection', method: 'DELETE', path: `${a}/configmaps?labelSelector=none` },
  { name: 'service', method: 'POST', path: `${a}/services`, body: service },
  { name: 'get service', path: `${a}/services/x` },
  { name: 'list services', path: `${a}/services` },
  { name: 'service as another', path: `${a}/services/x`, as: 'eve' },
  { name: 'no service', path: `${a}/services/none` },
  { name: 'replica set', method: 'POST', path: '/apis/apps/v1/namespaces/audit-a/replicasets', body: replicaSet },
  { name: 'get scale', path: '/apis/apps/v1/namespaces/audit-a/replicasets/r/scale' },
  {
    name: 'patch scale',
    method: 'PATCH',
    path: '/apis/apps/v1/namespaces/audit-a/replicasets/r/scale',
    type: merge,
    body: { spec: { replicas: 0 } },
  },
  { name: 'get status', path: '/apis/apps/v1/namespaces/audit-a/replicasets/r/status' },
  { name: 'watch', path: `${a}/services?watch=true&timeoutSeconds=1`, watch: true },
  { name: 'watch endpoints', path: `${a}/endpoints?watch=true&timeoutSeconds=1`, watch: true },
  { name: 'namespace', path: '/api/v1/namespaces/audit-a' },
  { name: 'namespaces', path: '/api/v1/namespaces?fieldSelector=metadata.name%3Daudit-a' },
  { name: 'not served', path: `${a}/nothings` },
  { name: 'unauthenticated', path: `${a}/services/x`, unknown: true },
  { name: 'node', path: `${a}/services/x`, as: 'system:kube-scheduler' },
]

export const admin: User = { name: 'admin', groups: ['system:masters', 'system:authenticated'] }

/** What must differ, or is no answer: times, ids, who the client is. */
export const comparable = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(comparable)
  if (typeof value !== 'object' || value === null) return value
  const left = Object.entries(value).flatMap(([key, one]) => {
    if (changing.has(key)) return one === undefined ? [] : [[key, '*'] as const]
    // of the certificate that a client shows
    if (key === 'extra') return []
    return [[key, comparable(one)] as const]
  })
  return Object.fromEntries(left)
}
const changing = new Set([
  'auditID',
  'requestReceivedTimestamp',
  'stageTimestamp',
  'sourceIPs',
  'userAgent',
  'uid',
  'resourceVersion',
  'creationTimestamp',
])
