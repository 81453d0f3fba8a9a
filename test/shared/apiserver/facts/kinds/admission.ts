import { namespace, patch, type Said } from './conversation.ts'

const space = `${namespace}-admission`
const base = `/api/v1/namespaces/${space}`
const post = (what: string, path: string, body: object): Said => ({ what, method: 'POST', path, body })
const remove = (what: string, path: string): Said => ({ what, method: 'DELETE', path })
const spec = (more: object = {}) => ({ automountServiceAccountToken: false, containers: [{ name: 'c', image: 'i' }], ...more })
const pod = (name: string, more: object = {}, path = `${base}/pods`): Said =>
  post(`pod ${name}`, path, { metadata: { name }, spec: spec(more) })

const storageClasses = '/apis/storage.k8s.io/v1/storageclasses'
const ingressClasses = '/apis/networking.k8s.io/v1/ingressclasses'
const priorityClasses = '/apis/scheduling.k8s.io/v1/priorityclasses'
const runtimeClasses = '/apis/node.k8s.io/v1/runtimeclasses'
const byDefault = (kind: string) => ({ annotations: { [`${kind}.kubernetes.io/is-default-class`]: 'true' } })
const claim = (name: string, more: object = {}, annotations = {}): Said =>
  post(`claim ${name}`, `${base}/persistentvolumeclaims`, {
    metadata: { name, annotations },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...more },
  })
const grow = (what: string, name: string, storage: string) =>
  patch(`claim ${name}: ${what}`, `${base}/persistentvolumeclaims/${name}`, { spec: { resources: { requests: { storage } } } })
const bind = (name: string) =>
  patch(`claim ${name}: bound`, `${base}/persistentvolumeclaims/${name}/status`, { status: { phase: 'Bound' } })

const ingress = (name: string, more: object = {}, annotations = {}): Said =>
  post(`ingress ${name}`, `/apis/networking.k8s.io/v1/namespaces/${space}/ingresses`, {
    metadata: { name, annotations },
    spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } }, ...more },
  })

const volume = { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/tmp/x' } }
const name = (suffix: string) => `${namespace}-${suffix}`

const classes: Said[] = [
  claim('before'),
  post('storage class slow', storageClasses, { metadata: { name: name('slow') }, provisioner: 'x.example.com' }),
  post('storage class fast', storageClasses, {
    metadata: { name: name('fast'), ...byDefault('storageclass') },
    provisioner: 'x.example.com',
    allowVolumeExpansion: true,
  }),
  claim('after'),
  claim('none', { storageClassName: '' }),
  claim('named', { storageClassName: name('slow') }),
  claim('beta', {}, { 'volume.beta.kubernetes.io/storage-class': name('slow') }),
  claim('finalized', { storageClassName: '' }),
  bind('after'),
  grow('grows', 'after', '2Gi'),
  bind('named'),
  grow('grows where its class does not', 'named', '2Gi'),
  bind('none'),
  grow('grows without a class', 'none', '2Gi'),
  post('volume', '/api/v1/persistentvolumes', { metadata: { name: name('volume') }, spec: volume }),
  post('volume attributes class', '/apis/storage.k8s.io/v1/volumeattributesclasses', {
    metadata: { name: name('gold') },
    driverName: 'x.example.com',
    parameters: { a: 'b' },
  }),
  remove('claim before: deleted', `${base}/persistentvolumeclaims/before`),
  remove('volume: deleted', `/api/v1/persistentvolumes/${name('volume')}`),
  remove('volume attributes class: deleted', `/apis/storage.k8s.io/v1/volumeattributesclasses/${name('gold')}`),
  patch('volume: let go', `/api/v1/persistentvolumes/${name('volume')}`, { metadata: { finalizers: null } }),
  patch('volume attributes class: let go', `/apis/storage.k8s.io/v1/volumeattributesclasses/${name('gold')}`, {
    metadata: { finalizers: null },
  }),
  remove('storage class slow: deleted', `${storageClasses}/${name('slow')}`),
  remove('storage class fast: deleted', `${storageClasses}/${name('fast')}`),
  ingress('before'),
  post('ingress class', ingressClasses, {
    metadata: { name: name('web'), ...byDefault('ingressclass') },
    spec: { controller: 'example.com/web' },
  }),
  ingress('after'),
  ingress('annotated', {}, { 'kubernetes.io/ingress.class': 'mine' }),
  ingress('named', { ingressClassName: 'mine' }),
  remove('ingress class: deleted', `${ingressClasses}/${name('web')}`),
]

const priorities: Said[] = [
  post('priority class low', priorityClasses, {
    metadata: { name: name('low') },
    value: 10,
    globalDefault: true,
    preemptionPolicy: 'Never',
  }),
  post('priority class high, a second default', priorityClasses, {
    metadata: { name: name('high') },
    value: 1000,
    globalDefault: true,
  }),
  post('priority class high', priorityClasses, { metadata: { name: name('high') }, value: 1000 }),
  patch('priority class high becomes a second default', `${priorityClasses}/${name('high')}`, { globalDefault: true }),
  patch('priority class low stays the default', `${priorityClasses}/${name('low')}`, { description: 'x' }),
  pod('of-no-class'),
  pod('of-no-class-with-a-number', { priority: 7 }),
  pod('of-no-class-with-the-number', { priority: 10 }),
  pod('of-no-class-with-a-policy', { preemptionPolicy: 'PreemptLowerPriority' }),
  pod('high', { priorityClassName: name('high') }),
  pod('unknown', { priorityClassName: 'unknown' }),
  remove('priority class low: deleted', `${priorityClasses}/${name('low')}`),
  remove('priority class high: deleted', `${priorityClasses}/${name('high')}`),
]

const runtimes: Said[] = [
  post('runtime class plain', runtimeClasses, { metadata: { name: name('plain') }, handler: 'plain' }),
  post('runtime class heavy', runtimeClasses, {
    metadata: { name: name('heavy') },
    handler: 'heavy',
    overhead: { podFixed: { cpu: '250m', memory: '64Mi' } },
    scheduling: {
      nodeSelector: { runtime: 'heavy' },
      tolerations: [
        { key: 'heavy', operator: 'Exists' },
        { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
      ],
    },
  }),
  pod('of-an-unknown-runtime', { runtimeClassName: 'unknown' }),
  pod('plain', { runtimeClassName: name('plain') }),
  pod('plain-with-overhead', { runtimeClassName: name('plain'), overhead: { cpu: '1' } }),
  pod('with-overhead-of-no-class', { overhead: { cpu: '1' } }),
  pod('heavy', { runtimeClassName: name('heavy') }),
  pod('heavy-with-the-overhead', { runtimeClassName: name('heavy'), overhead: { cpu: '0.25', memory: '64Mi' } }),
  pod('heavy-with-another-overhead', { runtimeClassName: name('heavy'), overhead: { cpu: '1' } }),
  pod('heavy-elsewhere', { runtimeClassName: name('heavy'), nodeSelector: { runtime: 'light' } }),
  pod('heavy-selected', {
    runtimeClassName: name('heavy'),
    nodeSelector: { disk: 'fast' },
    tolerations: [
      { key: 'heavy', operator: 'Equal', value: 'x', effect: 'NoSchedule' },
      { key: 'other', operator: 'Exists' },
    ],
  }),
  remove('runtime class plain: deleted', `${runtimeClasses}/${name('plain')}`),
  remove('runtime class heavy: deleted', `${runtimeClasses}/${name('heavy')}`),
]

const secretKey = (secret: string) => ({ valueFrom: { secretKeyRef: { name: secret, key: 'k' } } })
const strict = (more: object) => ({ serviceAccountName: 'strict', ...more })
const accounts: Said[] = [
  post('account strict', `${base}/serviceaccounts`, {
    metadata: { name: 'strict', annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } },
    secrets: [{ name: 'allowed' }],
    imagePullSecrets: [{ name: 'pull' }],
  }),
  pod(
    'strict-allowed',
    strict({ volumes: [{ name: 'v', secret: { secretName: 'allowed' } }], imagePullSecrets: [{ name: 'pull' }] }),
  ),
  pod('strict-volume', strict({ volumes: [{ name: 'v', secret: { secretName: 'other' } }] })),
  pod('strict-variable', strict({ containers: [{ name: 'c', image: 'i', env: [{ name: 'A', ...secretKey('other') }] }] })),
  pod('strict-variables', strict({ containers: [{ name: 'c', image: 'i', envFrom: [{ secretRef: { name: 'other' } }] }] })),
  pod('strict-init', strict({ initContainers: [{ name: 'i', image: 'i', env: [{ name: 'A', ...secretKey('other') }] }] })),
  pod('strict-pull', strict({ imagePullSecrets: [{ name: 'pull' }, { name: 'other' }] })),
  pod('strict-projected', strict({ volumes: [{ name: 'v', projected: { sources: [{ secret: { name: 'other' } }] } }] })),
]

const topology: Said[] = [
  post('node', '/api/v1/nodes', {
    metadata: {
      name: name('node'),
      labels: { 'topology.kubernetes.io/zone': 'a', 'topology.kubernetes.io/region': 'r', 'topology.kubernetes.io/rack': 'x' },
    },
  }),
  post('a pod for a node', `${base}/pods`, {
    metadata: { name: 'placed', labels: { 'topology.kubernetes.io/zone': 'mine', a: 'b' } },
    spec: spec({ nodeName: name('node') }),
  }),
  pod('unplaced'),
  post('unplaced: bound', `${base}/pods/unplaced/binding`, {
    metadata: { name: 'unplaced', labels: { 'topology.kubernetes.io/zone': 'mine', b: 'c' } },
    target: { kind: 'Node', name: name('node') },
  }),
  {
    what: 'unplaced: its labels',
    path: `${base}/pods/unplaced`,
    accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
  },
  remove('node: deleted', `/api/v1/nodes/${name('node')}`),
]

const lifecycle: Said[] = [
  post('in no namespace', '/api/v1/namespaces/no-such-namespace/configmaps', { metadata: { name: 'a' } }),
  {
    what: 'put in no namespace',
    method: 'PUT',
    path: '/api/v1/namespaces/no-such-namespace/configmaps/a',
    body: { metadata: { name: 'a' } },
  },
  {
    what: 'put to be created in no namespace',
    method: 'PUT',
    path: '/apis/coordination.k8s.io/v1/namespaces/no-such-namespace/leases/a',
    body: { metadata: { name: 'a' }, spec: {} },
  },
  patch('patched in no namespace', '/api/v1/namespaces/no-such-namespace/configmaps/a', { data: { a: 'b' } }),
]

export const admission: Said[] = [
  post('namespace', '/api/v1/namespaces', { metadata: { name: space } }),
  post('account default', `${base}/serviceaccounts`, { metadata: { name: 'default' } }),
  ...classes,
  ...priorities,
  ...runtimes,
  ...accounts,
  ...topology,
  ...lifecycle,
  remove('removed', `/api/v1/namespaces/${space}`),
]
