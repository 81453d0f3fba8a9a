import { namespace, patch, type Said } from './conversation.ts'

/** A namespace of its own for each set of bounds. */
const space = (name: string) => `${namespace}-limits-${name}`
const at = (name: string) => `/api/v1/namespaces/${space(name)}`

const begin = (name: string, ranges: Readonly<Record<string, readonly object[]>>): Said[] => [
  { what: `${name}: namespace`, method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: space(name) } } },
  { what: `${name}: account`, method: 'POST', path: `${at(name)}/serviceaccounts`, body: { metadata: { name: 'default' } } },
  ...Object.entries(ranges).map(([range, limits]) => ({
    what: `${name}: range ${range}`,
    method: 'POST',
    path: `${at(name)}/limitranges`,
    body: { metadata: { name: range }, spec: { limits } },
  })),
]

const pods = (name: string, specs: Readonly<Record<string, object>>): Said[] =>
  Object.entries(specs).map(([what, spec], index) => ({
    what: `${name}: ${what}`,
    method: 'POST',
    path: `${at(name)}/pods`,
    body: { metadata: { name: `p${index}` }, spec: { automountServiceAccountToken: false, ...spec } },
  }))

const one = (resources: object = {}, more: object = {}) => ({ containers: [{ name: 'c', image: 'i', resources, ...more }] })
const requests = (amounts: object) => ({ requests: amounts })
const both = (request: object, limit: object) => ({ requests: request, limits: limit })

const claims = (name: string, sizes: Readonly<Record<string, object>>): Said[] =>
  Object.entries(sizes).map(([what, amounts], index) => ({
    what: `${name}: ${what}`,
    method: 'POST',
    path: `${at(name)}/persistentvolumeclaims`,
    body: {
      metadata: { name: `c${index}` },
      spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'x', resources: { requests: amounts } },
    },
  }))

export const limits: Said[] = [
  ...begin('defaults', {
    a: [
      {
        type: 'Container',
        default: { cpu: '500m', memory: '1Gi' },
        defaultRequest: { cpu: '100m', 'ephemeral-storage': '1Gi' },
      },
    ],
  }),
  ...pods('defaults', {
    'says nothing': one(),
    'says something': one(both({ cpu: '1m' }, { memory: '2Gi' })),
    'a request above the default limit': one(requests({ cpu: '1' })),
    'limits alone': one({ limits: { cpu: '3' } }),
    'init containers': {
      initContainers: [
        { name: 'i', image: 'i' },
        { name: 's', image: 'i', restartPolicy: 'Always' },
      ],
      ...one(),
    },
    'for the pod as a whole': { ...one(), resources: both({ cpu: '1' }, { cpu: '2' }) },
  }),
  ...begin('container', {
    a: [
      {
        type: 'Container',
        min: { cpu: '100m', memory: '64Mi' },
        max: { cpu: '2', memory: '1Gi' },
        default: { cpu: '1', memory: '512Mi' },
        defaultRequest: { cpu: '500m', memory: '256Mi' },
        maxLimitRequestRatio: { cpu: '3' },
      },
    ],
  }),
  ...pods('container', {
    fits: one(),
    'too little asked': one(requests({ cpu: '50m' })),
    'too little allowed': one(both({ cpu: '100m' }, { memory: '32Mi' })),
    'too much asked': one(both({ cpu: '3' }, { cpu: '3' })),
    'too much allowed': one(both({ cpu: '1' }, { cpu: '2500m' })),
    'a ratio too large': one(both({ cpu: '300m' }, { cpu: '1' })),
    'the ratio itself': one(both({ cpu: '300m' }, { cpu: '900m' })),
    'nothing asked for, in numbers': one(both({ cpu: '0' }, { cpu: '1' })),
    'an init container': { initContainers: [{ name: 'i', image: 'i', resources: requests({ cpu: '1m' }) }], ...one() },
    'two that say the same': {
      containers: ['a', 'b'].map((name) => ({ name, image: 'i', resources: both({ cpu: '3' }, { cpu: '3' }) })),
    },
  }),
  ...begin('min', { a: [{ type: 'Container', min: { 'example.com/gpu': '1' } }] }),
  ...pods('min', { 'asks for none': one(), 'asks for one': one(both({ 'example.com/gpu': '1' }, { 'example.com/gpu': '1' })) }),
  ...begin('max', { a: [{ type: 'Container', max: { 'example.com/gpu': '1' } }] }),
  ...pods('max', { 'gets the default': one(), two: one(both({ 'example.com/gpu': '2' }, { 'example.com/gpu': '2' })) }),
  ...begin('pod', {
    a: [{ type: 'Pod', max: { cpu: '2' }, min: { memory: '100Mi' }, maxLimitRequestRatio: { memory: '2' } }],
  }),
  ...pods('pod', {
    'says nothing': one(),
    'no limit of cpu': one(requests({ cpu: '1', memory: '100Mi' })),
    fits: one(both({ cpu: '1', memory: '100Mi' }, { cpu: '2', memory: '200Mi' })),
    'together too much': {
      containers: ['a', 'b'].map((name) => ({
        name,
        image: 'i',
        resources: both({ cpu: '1', memory: '60Mi' }, { cpu: '1500m', memory: '60Mi' }),
      })),
    },
    'an init container is larger': {
      initContainers: [
        { name: 'i', image: 'i', resources: both({ cpu: '1', memory: '100Mi' }, { cpu: '2500m', memory: '100Mi' }) },
      ],
      ...one(both({ cpu: '1', memory: '100Mi' }, { cpu: '1', memory: '100Mi' })),
    },
    'the whole stands for its containers': {
      ...one(both({ memory: '1Mi' }, { memory: '1Mi' })),
      resources: both({ cpu: '1', memory: '100Mi' }, { cpu: '1', memory: '150Mi' }),
    },
    'the whole is too much': { ...one(), resources: both({ cpu: '3', memory: '100Mi' }, { cpu: '3', memory: '100Mi' }) },
    'a ratio too large': one(both({ cpu: '1', memory: '100Mi' }, { cpu: '1', memory: '333Mi' })),
  }),
  ...begin('two', {
    a: [{ type: 'Container', default: { cpu: '1' }, defaultRequest: { cpu: '1' } }],
    b: [{ type: 'Container', max: { memory: '1Gi' } }],
  }),
  ...pods('two', { 'both are heard': one({ requests: { cpu: '500m' } }), 'one refuses': one({ limits: { memory: '2Gi' } }) }),
  ...begin('claim', { a: [{ type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '5Gi' } }] }),
  ...claims('claim', { fits: { storage: '2Gi' }, 'too small': { storage: '500Mi' }, 'too large': { storage: '6Gi' } }),
  patch('claim: bound', `${at('claim')}/persistentvolumeclaims/c0/status`, { status: { phase: 'Bound' } }),
  patch('claim: grows too large', `${at('claim')}/persistentvolumeclaims/c0`, {
    spec: { resources: { requests: { storage: '6Gi' } } },
  }),
  {
    what: 'a dry run is bounded too',
    method: 'POST',
    path: `${at('container')}/pods?dryRun=All`,
    body: { metadata: { name: 'dry' }, spec: one(requests({ cpu: '50m' })) },
  },
  {
    what: 'a generated name',
    method: 'POST',
    path: `${at('container')}/pods?dryRun=All`,
    body: { metadata: { generateName: 'dry-' }, spec: { serviceAccountName: 'nobody', ...one() } },
  },
  ...['defaults', 'container', 'min', 'max', 'pod', 'two', 'claim'].map((name) => ({
    what: `${name}: removed`,
    method: 'DELETE',
    path: `/api/v1/namespaces/${space(name)}`,
  })),
]
