import { namespace, patch, type Said } from './conversation.ts'

const pods = `/api/v1/namespaces/${namespace}/pods`
const debugged = `${pods}/debugged/ephemeralcontainers`
const sized = `${pods}/sized`
const strategic = 'application/strategic-merge-patch+json'

const make = (name: string, spec: object = {}, metadata: object = {}): Said => ({
  what: `${name}: made`,
  method: 'POST',
  path: pods,
  body: {
    metadata: { name, ...metadata },
    spec: {
      serviceAccountName: 'debugger',
      automountServiceAccountToken: false,
      containers: [{ name: 'a', image: 'a' }],
      ...spec,
    },
  },
})
const merge = (what: string, path: string, body: unknown): Said => ({ ...patch(what, path, body), type: strategic })
const debug = (what: string, ...ephemeralContainers: object[]) =>
  merge(`debug: ${what}`, debugged, { spec: { ephemeralContainers } })

const probe = { exec: { command: ['a'] } }

const ephemeral: readonly Said[] = [
  { ...make('refused', { ephemeralContainers: [{ name: 'b', image: 'b' }] }), what: 'not made with one' },
  make(
    'debugged',
    { volumes: [{ name: 'v', emptyDir: {} }], initContainers: [{ name: 'i', image: 'i' }] },
    { labels: { a: 'b' } },
  ),
  { what: 'debug: as it is', path: debugged },
  debug('nothing'),
  // kubernetes-client/python#1859
  merge('debug: a container in place of a pod', debugged, { image: 'b' }),
  debug('no name', { image: 'b' }),
  debug('no image', { name: 'b' }),
  debug('a name that is there', { name: 'a', image: 'b' }, { name: 'i', image: 'b' }),
  debug('twice', { name: 'b', image: 'b' }, { name: 'b', image: 'c' }),
  debug('a wrong name', { name: 'B_', image: ' b ' }),
  debug('a wrong target', { name: 'b', image: 'b', targetContainerName: 'nobody' }),
  debug('what it may not have', {
    name: 'b',
    image: 'b',
    ports: [{ containerPort: 80 }],
    resources: { limits: { cpu: '1' } },
    resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }],
    restartPolicy: 'Always',
    restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [1] } }],
    livenessProbe: probe,
    readinessProbe: probe,
    startupProbe: probe,
    lifecycle: { postStart: probe },
  }),
  debug('wrong mounts', {
    name: 'b',
    image: 'b',
    volumeMounts: [
      { name: 'v', mountPath: '/a', subPath: 'a' },
      { name: 'v', mountPath: '/b', subPathExpr: 'a' },
      { name: 'w', mountPath: '/c' },
    ],
  }),
  debug('one', {
    name: 'b',
    image: 'b',
    stdin: true,
    tty: true,
    targetContainerName: 'a',
    volumeMounts: [{ name: 'v', mountPath: '/v' }],
  }),
  debug('the same again', { name: 'b', image: 'b' }),
  merge('debug: another, and what is not changed here', debugged, {
    metadata: { labels: { c: 'd' }, annotations: { e: 'f' }, finalizers: ['a.io/b'] },
    spec: { activeDeadlineSeconds: 5, ephemeralContainers: [{ name: 'c', image: 'c:1' }] },
    status: { phase: 'Failed' },
  }),
  merge('debug: one is taken away', debugged, { spec: { ephemeralContainers: [{ $patch: 'delete', name: 'b' }] } }),
  patch('debug: all are taken away', debugged, { spec: { ephemeralContainers: null } }),
  patch('debug: others in their place', debugged, { spec: { ephemeralContainers: [{ name: 'd', image: 'd' }] } }),
  merge('debug: by the pod itself', `${pods}/debugged?fieldValidation=Strict`, {
    metadata: { labels: { by: 'itself' } },
    spec: { activeDeadlineSeconds: 100 },
  }),
  {
    what: 'debug: replaced',
    method: 'PUT',
    path: debugged,
    body: {
      metadata: { name: 'debugged' },
      spec: {
        containers: [{ name: 'other', image: 'other' }],
        ephemeralContainers: [
          { name: 'e', image: 'e' },
          { name: 'c', image: 'c:1' },
          {
            name: 'b',
            image: 'b',
            stdin: true,
            tty: true,
            targetContainerName: 'a',
            volumeMounts: [{ name: 'v', mountPath: '/v' }],
          },
        ],
      },
    },
  },
  { what: 'debug: replaced without a name', method: 'PUT', path: debugged, body: { spec: {} } },
  { what: 'debug: as it is then', path: `${pods}/debugged` },
  merge('debug: nobody', `${pods}/nobody/ephemeralcontainers`, { spec: { ephemeralContainers: [] } }),
  { what: 'debug: not made', method: 'POST', path: debugged, body: {} },
  { what: 'debug: not removed', method: 'DELETE', path: debugged },
  make('mirror', { nodeName: 'n' }, { annotations: { 'kubernetes.io/config.mirror': 'a' } }),
  merge('debug: a mirror', `${pods}/mirror/ephemeralcontainers`, { spec: { ephemeralContainers: [{ name: 'b', image: 'b' }] } }),
  merge('resize: a mirror', `${pods}/mirror/resize`, {
    spec: { containers: [{ name: 'a', resources: { requests: { cpu: '1' } } }] },
  }),
]

const amounts = (cpu: string, memory = '10M') => ({ requests: { cpu, memory }, limits: { cpu, memory } })
const resize = (what: string, resources: object, spec: object = {}) =>
  merge(`resize: ${what}`, `${sized}/resize`, { spec: { containers: [{ name: 'a', resources }], ...spec } })
const initially = (name: string, resources: object) =>
  merge(`resize: init container ${name}: ${JSON.stringify(resources)}`, `${sized}/resize`, {
    spec: { initContainers: [{ name, resources }] },
  })
const burst = { requests: { cpu: '1' }, limits: { cpu: '2', memory: '10M', 'a.io/b': 1 } }

const resizing: readonly Said[] = [
  make('sized', {
    containers: [
      { name: 'a', image: 'a', resources: burst },
      { name: 'b', image: 'b' },
    ],
    initContainers: [
      { name: 'i', image: 'i', resources: { requests: { cpu: '1' } } },
      { name: 's', image: 's', restartPolicy: 'Always', resources: { requests: { cpu: '1' } } },
    ],
  }),
  make('guaranteed', { containers: [{ name: 'a', image: 'a', resources: amounts('1') }] }),
  make('whole', { resources: amounts('2', '20M'), containers: [{ name: 'a', image: 'a', resources: amounts('1') }] }),
  make('best', {}),
  { what: 'resize: as it is', path: `${sized}/resize` },
  resize('more', { requests: { cpu: '1500m', memory: '5M' } }),
  resize('the same', {}),
  resize('more than the limit', { requests: { cpu: '3' } }),
  resize('less than nothing', { requests: { cpu: '-1' } }),
  resize('another resource', { limits: { 'a.io/b': 2 }, requests: { 'a.io/b': 2 } }),
  resize('a new resource', { requests: { 'ephemeral-storage': '1M' } }),
  resize('a request taken away', { requests: { memory: null } }),
  resize('a limit taken away', { limits: { memory: null, cpu: null } }),
  resize('how', {}, { containers: [{ name: 'a', resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }] }] }),
  resize(
    'what is not changed here',
    { limits: { cpu: '2500m' } },
    {
      activeDeadlineSeconds: 5,
      containers: [{ name: 'a', image: 'other', resources: { limits: { cpu: '2500m' } } }],
    },
  ),
  // kubernetes/kubernetes#135084
  merge('resize: what had nothing gets storage', `${sized}/resize`, {
    spec: { containers: [{ name: 'b', resources: { requests: { 'ephemeral-storage': '1M' } } }] },
  }),
  merge('resize: what had nothing gets memory', `${sized}/resize`, {
    spec: { containers: [{ name: 'b', resources: { requests: { memory: '1M' } } }] },
  }),
  initially('i', { requests: { cpu: '2' } }),
  initially('s', { requests: { cpu: '2' } }),
  initially('s', { limits: { 'a.io/b': 1 } }),
  initially('s', { requests: { cpu: null } }),
  merge('resize: one more container', `${sized}/resize`, { spec: { containers: [{ name: 'c', image: 'c' }] } }),
  merge('resize: one less', `${sized}/resize`, { spec: { initContainers: [{ $patch: 'delete', name: 'i' }] } }),
  patch('resize: others', `${sized}/resize`, {
    spec: {
      containers: [
        { name: 'b', image: 'b' },
        { name: 'a', image: 'a', resources: burst },
      ],
    },
  }),
  merge('resize: metadata', `${sized}/resize`, { metadata: { labels: { a: 'b' } } }),
  merge('resize: the class', `${pods}/guaranteed/resize`, {
    spec: { containers: [{ name: 'a', resources: { limits: { cpu: '2' } } }] },
  }),
  merge('resize: guaranteed', `${pods}/guaranteed/resize`, { spec: { containers: [{ name: 'a', resources: amounts('2') }] } }),
  merge('resize: the best', `${pods}/best/resize`, { spec: { containers: [{ name: 'a', resources: amounts('2') }] } }),
  merge('resize: of the whole pod', `${pods}/whole/resize`, { spec: { containers: [{ name: 'a', resources: amounts('2') }] } }),
  merge('resize: by the pod itself', sized, { metadata: { labels: { by: 'itself' } } }),
  patch('guaranteed runs where it can’t be resized', `${pods}/guaranteed/status`, {
    status: { containerStatuses: [{ name: 'a', image: 'a', imageID: '', ready: true, restartCount: 0, state: { running: {} } }] },
  }),
  merge('resize: where it can’t be', `${pods}/guaranteed/resize`, {
    spec: { containers: [{ name: 'a', resources: amounts('3') }] },
  }),
  patch('guaranteed runs where it can be resized', `${pods}/guaranteed/status`, {
    status: {
      containerStatuses: [
        { name: 'a', image: 'a', imageID: '', ready: true, restartCount: 0, state: { running: {} }, resources: amounts('2') },
      ],
    },
  }),
  merge('resize: where it can be', `${pods}/guaranteed/resize`, {
    spec: { containers: [{ name: 'a', resources: amounts('3') }] },
  }),
  {
    what: 'resize: replaced',
    method: 'PUT',
    path: `${pods}/guaranteed/resize`,
    body: { metadata: { name: 'guaranteed' }, spec: { containers: [{ name: 'a', image: 'x', resources: amounts('4') }] } },
  },
]

const bounded = `${namespace}-bounded`
const inside = `/api/v1/namespaces/${bounded}`
const boundedPod = `${inside}/pods/bounded`
const sizeOf = (what: string, cpu: string) =>
  merge(`bounds: ${what}`, `${boundedPod}/resize`, { spec: { containers: [{ name: 'a', resources: { requests: { cpu } } }] } })
const looking = (what: string, container: object) =>
  merge(`secrets: ${what}`, `${boundedPod}/ephemeralcontainers`, {
    spec: { ephemeralContainers: [{ image: 'b', ...container }] },
  })
const secret = (name: string) => ({ env: [{ name: 'A', valueFrom: { secretKeyRef: { name, key: 'k' } } }] })

/** Who may not have more at first gets no more later. */
const bounds: readonly Said[] = [
  { what: 'bounds: a namespace', method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: bounded } } },
  {
    what: 'bounds: an account that keeps to its Secrets',
    method: 'POST',
    path: `${inside}/serviceaccounts`,
    body: {
      metadata: { name: 'default', annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } },
      secrets: [{ name: 'mine' }],
    },
  },
  {
    what: 'bounds: a pod',
    method: 'POST',
    path: `${inside}/pods`,
    body: {
      metadata: { name: 'bounded' },
      spec: {
        automountServiceAccountToken: false,
        containers: [{ name: 'a', image: 'a', resources: { requests: { cpu: '1' } } }],
      },
    },
  },
  looking('another’s', { name: 'b', ...secret('other') }),
  looking('all of another’s', { name: 'b', envFrom: [{ secretRef: { name: 'other' } }] }),
  looking('its own', { name: 'b', ...secret('mine') }),
  {
    what: 'bounds: a range',
    method: 'POST',
    path: `${inside}/limitranges`,
    body: { metadata: { name: 'range' }, spec: { limits: [{ type: 'Container', max: { cpu: '4' }, default: { cpu: '4' } }] } },
  },
  {
    what: 'bounds: a quota',
    method: 'POST',
    path: `${inside}/resourcequotas`,
    body: { metadata: { name: 'quota' }, spec: { hard: { 'requests.cpu': '3' } } },
  },
  patch('bounds: what is used of it', `${inside}/resourcequotas/quota/status`, {
    status: { hard: { 'requests.cpu': '3' }, used: { 'requests.cpu': '1' } },
  }),
  sizeOf('more than the range', '5'),
  sizeOf('more than the quota', '3500m'),
  sizeOf('more', '2'),
  { what: 'bounds: what is used then', path: `${inside}/resourcequotas/quota` },
  sizeOf('less', '1500m'),
  { what: 'bounds: the pod then', path: boundedPod },
  { what: 'bounds: the namespace goes', method: 'DELETE', path: `/api/v1/namespaces/${bounded}` },
]

/** What is done to pods that are there, beside their own updates. */
export const debugging: readonly Said[] = [
  {
    what: 'the account of pods',
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/serviceaccounts`,
    body: { metadata: { name: 'debugger' } },
  },
  ...ephemeral,
  ...resizing,
  ...bounds,
]
