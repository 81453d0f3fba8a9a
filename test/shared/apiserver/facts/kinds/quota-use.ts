import { namespace, patch, type Said } from './conversation.ts'

const space = (name: string) => `${namespace}-use-${name}`
const at = (name: string) => `/api/v1/namespaces/${space(name)}`
const post = (what: string, path: string, body: object): Said => ({ what, method: 'POST', path, body })

type Amounts = Readonly<Record<string, string>>
interface Quota {
  readonly hard: Amounts
  /** default: nothing is used */
  readonly used?: Amounts
  readonly more?: object
}

/** A namespace with quotas in effect, as a controller leaves them. */
const begin = (name: string, quotas: Readonly<Record<string, Quota>>): Said[] => [
  post(`${name}: namespace`, '/api/v1/namespaces', { metadata: { name: space(name) } }),
  post(`${name}: account`, `${at(name)}/serviceaccounts`, { metadata: { name: 'default' } }),
  ...Object.entries(quotas).flatMap(([quota, { hard, used, more }]) => [
    post(`${name}: quota ${quota}`, `${at(name)}/resourcequotas`, { metadata: { name: quota }, spec: { hard, ...more } }),
    patch(`${name}: quota ${quota} in effect`, `${at(name)}/resourcequotas/${quota}/status`, {
      status: { hard, used: used ?? Object.fromEntries(Object.keys(hard).map((resource) => [resource, '0'])) },
    }),
  ]),
]
const state = (name: string, what: string): Said => ({
  what: `${name}: ${what}`,
  path: `${at(name)}/resourcequotas`,
})
const end = (...names: readonly string[]): Said[] =>
  names.map((name) => ({ what: `${name}: removed`, method: 'DELETE', path: at(name) }))

const asking = (requests: object, limits: object = {}, name = 'c') => ({ name, image: 'i', resources: { requests, limits } })
const pods = (name: string, specs: Readonly<Record<string, object>>): Said[] =>
  Object.entries(specs).map(([what, spec], index) => ({
    ...post(`${name}: ${what}`, `${at(name)}/pods`, {
      metadata: { name: `p${index}` },
      spec: { automountServiceAccountToken: false, containers: [asking({})], ...spec },
    }),
    accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
  }))
const only = (requests: object, limits: object = {}) => ({ containers: [asking(requests, limits)] })
const selector = (scopeName: string, operator: string, values?: string[]) => ({
  scopeSelector: { matchExpressions: [{ scopeName, operator, ...(values && { values }) }] },
})
const service = (name: string, what: string, spec: object): Said => ({
  ...post(`${name}: ${what}`, `${at(name)}/services?dryRun=All`, {
    metadata: { name: 's' },
    spec: { ports: [{ port: 80 }], ...spec },
  }),
  accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
})
const claim = (name: string, what: string, storage: string, spec: object = {}): Said =>
  post(`${name}: claim ${what}`, `${at(name)}/persistentvolumeclaims`, {
    metadata: { name: `c-${what.replaceAll(' ', '-')}` },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, ...spec },
  })

export const quotaUse: Said[] = [
  ...begin('compute', {
    q: {
      hard: {
        'requests.cpu': '1',
        'limits.memory': '1Gi',
        pods: '3',
        'requests.example.com/gpu': '1',
        'ephemeral-storage': '1Gi',
      },
    },
  }),
  ...pods('compute', {
    'says nothing': {},
    'says half': only({ cpu: '100m' }),
    'two of whom one says half': { containers: [asking({ cpu: '1m' }, { memory: '1Mi' }), asking({ cpu: '1m' }, {}, 'd')] },
    'init containers too': { initContainers: [asking({}, {}, 'i')], ...only({ cpu: '1m' }, { memory: '1Mi' }) },
    'for the pod as a whole': { resources: { requests: { cpu: '100m' } } },
    fits: only({ cpu: '500m' }, { memory: '256Mi' }),
    'too much of one': only({ cpu: '600m' }, { memory: '256Mi' }),
    'too much of all': only({ cpu: '2', 'ephemeral-storage': '2Gi' }, { memory: '2Gi' }),
    'too many devices': only({ cpu: '1m', 'example.com/gpu': '2' }, { memory: '1Mi', 'example.com/gpu': '2' }),
    'the last': only({ cpu: '1m' }, { memory: '1Mi' }),
    'one too many': only({ cpu: '1m' }, { memory: '1Mi' }),
  }),
  state('compute', 'what is used'),
  ...begin('unknown', { q: { hard: { configmaps: '1', pods: '5', cpu: '1' }, used: {} } }),
  post('unknown: nobody has counted configmaps', `${at('unknown')}/configmaps`, { metadata: { name: 'a' } }),
  ...pods('unknown', { 'nobody has counted': only({ cpu: '1' }), 'says nothing': {} }),
  ...begin('none', {
    q: {
      hard: {
        'count/configmaps': '0',
        'count/leases.coordination.k8s.io': '0',
        secrets: '0',
        resourcequotas: '1',
        services: '0',
      },
    },
  }),
  post('none: configmap', `${at('none')}/configmaps`, { metadata: { name: 'a' } }),
  post('none: lease', `/apis/coordination.k8s.io/v1/namespaces/${space('none')}/leases`, { metadata: { name: 'a' } }),
  post('none: secret', `${at('none')}/secrets`, { metadata: { name: 'a' } }),
  post('none: serviceaccount', `${at('none')}/serviceaccounts`, { metadata: { name: 'a' } }),
  post('none: event', `${at('none')}/events`, {
    metadata: { name: 'a' },
    involvedObject: { namespace: space('none'), name: 'x' },
  }),
  post('none: quota', `${at('none')}/resourcequotas?dryRun=All`, { metadata: { name: 'a' } }),
  service('none', 'service', {}),
  ...begin('services', { q: { hard: { services: '5', 'services.nodeports': '1', 'services.loadbalancers': '0' } } }),
  service('services', 'cluster', {}),
  service('services', 'node port', { type: 'NodePort' }),
  service('services', 'two node ports', {
    type: 'NodePort',
    ports: [
      { name: 'a', port: 1 },
      { name: 'b', port: 2 },
    ],
  }),
  service('services', 'load balancer', { type: 'LoadBalancer' }),
  service('services', 'load balancer without node ports', { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false }),
  ...begin('claims', {
    q: {
      hard: {
        'requests.storage': '5Gi',
        persistentvolumeclaims: '4',
        'gold.storageclass.storage.k8s.io/requests.storage': '1Gi',
        'iron.storageclass.storage.k8s.io/persistentvolumeclaims': '0',
      },
    },
    vac: { hard: { persistentvolumeclaims: '1' }, more: selector('VolumeAttributesClass', 'In', ['fast']) },
  }),
  claim('claims', 'fits', '2Gi', { storageClassName: '' }),
  claim('claims', 'too large', '4Gi', { storageClassName: '' }),
  claim('claims', 'of gold', '1Gi', { storageClassName: 'gold' }),
  claim('claims', 'of more gold', '1Mi', { storageClassName: 'gold' }),
  claim('claims', 'of iron', '1Mi', { storageClassName: 'iron' }),
  claim('claims', 'fast', '1Mi', { storageClassName: '', volumeAttributesClassName: 'fast' }),
  claim('claims', 'fast again', '1Mi', { storageClassName: '', volumeAttributesClassName: 'fast' }),
  claim('claims', 'slow', '1Mi', { storageClassName: '', volumeAttributesClassName: 'slow' }),
  claim('claims', 'one too many', '1Mi', { storageClassName: '' }),
  state('claims', 'what is used'),
  ...begin('scopes', {
    terminating: { hard: { pods: '0' }, more: { scopes: ['Terminating'] } },
    'best-effort': { hard: { pods: '1' }, more: { scopes: ['BestEffort', 'NotTerminating'] } },
    urgent: { hard: { pods: '0' }, more: selector('PriorityClass', 'In', ['system-cluster-critical', 'system-node-critical']) },
    abroad: { hard: { pods: '0' }, more: { scopes: ['CrossNamespacePodAffinity'] } },
  }),
  ...pods('scopes', {
    terminating: { activeDeadlineSeconds: 5, ...only({ cpu: '1m' }) },
    'best effort': {},
    'best effort again': {},
    'not best effort': only({ cpu: '1m' }),
    urgent: { priorityClassName: 'system-node-critical', ...only({ cpu: '1m' }) },
    abroad: {
      affinity: {
        podAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'x', namespaces: ['default'], labelSelector: {} }],
        },
      },
      ...only({ cpu: '1m' }),
    },
  }),
  patch('scopes: becomes terminating', `${at('scopes')}/pods/p3`, { spec: { activeDeadlineSeconds: 5 } }),
  state('scopes', 'what is used'),
  ...begin('two', { a: { hard: { configmaps: '1' } }, b: { hard: { 'count/configmaps': '0' } } }),
  post('two: the second refuses', `${at('two')}/configmaps`, { metadata: { name: 'a' } }),
  { what: 'a dry run', method: 'POST', path: `${at('two')}/configmaps?dryRun=All`, body: { metadata: { name: 'a' } } },
  ...end('compute', 'unknown', 'none', 'services', 'claims', 'scopes', 'two'),
]
