import { asTable, creations, namespace, patch, removals, type Said } from './conversation.ts'

const base = '/apis/storage.k8s.io/v1'
const of = (plural: string) => `${base}/${plural}`
const capacitiesPath = `${base}/namespaces/${namespace}/csistoragecapacities`
const provisioner = 'example.com/disk'
const topology = (...matchLabelExpressions: object[]) => ({ provisioner, allowedTopologies: [{ matchLabelExpressions }] })
const many = Object.fromEntries(Array.from({ length: 513 }, (_, index) => [`k${index}`, 'v']))

const classes = {
  nothing: {},
  'an ordinary one': { provisioner },
  all: {
    parameters: { type: 'ssd', empty: '' },
    reclaimPolicy: 'Retain',
    mountOptions: ['ro', 'bogus'],
    allowVolumeExpansion: true,
    volumeBindingMode: 'WaitForFirstConsumer',
    ...topology({ key: 'zone', values: ['a', 'b'] }),
  },
  'the default': {
    metadata: { name: `${namespace}-3`, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner,
    allowVolumeExpansion: false,
  },
  'the default as of old': {
    metadata: { name: `${namespace}-4`, annotations: { 'storageclass.beta.kubernetes.io/is-default-class': 'true' } },
    provisioner: 'kubernetes.io/no-provisioner',
  },
  'a wrong provisioner': { provisioner: 'Not a Name/x/y' },
  'capitals in the provisioner': { provisioner: 'Example.com/Disk' },
  'another policy': { provisioner, reclaimPolicy: 'Recycle' },
  'an empty policy': { provisioner, reclaimPolicy: '' },
  'another mode': { provisioner, volumeBindingMode: 'Later' },
  'an empty mode': { provisioner, volumeBindingMode: '' },
  'a parameter without a name': { provisioner, parameters: { '': 'x' } },
  'many parameters': { provisioner, parameters: many },
  'long parameters': { provisioner, parameters: { a: 'x'.repeat(256 * 1024) } },
  'a term without anything': { provisioner, allowedTopologies: [{}] },
  'terms without anything': { provisioner, allowedTopologies: [{}, { matchLabelExpressions: [] }] },
  'a rule without anything': topology({}),
  'values twice': topology({ key: 'zone', values: ['a', 'a'] }),
  'keys twice': topology({ key: 'zone', values: ['a'] }, { key: 'zone', values: ['b'] }),
  'a wrong key': topology({ key: 'a b', values: ['a'] }),
  'terms alike': {
    provisioner,
    allowedTopologies: [
      { matchLabelExpressions: [{ key: 'zone', values: ['a', 'b'] }] },
      { matchLabelExpressions: [{ key: 'zone', values: ['b', 'a'] }] },
    ],
  },
  'a label of old': topology({ key: 'failure-domain.beta.kubernetes.io/zone', values: ['a'] }),
  'much at once': {
    provisioner: 'a b',
    reclaimPolicy: 'x',
    volumeBindingMode: 'y',
    parameters: { '': '' },
    allowedTopologies: [{ matchLabelExpressions: [{}] }],
  },
  'a name of capitals': { metadata: { name: 'A' }, provisioner },
}

const attributes = {
  nothing: {},
  'an ordinary one': { driverName: 'disk.example.com', parameters: { iops: '3000' } },
  'without parameters': { driverName: 'disk.example.com' },
  'a wrong driver': { driverName: 'a b', parameters: { a: 'b' } },
  'a parameter without a name': { driverName: 'd', parameters: { '': 'x' } },
  'many parameters': { driverName: 'd', parameters: many },
}

const spec = (value: object) => ({ spec: value })
const drivers = {
  nothing: {},
  'an empty spec': spec({}),
  all: spec({
    attachRequired: false,
    podInfoOnMount: true,
    storageCapacity: true,
    fsGroupPolicy: 'File',
    requiresRepublish: true,
    seLinuxMount: true,
    nodeAllocatableUpdatePeriodSeconds: 10,
    volumeLifecycleModes: ['Ephemeral', 'Persistent'],
    tokenRequests: [{ audience: 'a', expirationSeconds: 600 }, { audience: '' }],
    serviceAccountTokenInSecrets: true,
  }),
  'tokens without a word on secrets': spec({ tokenRequests: [{ audience: 'a' }] }),
  'secrets without tokens': spec({ serviceAccountTokenInSecrets: false }),
  'no modes': spec({ volumeLifecycleModes: [] }),
  'no tokens': spec({ tokenRequests: [] }),
  'another policy': spec({ fsGroupPolicy: 'x' }),
  'an empty policy': spec({ fsGroupPolicy: '' }),
  'another mode': spec({ volumeLifecycleModes: ['Persistent', 'x'] }),
  'a short period': spec({ nodeAllocatableUpdatePeriodSeconds: 9 }),
  'audiences twice': spec({
    tokenRequests: [{ audience: 'a' }, { audience: 'a', expirationSeconds: 1 }],
    serviceAccountTokenInSecrets: true,
  }),
  'short and long tokens': spec({
    tokenRequests: [
      { audience: 'a', expirationSeconds: 599 },
      { audience: 'b', expirationSeconds: 4_294_967_297 },
    ],
    serviceAccountTokenInSecrets: false,
  }),
  'much at once': spec({
    fsGroupPolicy: 'x',
    volumeLifecycleModes: ['x'],
    nodeAllocatableUpdatePeriodSeconds: 1,
    serviceAccountTokenInSecrets: true,
  }),
  'a wrong name': { metadata: { name: 'A_b' } },
}

const driver = { name: 'disk.example.com', nodeID: 'n1' }
const nodes = {
  nothing: {},
  'an empty spec': spec({}),
  'no drivers': spec({ drivers: [] }),
  'drivers of null': spec({ drivers: null }),
  'a driver': spec({ drivers: [driver] }),
  all: spec({ drivers: [{ ...driver, topologyKeys: ['zone', 'example.com/rack'], allocatable: { count: 5 } }] }),
  'keys of null': spec({ drivers: [{ ...driver, topologyKeys: null }] }),
  'no keys': spec({ drivers: [{ ...driver, topologyKeys: [], allocatable: {} }] }),
  'an empty driver': spec({ drivers: [{}] }),
  'a wrong driver': spec({ drivers: [{ name: 'A_b', nodeID: 'x'.repeat(257) }] }),
  'a long name': spec({ drivers: [{ ...driver, name: 'x'.repeat(64) }] }),
  'drivers twice': spec({ drivers: [driver, driver] }),
  'wrong keys': spec({ drivers: [{ ...driver, topologyKeys: ['', 'a b', 'x', 'x'] }] }),
  'less than no volumes': spec({ drivers: [{ ...driver, allocatable: { count: -1 } }] }),
  'a wrong name': { metadata: { name: 'A_b' }, ...spec({ drivers: [] }) },
}

const capacities = {
  nothing: {},
  'an ordinary one': {
    storageClassName: 'fast',
    capacity: '10Gi',
    nodeTopology: { matchLabels: { zone: 'a' } },
    maximumVolumeSize: '1Gi',
  },
  'without capacity': { storageClassName: 'fast' },
  'an amount by another name': { storageClassName: 'fast', capacity: '1024Mi' },
  'less than nothing': { storageClassName: 'fast', capacity: '-1' },
  'no amount': { storageClassName: 'fast', capacity: 'x' },
  'a wrong class': { storageClassName: 'A_b' },
  'a wrong topology': {
    storageClassName: 'a',
    nodeTopology: { matchLabels: { 'a b': 'c d' }, matchExpressions: [{ key: 'a', operator: 'In' }] },
  },
  'labels of old': {
    storageClassName: 'a',
    nodeTopology: {
      matchLabels: { 'beta.kubernetes.io/os': 'linux' },
      matchExpressions: [{ key: 'beta.kubernetes.io/arch', operator: 'Exists' }],
    },
  },
}

const one = (plural: string, index: number) => `${of(plural)}/${namespace}-${index}`
const put = (what: string, path: string, body: object): Said => ({ what, method: 'PUT', path, body })

export const storage: readonly Said[] = [
  ...creations(of('storageclasses'), classes),
  { what: 'a table of storageclasses', path: of('storageclasses'), accept: asTable },
  patch('another provisioner and more', one('storageclasses', 1), {
    provisioner: 'x',
    parameters: { a: 'b' },
    reclaimPolicy: 'Retain',
    volumeBindingMode: 'WaitForFirstConsumer',
  }),
  patch('what may change of a class', one('storageclasses', 1), {
    allowVolumeExpansion: true,
    mountOptions: ['x'],
    allowedTopologies: [{ matchLabelExpressions: [{ key: 'a', values: ['b'] }] }],
  }),
  patch('wrong and changed', one('storageclasses', 1), { provisioner: 'a b', reclaimPolicy: 'x' }),
  put('a class without a revision', one('storageclasses', 1), { metadata: { name: `${namespace}-1` }, provisioner }),
  put('a class that is not there', one('storageclasses', 99), { metadata: { name: `${namespace}-99` }, provisioner }),
  { what: 'a field of classes', path: `${of('storageclasses')}?fieldSelector=provisioner%3Dx` },
  ...removals(of('storageclasses'), classes),
  ...creations(of('volumeattributesclasses'), attributes),
  { what: 'a table of a volumeattributesclass', path: one('volumeattributesclasses', 1), accept: asTable },
  patch('another driver', one('volumeattributesclasses', 1), { driverName: 'x', parameters: { iops: '1' } }),
  patch('nothing of a class', one('volumeattributesclasses', 1), { driverName: null, parameters: null }),
  patch('a label of a class', one('volumeattributesclasses', 1), { metadata: { labels: { a: 'b' } } }),
  patch('nothing holds a class', one('volumeattributesclasses', 1), { metadata: { finalizers: null } }),
  ...removals(of('volumeattributesclasses'), attributes),
  ...creations(of('csidrivers'), drivers),
  { what: 'a table of csidrivers', path: of('csidrivers'), accept: asTable },
  patch('another attaching', one('csidrivers', 1), { spec: { attachRequired: false, volumeLifecycleModes: ['Ephemeral'] } }),
  patch('another policy of a driver', one('csidrivers', 1), { spec: { fsGroupPolicy: 'None' } }),
  patch('the same again', one('csidrivers', 1), { spec: { fsGroupPolicy: 'None' } }),
  patch('a label is no new generation', one('csidrivers', 1), { metadata: { labels: { a: 'b' } } }),
  patch('tokens', one('csidrivers', 1), { spec: { tokenRequests: [{ audience: 'x' }] } }),
  patch('tokens as they were', one('csidrivers', 1), { spec: { requiresRepublish: true } }),
  put('a driver without a revision', one('csidrivers', 1), { metadata: { name: `${namespace}-1` }, spec: {} }),
  ...removals(of('csidrivers'), drivers),
  ...creations(of('csinodes'), nodes),
  { what: 'a table of csinodes', path: of('csinodes'), accept: asTable },
  patch('another id', one('csinodes', 4), { spec: { drivers: [{ ...driver, nodeID: 'n2' }] } }),
  patch('another id and keys', one('csinodes', 5), { spec: { drivers: [{ ...driver, topologyKeys: ['x'] }] } }),
  patch('wrong and another id', one('csinodes', 4), { spec: { drivers: [{ ...driver, nodeID: '' }] } }),
  patch('another count', one('csinodes', 5), {
    spec: { drivers: [{ ...driver, topologyKeys: ['zone', 'example.com/rack'], allocatable: { count: 6 } }] },
  }),
  patch('another driver besides', one('csinodes', 4), { spec: { drivers: [driver, { name: 'b', nodeID: 'x' }] } }),
  patch('no driver any more', one('csinodes', 4), { spec: { drivers: [] } }),
  ...removals(of('csinodes'), nodes),
  ...creations(capacitiesPath, capacities),
  { what: 'a table of csistoragecapacities', path: capacitiesPath, accept: asTable },
  patch('another class', `${capacitiesPath}/${namespace}-1`, {
    storageClassName: 'slow',
    nodeTopology: { matchLabels: { zone: 'b' } },
  }),
  patch('no topology', `${capacitiesPath}/${namespace}-1`, { nodeTopology: null }),
  patch('another amount', `${capacitiesPath}/${namespace}-1`, { capacity: '1.5Gi' }),
  put('a capacity without a revision', `${capacitiesPath}/${namespace}-1`, {
    metadata: { name: `${namespace}-1` },
    storageClassName: 'fast',
  }),
  { what: 'all capacities go', method: 'DELETE', path: capacitiesPath },
]
