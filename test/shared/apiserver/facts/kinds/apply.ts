import { namespace, type Said } from './conversation.ts'

const core = `/api/v1/namespaces/${namespace}`
const apps = `/apis/apps/v1/namespaces/${namespace}`
const applyPatch = 'application/apply-patch+yaml'

const configMap = (name: string, rest: object = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, ...rest })

/** `manager`: with more of the query where there is any. */
const applied = (what: string, path: string, body: unknown, manager = 'one'): Said => ({
  what,
  method: 'PATCH',
  path: `${path}${path.includes('?') ? '&' : '?'}fieldManager=${manager}`,
  body,
  type: applyPatch,
  managers: true,
})
const write = (method: string, what: string, path: string, body: unknown, type?: string): Said => ({
  what,
  method,
  path,
  body,
  ...(type && { type }),
  managers: true,
})
const read = (what: string, path: string): Said => ({ what, path, managers: true })

const map = (name: string) => `${core}/configmaps/${name}`
const merge = 'application/merge-patch+json'
const jsonPatch = 'application/json-patch+json'

const ofConfigMap: readonly Said[] = [
  applied('without a manager', map('a'), configMap('a'), ''),
  { ...applied('without a word of a manager', map('a'), configMap('a')), path: map('a') },
  applied('a manager too long', map('a'), configMap('a'), 'x'.repeat(129)),
  applied('a manager that can not be printed', map('a'), configMap('a'), 'a%07b'),
  applied('what is not there', map('a'), configMap('a', { data: { a: '1', b: '2' } })),
  applied('the same again', map('a'), configMap('a', { data: { a: '1', b: '2' } })),
  applied('one field less', map('a'), configMap('a', { data: { a: '1' } })),
  applied('the same as another', map('a'), configMap('a', { data: { a: '1' } }), 'two'),
  applied('something else than another', map('a'), configMap('a', { data: { a: '2' } }), 'two'),
  applied('by force', map('a'), configMap('a', { data: { a: '2' } }), 'two&force=true'),
  applied('not by force', map('a'), configMap('a', { data: { a: '3' } }), 'one&force=false'),
  applied('force without a value', map('a'), configMap('a', { data: { a: '3' } }), 'one&force='),
  applied('nothing', map('a'), configMap('a')),
  write(
    'PATCH',
    'a merge patch',
    `${map('a')}?fieldManager=patcher`,
    { data: { c: '4' }, metadata: { labels: { l: 'm' } } },
    merge,
  ),
  write('PATCH', 'a merge patch of nothing new', `${map('a')}?fieldManager=patcher`, { data: { c: '4' } }, merge),
  write('PATCH', 'a merge patch that removes', `${map('a')}?fieldManager=other`, { data: { a: null } }, merge),
  write('PATCH', 'force with a merge patch', `${map('a')}?fieldManager=patcher&force=true`, { data: { c: '4' } }, merge),
  applied('what a patch has', map('a'), configMap('a', { data: { c: '5' } })),
  write('PUT', 'a whole object', `${map('a')}?fieldManager=putter`, configMap('a', { data: { z: '1' } })),
  write('PUT', 'with managers of its own', `${map('a')}?fieldManager=putter`, {
    ...configMap('a', { data: { z: '1' } }),
    metadata: {
      name: 'a',
      managedFields: [
        { manager: 'else', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { 'f:data': { 'f:z': {} } } },
        { manager: 'odd', operation: 'Apply', apiVersion: 'v9', fieldsType: 'FieldsV1', fieldsV1: { 'f:data': { 'f:z': {} } } },
      ],
    },
  }),
  ...[
    ['another operation', { manager: 'm', operation: 'Take', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: {} }],
    ['no version', { manager: 'm', operation: 'Update', fieldsType: 'FieldsV1', fieldsV1: {} }],
    ['another type of fields', { manager: 'm', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV2', fieldsV1: {} }],
    [
      'fields that are none',
      { manager: 'm', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { a: {} } },
    ],
    ['fields of a list', { manager: 'm', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: [] }],
  ].map(([what, entry]) =>
    write('PUT', `managers of ${what}`, `${map('a')}?fieldManager=putter`, {
      ...configMap('a', { data: { z: '1' } }),
      metadata: { name: 'a', managedFields: [entry] },
    }),
  ),
  write('PATCH', 'one empty manager', map('a'), [{ op: 'replace', path: '/metadata/managedFields', value: [{}] }], jsonPatch),
  write('PATCH', 'what nobody owns any more', `${map('a')}?fieldManager=patcher`, { data: { c: '6' } }, merge),
  applied('what nobody owns', map('a'), configMap('a', { data: { c: '6' } })),
  applied('what was there before', map('a'), configMap('a', { data: { c: '7' } }), 'late&force=true'),
  write('PATCH', 'no managers', map('a'), { metadata: { managedFields: [] } }, merge),
  write('PATCH', 'managers of null', map('a'), { metadata: { managedFields: null } }, merge),
  read('after all', map('a')),
]

const wrong: readonly Said[] = [
  applied('no object', map('b'), ''),
  applied('a list', map('b'), []),
  applied('another kind', map('b'), { ...configMap('b'), kind: 'Secret' }),
  applied('another version', map('b'), { ...configMap('b'), apiVersion: 'v2' }),
  applied('an odd version', map('b'), { ...configMap('b'), apiVersion: 'a/b/c' }),
  applied('no kind', map('b'), { metadata: { name: 'b' } }),
  applied('another name', map('b'), configMap('c')),
  applied('no name', map('b'), { apiVersion: 'v1', kind: 'ConfigMap' }),
  applied('another namespace', map('b'), { ...configMap('b'), metadata: { name: 'b', namespace: 'default' } }),
  applied('with managers', map('b'), { ...configMap('b'), metadata: { name: 'b', managedFields: [{}] } }),
  applied('with no managers', map('b'), { ...configMap('b'), metadata: { name: 'b', managedFields: [] } }),
  applied('with managers of null', map('b'), { ...configMap('b'), metadata: { name: 'b', managedFields: null } }),
  applied('a field that nobody knows', map('b'), configMap('b', { other: 1 })),
  applied('a text for a map', map('b'), configMap('b', { data: 'x' })),
  applied('a number for a text', map('b'), configMap('b', { data: { a: 5 } })),
  applied('a map for a text', map('b'), configMap('b', { data: { a: { b: 'c' } } })),
  applied('a list for a map', map('b'), configMap('b', { data: [1] })),
  applied('a text for a yes', map('b'), configMap('b', { immutable: 'yes' })),
  applied('a uid of nobody', map('u'), { ...configMap('u'), metadata: { name: 'u', uid: 'x' } }),
  applied('a revision of another', map('b'), { ...configMap('b'), metadata: { name: 'b', resourceVersion: '1' } }),
  applied('in YAML', map('b'), 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\ndata:\n  yes: "1"\n  b: |\n    text\n'),
  applied('a key twice', map('b'), 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\ndata:\n  a: "1"\n  a: "2"\n'),
  applied(
    'a key twice, strictly',
    `${map('b')}?fieldValidation=Strict`,
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\ndata:\n  a: "1"\n  a: "2"\n',
  ),
  applied(
    'a key twice, whatever',
    `${map('b')}?fieldValidation=Ignore`,
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\ndata:\n  a: "1"\n  a: "3"\n',
  ),
  applied('a dry run', `${map('dry')}?dryRun=All`, configMap('dry', { data: { a: '1' } })),
  read('nothing of it', map('dry')),
  applied('a dry run of what is there', `${map('b')}?dryRun=All`, configMap('b', { data: { dry: '1' } })),
]

const container = (rest: object = {}) => ({ name: 'c', image: 'i:1', ...rest })
const deployment = (spec: object, metadata: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', ...metadata },
  spec,
})
const template = (...containers: object[]) => ({ metadata: { labels: { app: 'web' } }, spec: { containers } })
const selector = { matchLabels: { app: 'web' } }
const web = `${apps}/deployments/web`

const ofDeployment: readonly Said[] = [
  applied(
    'a deployment',
    web,
    deployment({
      replicas: 2,
      selector,
      template: template(
        container({
          ports: [{ containerPort: 80 }],
          env: [
            { name: 'B', value: '1' },
            { name: 'A', value: '2' },
          ],
        }),
      ),
    }),
  ),
  applied(
    'another port and variable',
    web,
    deployment({
      replicas: 2,
      selector,
      template: template(container({ ports: [{ containerPort: 80, protocol: 'UDP' }], env: [{ name: 'A', value: '2' }] })),
    }),
  ),
  applied(
    'the same port twice',
    web,
    deployment({
      selector,
      template: template(container({ ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'TCP' }] })),
    }),
  ),
  applied('a container twice', web, deployment({ selector, template: template(container(), container()) })),
  applied('a container of null', web, deployment({ selector, template: { spec: { containers: [null] } } })),
  applied('a container that is a text', web, deployment({ selector, template: { spec: { containers: ['x'] } } })),
  applied('an odd amount', web, deployment({ selector, template: template(container({ resources: { limits: { cpu: 'x' } } })) })),
  applied(
    'a number for an amount',
    web,
    deployment({ replicas: 2, selector, template: template(container({ resources: { limits: { cpu: 1 } } })) }),
  ),
  applied(
    'of another, a second container',
    web,
    { ...deployment({ template: { spec: { containers: [{ name: 'd', image: 'j' }] } } }) },
    'two',
  ),
  applied(
    'of another, the image of the first',
    web,
    { ...deployment({ template: { spec: { containers: [{ name: 'c', image: 'i:2' }] } } }) },
    'two',
  ),
  applied(
    'of another, without its container',
    web,
    { ...deployment({}), metadata: { name: 'web', annotations: { a: 'b' } } },
    'two',
  ),
  write('PUT', 'a scale', `${web}/scale?fieldManager=scaler`, {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name: 'web' },
    spec: { replicas: 3 },
  }),
  read('after the scale', web),
  write('PATCH', 'a patch of the scale', `${web}/scale?fieldManager=scaler`, { spec: { replicas: 4 } }, merge),
  write('PATCH', 'the same patch of the scale', `${web}/scale?fieldManager=scaler`, { spec: { replicas: 4 } }, merge),
  read('after patches of the scale', web),
  applied('replicas that the scale has', web, deployment({ replicas: 2, selector, template: template(container()) })),
  applied('no replicas', web, deployment({ selector, template: template(container()) })),
  applied(
    'the scale',
    `${web}/scale`,
    { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'web' }, spec: { replicas: 5 } },
    'scaler',
  ),
  applied(
    'the scale by force',
    `${web}/scale`,
    { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'web' }, spec: { replicas: 5 } },
    'other&force=true',
  ),
  applied('the scale as another kind', `${web}/scale`, deployment({ replicas: 5 }), 'other&force=true'),
  applied('the scale of nobody', `${apps}/deployments/nobody/scale`, {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name: 'nobody' },
    spec: { replicas: 5 },
  }),
  read('after applies of the scale', web),
  { what: 'the scale itself', path: `${web}/scale`, managers: true },
  write(
    'PATCH',
    'a status',
    `${web}/status?fieldManager=controller`,
    {
      status: { replicas: 1, observedGeneration: 1 },
      spec: { replicas: 9 },
      metadata: { labels: { a: 'b' }, annotations: { c: 'd' } },
    },
    merge,
  ),
  applied('an applied status', `${web}/status`, { ...deployment({ replicas: 7 }), status: { replicas: 2 } }, 'controller'),
  applied(
    'a status by force',
    `${web}/status`,
    { ...deployment({ replicas: 7 }), status: { replicas: 2, conditions: [{ type: 'A', status: 'True' }] } },
    'controller&force=true',
  ),
  applied('a status of nobody', `${apps}/deployments/nobody/status`, {
    ...deployment({}),
    metadata: { name: 'nobody' },
    status: { replicas: 2 },
  }),
  applied('a status beside the spec', web, {
    ...deployment({ selector, template: template(container()) }),
    status: { replicas: 5 },
  }),
  write(
    'PATCH',
    'a strategic patch',
    `${web}?fieldManager=strategist`,
    { spec: { template: { spec: { containers: [{ name: 'c', env: [{ name: 'Z', value: 'z' }] }] } } } },
    'application/strategic-merge-patch+json',
  ),
  write(
    'PATCH',
    'a strategic patch that removes',
    `${web}?fieldManager=strategist`,
    { spec: { template: { spec: { containers: [{ name: 'c', env: [{ name: 'Z', $patch: 'delete' }] }] } } } },
    'application/strategic-merge-patch+json',
  ),
]

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'
const clientSide = (name: string, data: object) =>
  configMap(name, { metadata: { name, annotations: { [lastApplied]: `${JSON.stringify(configMap(name, { data }))}\n` } }, data })

const takeOver: readonly Said[] = [
  write(
    'POST',
    'a client-side apply',
    `${core}/configmaps?fieldManager=kubectl-client-side-apply`,
    clientSide('cs', { a: '1', b: '2' }),
  ),
  applied('of another manager is no take-over', map('cs'), configMap('cs', { data: { a: '3' } }), 'manager'),
  applied('is taken over', map('cs'), configMap('cs', { data: { a: '3', b: '2' } }), 'kubectl'),
  write('PATCH', 'an edit between', `${map('cs')}?fieldManager=kubectl-edit`, { data: { b: '9' } }, merge),
  applied('an edit is a conflict', map('cs'), configMap('cs', { data: { a: '4', b: '3' } }), 'kubectl'),
  applied('an edit by force', map('cs'), configMap('cs', { data: { a: '4', b: '3' } }), 'kubectl&force=true'),
  write('POST', 'an annotation of nonsense', `${core}/configmaps?fieldManager=kubectl-client-side-apply`, {
    ...configMap('ns', { data: { a: '1' } }),
    metadata: { name: 'ns', annotations: { [lastApplied]: '{' } },
  }),
  applied('takes nothing over by nonsense', map('ns'), configMap('ns', { data: { a: '2' } }), 'kubectl'),
]

const updaters = Array.from({ length: 13 }, (_, index) =>
  write(
    'PATCH',
    `updater ${index}`,
    `${map('many')}?fieldManager=m${String(index).padStart(2, '0')}`,
    { data: { [`k${index}`]: 'v' } },
    merge,
  ),
)

const event = `/apis/events.k8s.io/v1/namespaces/${namespace}/events/e`

/** The same object by another group. */
const versions: readonly Said[] = [
  write('POST', 'an event', `${core}/events`, {
    metadata: { name: 'e' },
    involvedObject: { namespace, name: 'a', kind: 'ConfigMap' },
    reason: 'r',
    type: 'Normal',
    message: 'm',
  }),
  write('PATCH', 'a label by another group', `${event}?fieldManager=patcher`, { metadata: { labels: { a: 'b' } } }, merge),
  write('PATCH', 'a note by another group', `${event}?fieldManager=patcher`, { note: 'n' }, merge),
  read('after another group', `${core}/events/e`),
]

const others: readonly Said[] = [
  write('POST', 'a review of a token', '/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token: 'x' } }),
  write('POST', 'a token', `${core}/serviceaccounts/default/token`, { spec: { expirationSeconds: 3600 } }),
  write('POST', 'an account', `${core}/serviceaccounts`, { metadata: { name: 'acc' } }),
  write('POST', 'a pod', `${core}/pods`, {
    metadata: { generateName: 'p-' },
    spec: { automountServiceAccountToken: false, containers: [{ name: 'c', image: 'i' }] },
  }),
  write('PUT', 'a lease by its name', `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/l`, {
    metadata: { name: 'l' },
    spec: { holderIdentity: 'x', leaseDurationSeconds: 40 },
  }),
  write('POST', 'a review', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
    spec: { resourceAttributes: { verb: 'get', resource: 'pods' } },
  }),
  applied('a service', `${core}/services/s`, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's' },
    spec: { clusterIP: 'None', ports: [{ port: 80 }, { port: 80, protocol: 'UDP', name: 'u' }] },
  }),
  applied('a service with names', `${core}/services/s`, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's' },
    spec: {
      clusterIP: 'None',
      ports: [
        { port: 80, name: 't' },
        { port: 80, protocol: 'UDP', name: 'u' },
      ],
    },
  }),
  applied('finalizers', map('f'), { ...configMap('f'), metadata: { name: 'f', finalizers: ['a.b/c', 'd.e/f'] } }),
  applied('a finalizer less', map('f'), { ...configMap('f'), metadata: { name: 'f', finalizers: ['a.b/c'] } }),
  applied(
    'a finalizer of another',
    map('f'),
    { ...configMap('f'), metadata: { name: 'f', finalizers: ['a.b/c', 'g.h/i'] } },
    'two',
  ),
  applied('no finalizer', map('f'), { ...configMap('f'), metadata: { name: 'f' } }),
  applied('no finalizer of another', map('f'), { ...configMap('f'), metadata: { name: 'f' } }, 'two'),
  write('DELETE', 'gone', map('f'), undefined),
  {
    what: 'part of an object',
    path: map('a'),
    accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
    managers: true,
  },
]

export const apply: readonly Said[] = [
  ...ofConfigMap,
  ...wrong,
  ...ofDeployment,
  ...takeOver,
  write('POST', 'one of many', `${core}/configmaps?fieldManager=first`, configMap('many', { data: { a: '1' } })),
  ...updaters,
  ...versions,
  ...others,
]
