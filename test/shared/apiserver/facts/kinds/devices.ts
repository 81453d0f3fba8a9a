import { asTable, creations, namespace, patch, removals, type Said } from './conversation.ts'

const group = '/apis/resource.k8s.io/v1'
const classes = `${group}/deviceclasses`
const slices = `${group}/resourceslices`
const claims = `${group}/namespaces/${namespace}/resourceclaims`
const templates = `${group}/namespaces/${namespace}/resourceclaimtemplates`

const many = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index))
const opaque = (parameters: unknown, driver = 'gpu.example.com') => ({ opaque: { driver, parameters } })
const large = { text: 'x'.repeat(11_000) }

const cel = (...expressions: string[]) => ({ selectors: expressions.map((expression) => ({ cel: { expression } })) })
const a = (name: string) => `device.attributes["example.com"].${name}`

/** By what they try; each is one of a class and one of a claim. */
const expressions: Readonly<Record<string, string>> = {
  nothing: '',
  'the driver': 'device.driver == "gpu.example.com"',
  'an attribute': `${a('model')} == "x" && ${a('index')} > 1 && ${a('fast')}`,
  'an attribute alone': a('fast'),
  'a capacity': 'device.capacity["example.com"].memory.compareTo(quantity("1Gi")) >= 0',
  'a capacity as it is': 'device.capacity["example.com"].memory',
  'a version': `${a('v')}.isGreaterThan(semver("1.2.3"))`,
  'a bound name': `cel.bind(it, device.attributes["example.com"], it.model == "x" && it.fast)`,
  'a bound name that is none': 'cel.bind(1, 2, true)',
  'a binding of another': 'dra.bind(a, 2, true)',
  'what is there': `"example.com" in device.attributes && has(device.attributes["example.com"].model)`,
  'a word': '"x"',
  'a number': '1 + 1',
  'a list': '[true]',
  'a driver as it is': 'device.driver',
  'another variable': 'node.name == "x"',
  'another field': 'device.model == "x"',
  'a field of another feature': 'device.allowMultipleAllocations',
  'no expression': 'device.driver ==',
  'two mistakes': 'foo && bar',
  'the wrong type': 'device.driver == 1',
  'a pattern': `${a('model')}.matches("^a.*b$")`,
  'a pattern that is none': `${a('model')}.matches("(")`,
  'all attributes': 'device.attributes.all(d, device.attributes[d].all(n, n.matches("a.*") || device.attributes[d][n] == "x"))',
  'attributes of attributes':
    'device.attributes.all(a, device.attributes.all(b, device.attributes.all(c, device.attributes.all(d, a + b + c + d != "x"))))',
  'a comparison of all values': `device.attributes.exists(a, device.attributes[a].exists(b, ${a('x')}.contains(b)))`,
  'much of a word': `${a('model')}.lowerAscii().contains("x") && device.driver.split(".").size() > 1`,
  'capacities of all': 'device.capacity.all(d, device.capacity[d].all(n, device.capacity[d][n].isGreaterThan(quantity("1"))))',
  'a loop of numbers': '[1,2,3].all(x, [1,2,3].all(y, x * y < 10))',
  'an authorizer': 'authorizer.path("/x").check("get").allowed()',
  dyn: 'dyn(device.driver)',
}
const ofExpressions = Object.fromEntries(Object.entries(expressions).map(([what, text]) => [`by ${what}`, { spec: cel(text) }]))

const deviceClasses = {
  nothing: {},
  'an empty spec': { spec: {} },
  'a configuration': { spec: { config: [opaque({ kind: 'X', a: 1 })] } },
  'an extended resource': { spec: { extendedResourceName: 'example.com/gpu' } },
  'no way of configuration': { spec: { config: [{}] } },
  'an odd driver': { spec: { config: [opaque({}, 'A B'), opaque({}, ''), opaque({}, 'x'.repeat(64))] } },
  'parameters that are none': {
    spec: { config: [opaque(null), opaque([]), opaque('x'), opaque(1), { opaque: { driver: 'a' } }] },
  },
  'large parameters': { spec: { config: [opaque(large)] } },
  'too many configurations': { spec: { config: many(33, () => opaque({})) } },
  'an empty selector': { spec: { selectors: [{}] } },
  'too many selectors': { spec: { selectors: many(33, () => ({})) } },
  'a long expression': { spec: { selectors: [{ cel: { expression: 'x'.repeat(10_241) } }] } },
  'a wrong name': { metadata: { name: 'A_b' } },
  'a long name': { metadata: { name: 'a'.repeat(254) } },
  'a generation': { metadata: { name: `${namespace}-generation`, generation: 7 }, spec: {} },
}

const exactly = { deviceClassName: 'gpu' }
const asks = (...requests: object[]) => ({ devices: { requests } })
const one = (request: object) => asks({ name: 'a', exactly: { ...exactly, ...request } })
const both = asks({ name: 'a', exactly }, { name: 'b', firstAvailable: [{ name: 'c', deviceClassName: 'gpu' }] })

const wanted: Readonly<Record<string, object>> = {
  nothing: {},
  'no devices': { devices: {} },
  'a device': one({}),
  'all devices': one({ allocationMode: 'All' }),
  'two devices': one({ allocationMode: 'ExactCount', count: 2 }),
  'as an administrator': one({ adminAccess: true }),
  'not as an administrator': one({ adminAccess: false }),
  'what is turned off': {
    devices: {
      requests: [
        {
          name: 'a',
          exactly: {
            ...exactly,
            tolerations: [{ key: 'a', operator: 'Exists' }],
            capacity: { requests: { memory: '1Gi' } },
          },
        },
      ],
      constraints: [{ requests: ['a'], matchAttribute: 'example.com/a', distinctAttribute: 'example.com/b' }],
    },
  },
  'the first available': both,
  'constraints and configuration': {
    devices: {
      ...both.devices,
      constraints: [{ requests: ['a', 'b/c'], matchAttribute: 'example.com/numa' }],
      config: [{ requests: ['b'], ...opaque({ a: 'b' }) }],
    },
  },
  'neither way': asks({ name: 'a' }),
  'both ways': asks({ name: 'a', exactly, firstAvailable: [{ name: 'b', deviceClassName: 'gpu' }] }),
  'an empty list of the first available': asks({ name: 'a', firstAvailable: [] }),
  'odd names': asks({ name: 'A_b', exactly }, { exactly }, { name: 'x'.repeat(64), exactly }),
  'the same name twice': asks({ name: 'a', exactly }, { name: 'a', exactly }),
  'the same subrequest twice': asks({
    name: 'a',
    firstAvailable: [
      { name: 'b', deviceClassName: 'gpu' },
      { name: 'b', deviceClassName: 'x' },
    ],
  }),
  'too many requests': asks(...many(33, (index) => ({ name: `r-${index}`, exactly }))),
  'too many subrequests': asks({ name: 'a', firstAvailable: many(9, (index) => ({ name: `r-${index}`, deviceClassName: 'x' })) }),
  'no class': asks({ name: 'a', exactly: {} }, { name: 'b', firstAvailable: [{ name: 'c' }] }),
  'an odd class': one({ deviceClassName: 'A_b' }),
  'an odd mode': one({ allocationMode: 'Some' }),
  'a number of all': one({ allocationMode: 'All', count: 1 }),
  'less than none': one({ count: -1 }),
  'subrequests of odd modes': asks({
    name: 'a',
    firstAvailable: [
      { name: 'b', deviceClassName: 'gpu', allocationMode: 'Some' },
      { name: 'c', deviceClassName: 'gpu', count: -1 },
    ],
  }),
  'a constraint without an attribute': { devices: { ...both.devices, constraints: [{ requests: ['a'] }] } },
  'odd attributes': {
    devices: {
      ...both.devices,
      constraints: ['a', 'A b/c', '/c', 'a/', 'a/b c', `a/${'x'.repeat(33)}`, 'a/b/c', ''].map((matchAttribute) => ({
        matchAttribute,
      })),
    },
  },
  'odd references': {
    devices: {
      ...both.devices,
      constraints: [{ requests: ['x', 'a/b', 'b/x', 'a/b/c', '', 'A', 'a', 'a'], matchAttribute: 'a/b' }],
      config: [{ requests: ['x', 'x'], ...opaque({}) }],
    },
  },
  'too many of all': {
    devices: {
      ...both.devices,
      constraints: many(33, () => ({ matchAttribute: 'a/b' })),
      config: many(33, () => opaque({})),
    },
  },
  'odd configurations': {
    devices: { ...both.devices, config: [{}, opaque(null), opaque(large), opaque([]), opaque({}, 'A B')] },
  },
  'many references': {
    devices: { ...both.devices, config: [{ requests: many(33, () => 'a'), ...opaque({}) }] },
  },
  'an administrator and more that is wrong': one({ adminAccess: true, deviceClassName: '' }),
}

const ofClaims = Object.fromEntries(Object.entries(wanted).map(([what, spec]) => [what, { spec }]))
const ofTemplates = Object.fromEntries(Object.entries(wanted).map(([what, spec]) => [what, { spec: { spec } }]))
const moreTemplates = {
  ...ofTemplates,
  'no spec': {},
  'metadata of its claims': { spec: { metadata: { labels: { a: 'b' }, annotations: { c: 'd' }, name: 'x' }, spec: one({}) } },
  'odd metadata of its claims': { spec: { metadata: { labels: { 'a b': 'c d' }, annotations: { 'e f': '' } }, spec: one({}) } },
}

const pool = { name: 'p', generation: 1, resourceSliceCount: 1 }
const driver = 'gpu.example.com'
const slice = (spec: object) => ({ spec: { driver, pool, nodeName: 'no-such-node', ...spec } })
const device = (more: object) => slice({ devices: [{ name: 'a', ...more }] })
const attribute = (value: object) => device({ attributes: { model: value } })

const resourceSlices = {
  nothing: {},
  'an empty spec': { spec: {} },
  'no devices': slice({}),
  devices: slice({
    devices: [
      {
        name: 'a',
        attributes: {
          model: { string: 'x' },
          'other.example.com/index': { int: 1 },
          fast: { bool: false },
          v: { version: '1.2.3-a.1+b' },
        },
        capacity: { memory: { value: '16Gi' }, cores: { value: '1000m' } },
      },
      { name: 'b' },
    ],
  }),
  'for all nodes': { spec: { driver, pool, allNodes: true } },
  'for some nodes': {
    spec: {
      driver,
      pool,
      nodeSelector: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }] },
    },
  },
  'for nobody': { spec: { driver, pool } },
  'in two ways': slice({ allNodes: true }),
  'in three ways': slice({ allNodes: true, nodeSelector: { nodeSelectorTerms: [{}] } }),
  'in ways that are none': { spec: { driver, pool, nodeName: '', allNodes: false } },
  'by each device': { spec: { driver, pool, perDeviceNodeSelection: true, devices: [{ name: 'a', nodeName: 'n' }] } },
  'an odd node': slice({ nodeName: 'A_b' }),
  'two terms': { spec: { driver, pool, nodeSelector: { nodeSelectorTerms: [{}, {}] } } },
  'no terms': { spec: { driver, pool, nodeSelector: {} } },
  'odd terms': {
    spec: {
      driver,
      pool,
      nodeSelector: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a b', operator: 'In', values: [] }] }] },
    },
  },
  'what is turned off': slice({
    sharedCounters: [{ name: 'c', counters: { a: { value: '1' } } }],
    devices: [
      {
        name: 'a',
        taints: [{ key: 'a', effect: 'NoSchedule' }],
        consumesCounters: [{ counterSet: 'c', counters: { a: { value: '1' } } }],
        bindingConditions: ['a'],
        bindingFailureConditions: ['b'],
        bindsToNode: true,
        allNodes: true,
        allowMultipleAllocations: true,
        capacity: { memory: { value: '1Gi', requestPolicy: { default: '1Mi', validRange: { min: '1Mi' } } } },
      },
    ],
  }),
  'an odd driver': slice({ driver: 'A B' }),
  'a driver with capitals': slice({ driver: 'GPU.example.com' }),
  'a long driver': slice({ driver: 'x'.repeat(64) }),
  'an odd pool': slice({ pool: { name: 'a/B/', generation: -1, resourceSliceCount: 0 } }),
  'a long pool': slice({ pool: { ...pool, name: `${'x'.repeat(60)}/`.repeat(5) } }),
  'a pool of slashes': slice({ pool: { ...pool, name: 'a/b.c/d' } }),
  'odd devices': slice({ devices: [{ name: 'A' }, {}, { name: 'b' }, { name: 'b' }] }),
  'too many devices': slice({ devices: many(129, (index) => ({ name: `d-${index}` })) }),
  'as many devices as there may be': slice({ devices: many(128, (index) => ({ name: `d-${index}` })) }),
  'too many qualities': device({
    attributes: Object.fromEntries(many(20, (index) => [`a${index}`, { int: index }])),
    capacity: Object.fromEntries(many(13, (index) => [`c${index}`, { value: '1' }])),
  }),
  'an attribute of nothing': attribute({}),
  'an attribute of two': attribute({ int: 1, string: 'x' }),
  'a long attribute': attribute({ string: 'x'.repeat(65) }),
  'a version': attribute({ version: '1.2' }),
  'a version with a zero': attribute({ version: '01.2.3' }),
  'a long version': attribute({ version: `1.2.3-${'a'.repeat(60)}` }),
  'an odd attribute': device({ attributes: { 'a b': { int: 1 } } }),
  'an attribute of no domain': device({ attributes: { '/a': { int: 1 } } }),
  'an attribute without a name': device({ attributes: { 'example.com/': { int: 1 } } }),
  'an attribute of an odd domain': device({ attributes: { 'A b/c': { int: 1 } } }),
  'an attribute with many slashes': device({ attributes: { 'a/b/c d': { int: 1 } } }),
  'a long name of an attribute': device({ attributes: { [`${'x'.repeat(64)}/${'y'.repeat(40)}`]: { int: 1 } } }),
  'an odd capacity': device({ capacity: { 'a b': { value: '1' } } }),
  'a capacity that is none': device({ capacity: { a: { value: 'x' } } }),
  'a capacity without a value': device({ capacity: { a: {} } }),
}

const at = (all: string, index: number) => `${all}/${namespace}-${index}`
const put = (what: string, path: string, body: object): Said => ({ what, method: 'PUT', path, body })
const claim = at(claims, 9)
const ref = (name: string) => ({ resource: 'pods', name, uid: `uid-of-${name}` })
const result = { request: 'a', driver, pool: 'p', device: 'd' }
const allocated = (...results: object[]) => ({ allocation: { devices: { results } } })
const status = (what: string, body: object, path = claim) => patch(what, `${path}/status`, { status: body })
const table = (what: string, path: string): Said => ({ what, path, accept: asTable })

const statuses: Said[] = [
  status('reserved without an allocation', { reservedFor: [ref('x')] }),
  status('an allocation of what nobody asked for', allocated({ ...result, request: 'x' })),
  status('an odd allocation', allocated({ request: 'A/b/c', driver: 'A B', pool: '', device: '' }, {})),
  status('too many results', allocated(...many(33, () => result))),
  status('odd configurations of an allocation', {
    allocation: { devices: { results: [result], config: [{}, { source: 'x', requests: ['x'], ...opaque(null) }] } },
  }),
  status('an odd selector of an allocation', {
    allocation: { devices: { results: [result] }, nodeSelector: { nodeSelectorTerms: [] } },
  }),
  status('an allocation as an administrator', allocated({ ...result, adminAccess: true })),
  status('a device that is not allocated', { devices: [{ driver, pool: 'p', device: 'd' }] }),
  status('an allocation', {
    ...allocated(
      { ...result, shareID: 'x', consumedCapacity: { a: '1' }, bindingConditions: ['A b'], tolerations: [{ operator: 'x' }] },
      { ...result, request: 'b/c', device: 'e' },
    ),
    reservedFor: [ref('x'), { apiGroup: 'a', resource: 'b', name: 'c', uid: 'd' }],
    devices: [{ driver, pool: 'p', device: 'd', data: { a: 1 }, networkData: { interfaceName: 'eth0', ips: ['10.9.8.7/24'] } }],
  }),
  table('a table of an allocated claim', claim),
  status('another allocation', allocated(result)),
  status('the same again', { reservedFor: [ref('x')] }),
  status('odd consumers', { reservedFor: [{}, ref('x'), ref('x')] }),
  status('too many consumers', { reservedFor: many(257, (index) => ref(`p-${index}`)) }),
  status('odd devices of a status', {
    devices: [
      { driver: 'A B', pool: '', device: '' },
      { driver, pool: 'p', device: 'x' },
      { driver, pool: 'p', device: 'd', data: [] },
      { driver, pool: 'p', device: 'd', data: large },
    ],
  }),
  status('odd network data', {
    devices: [
      {
        driver,
        pool: 'p',
        device: 'd',
        networkData: {
          interfaceName: 'x'.repeat(257),
          hardwareAddress: 'x'.repeat(129),
          ips: ['x', '10.0.0.1', '10.0.0.1/8', '10.0.0.1/8', '10.00.0.1/8', 'FE80::1/64', '::ffff:10.0.0.1/104'],
        },
      },
      { driver, pool: 'p', device: 'e', networkData: { ips: many(17, (index) => `10.0.0.${index}/8`) } },
    ],
  }),
  status('conditions of a device', {
    devices: [
      {
        driver,
        pool: 'p',
        device: 'd',
        conditions: [
          { type: 'Ready', status: 'x', reason: '', lastTransitionTime: null },
          ...many(8, (index) => ({
            type: `C${index}`,
            status: 'True',
            reason: 'Good',
            lastTransitionTime: '2026-01-01T00:00:00Z',
          })),
        ],
      },
    ],
  }),
  status('labels by the status', { reservedFor: [ref('x')] }),
  patch('metadata by the status', `${claim}/status`, { metadata: { labels: { a: 'b' } }, status: { reservedFor: [ref('y')] } }),
  status('freed with consumers', { allocation: null }),
  patch('a prefix of a name by the status', `${claim}/status`, { metadata: { generateName: 'x-' } }),
  { what: 'a table of a status, or what else there is', path: `${claim}/status`, accept: `${asTable},application/json;q=0.5` },
  {
    what: 'the metadata of a status',
    path: `${claim}/status`,
    accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
  },
  { ...status('a table of a written status', { reservedFor: [ref('y')] }), accept: `${asTable},application/json;q=0.5` },
  status('freed', { allocation: null, reservedFor: null }),
  status('the same device twice', {
    ...allocated(result),
    devices: [
      { driver, pool: 'p', device: 'd' },
      { driver, pool: 'p', device: 'd' },
    ],
  }),
]

const label = (value: string | null): Said =>
  patch(`the label for administrators: ${value}`, `/api/v1/namespaces/${namespace}`, {
    metadata: { labels: { 'resource.kubernetes.io/admin-access': value } },
  })

const quotas = `/api/v1/namespaces/${namespace}/resourcequotas`
const ofGpus = 'gpu.deviceclass.resource.k8s.io/devices'
const limited = {
  hard: { 'count/resourceclaims.resource.k8s.io': '40', [ofGpus]: '34', 'x.deviceclass.resource.k8s.io/devices': '4' },
}
const quotaStatus = (used: object) =>
  patch('a quota of devices in effect', `${quotas}/devices/status`, { status: { ...limited, used } })
const inQuota = (name: string, what: string, spec: object): Said => ({
  what,
  method: 'POST',
  path: claims,
  body: { metadata: { name }, spec },
})
const used = (when: string): Said => ({ what: `what is used of devices: ${when}`, path: `${quotas}/devices` })
const alternatives = (...wantedOnes: object[]) =>
  asks({ name: 'a', firstAvailable: wantedOnes.map((more, index) => ({ name: `s-${index}`, ...more })) })

const quota: Said[] = [
  { what: 'a quota of devices', method: 'POST', path: quotas, body: { metadata: { name: 'devices' }, spec: limited } },
  quotaStatus({ 'count/resourceclaims.resource.k8s.io': '30', [ofGpus]: '0', 'x.deviceclass.resource.k8s.io/devices': '0' }),
  inQuota('q-1', 'all devices that one may get', one({ allocationMode: 'All' })),
  used('by all'),
  inQuota('q-2', 'more than are left', one({ count: 3 })),
  inQuota(
    'q-3',
    'alternatives of two classes',
    alternatives({ deviceClassName: 'x', count: 2 }, { deviceClassName: 'gpu', count: 1 }, { deviceClassName: 'x', count: 4 }),
  ),
  used('by alternatives'),
  inQuota(
    'q-4',
    'alternatives that are too many',
    alternatives({ deviceClassName: 'gpu' }, { deviceClassName: 'x', allocationMode: 'All' }),
  ),
  inQuota('q-5', 'another class', one({ deviceClassName: 'y', count: 100 })),
  { what: 'a quota of devices goes', method: 'DELETE', path: `${quotas}/devices` },
]

const apply = (what: string, path: string, body: unknown): Said => ({
  what,
  method: 'PATCH',
  path: `${path}?fieldManager=one`,
  type: 'application/apply-patch+yaml',
  body,
  managers: true,
})

const apiVersion = 'resource.k8s.io/v1'
const applied = { apiVersion, kind: 'ResourceClaim', metadata: { name: 'applied' } }

const account = 'devices'
const allPods = `/api/v1/namespaces/${namespace}/pods`
const podSpec = { serviceAccountName: account, automountServiceAccountToken: false, restartPolicy: 'Never' }
const using = (resourceClaims: object[], used: object[] = []) => ({
  spec: { ...podSpec, resourceClaims, containers: [{ name: 'c', image: 'i', resources: { claims: used } }] },
})
const ownClaim = { name: 'own', resourceClaimName: 'x' }
const made = { name: 'made', resourceClaimTemplateName: 't' }

const pods = {
  'claims by both ways': {
    metadata: { name: 'with-claims' },
    ...using([ownClaim, made], [{ name: 'own' }, { name: 'made', request: 'a' }]),
  },
  'claims that are odd': using([
    {},
    { name: 'A_b', resourceClaimName: 'x' },
    { name: 'a', resourceClaimName: 'A_b' },
    { name: 'a', resourceClaimTemplateName: 'A_b' },
    { name: 'b', resourceClaimName: 'x', resourceClaimTemplateName: 'y' },
  ]),
  'a claim that is none of the pod': using([ownClaim], [{ name: 'other' }, { name: 'own' }, { name: 'own' }]),
  'a request of a claim that is odd': using([ownClaim], [{ name: 'own', request: 'A b' }, { name: '' }]),
  'a claim where the pod has none': using([], [{ name: 'other' }]),
  'a volume of a claim with a name': {
    spec: {
      ...podSpec,
      containers: [{ name: 'c', image: 'i' }],
      volumes: [{ name: 'v', ephemeral: { volumeClaimTemplate: { metadata: { name: 'x', labels: { 'a b': 'c' } }, spec: {} } } }],
    },
  },
}
const podStatus = (what: string, body: object) => patch(what, `${allPods}/with-claims/status`, { status: body })

const ofPods: Said[] = [
  {
    what: 'an account',
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/serviceaccounts`,
    body: { metadata: { name: account } },
  },
  ...creations(allPods, pods),
  podStatus('the claims of a pod', { resourceClaimStatuses: [{ name: 'made', resourceClaimName: 'y' }, { name: 'own' }] }),
  podStatus('odd claims of a pod', {
    resourceClaimStatuses: [{ name: 'other' }, { name: 'made', resourceClaimName: 'A_b' }, { name: 'made' }],
  }),
  podStatus('what is turned off of a status', {
    extendedResourceClaimStatus: { resourceClaimName: 'x', requestMappings: [] },
    resources: { requests: { cpu: '1' } },
    allocatedResources: { cpu: '1' },
    containerStatuses: [
      {
        name: 'c',
        image: 'i',
        imageID: '',
        ready: false,
        restartCount: 0,
        allocatedResourcesStatus: [{ name: 'x', resources: [] }],
      },
    ],
  }),
]

const selecting: Said[] = [
  ...creations(`${classes}?dryRun=All`, ofExpressions).map((said) => ({ ...said, what: `class ${said.what}` })),
  ...creations(
    `${claims}?dryRun=All`,
    Object.fromEntries(
      ['model', 'fast'].map((name) => [
        `of ${name}`,
        {
          spec: asks(
            { name: 'a', exactly: { ...exactly, ...cel(a(name), 'x') } },
            { name: 'b', firstAvailable: [{ name: 'c', deviceClassName: 'gpu', ...cel('1', a(name)) }] },
          ),
        },
      ]),
    ),
  ),
  {
    what: 'a class by an expression',
    method: 'POST',
    path: classes,
    body: { metadata: { name: `${namespace}-cel` }, spec: cel(a('fast')) },
  },
  patch('another expression', `${classes}/${namespace}-cel`, { spec: cel('true') }),
  patch('a wrong expression', `${classes}/${namespace}-cel`, { spec: cel('1') }),
  { what: 'the class by an expression goes', method: 'DELETE', path: `${classes}/${namespace}-cel` },
]

export const devices: readonly Said[] = [
  { what: 'discovery of devices', path: group },
  ...creations(classes, deviceClasses),
  table('a table of deviceclasses', at(classes, 1)),
  patch('another configuration', at(classes, 1), { spec: { config: [opaque({ b: 1 })] } }),
  patch('a label of a class', at(classes, 1), { metadata: { labels: { a: 'b' } } }),
  patch('a wrong configuration', at(classes, 1), { spec: { config: [{}] } }),
  put('a class without a revision', at(classes, 1), { metadata: { name: `${namespace}-1` }, spec: {} }),
  put('a class that is not there', at(classes, 60), { metadata: { name: `${namespace}-60` }, spec: {} }),
  ...removals(classes, deviceClasses),
  { what: 'the class with a generation goes', method: 'DELETE', path: `${classes}/${namespace}-generation` },
  ...creations(claims, ofClaims),
  table('a table of a claim', at(claims, 2)),
  patch('a label of a claim', at(claims, 9), { metadata: { labels: { a: 'b' } } }),
  patch('another request', at(claims, 9), {
    spec: { devices: { requests: [{ name: 'x', exactly: { deviceClassName: 'y' } }] } },
  }),
  patch('a wrong request', at(claims, 9), { spec: { devices: { requests: [{ name: 'x' }] } } }),
  patch('what is turned off, in a change', at(claims, 2), {
    spec: { devices: { requests: [{ name: 'a', exactly: { ...exactly, tolerations: [{ operator: 'x' }] } }] } },
  }),
  put('a claim without a revision', at(claims, 2), { metadata: { name: `${namespace}-2` }, spec: one({}) }),
  put('a claim that is not there', at(claims, 60), { metadata: { name: `${namespace}-60` }, spec: one({}) }),
  ...statuses,
  ...quota,
  label('true'),
  {
    what: 'an administrator where there may be one',
    method: 'POST',
    path: claims,
    body: { metadata: { name: 'admin' }, spec: one({ adminAccess: true }) },
  },
  {
    what: 'a template of an administrator where there may be one',
    method: 'POST',
    path: templates,
    body: { metadata: { name: 'admin' }, spec: { spec: one({ adminAccess: true }) } },
  },
  label('false'),
  status(
    'an allocation as an administrator where there may be none',
    allocated({ ...result, adminAccess: true }),
    `${claims}/admin`,
  ),
  label('true'),
  status(
    'an allocation as an administrator where there may be one',
    allocated({ ...result, adminAccess: true }),
    `${claims}/admin`,
  ),
  label(null),
  status('a change beside an administrator', { reservedFor: [ref('x')] }, `${claims}/admin`),
  apply('applied', `${claims}/applied`, { ...applied, spec: one({}) }),
  apply('a status applied', `${claims}/applied/status`, {
    ...applied,
    status: {
      ...allocated(result),
      reservedFor: [ref('x'), ref('y')],
      devices: [{ driver, pool: 'p', device: 'd', data: { a: 1 }, conditions: [] }],
    },
  }),
  apply('less of a status applied', `${claims}/applied/status`, {
    ...applied,
    status: { ...allocated(result), reservedFor: [ref('y')] },
  }),
  { what: 'a claim goes', method: 'DELETE', path: at(claims, 2) },
  patch('finalizers of a claim', at(claims, 3), { metadata: { finalizers: ['resource.kubernetes.io/delete-protection'] } }),
  { what: 'a claim that is held', method: 'DELETE', path: at(claims, 3) },
  table('a table of a claim that is held', at(claims, 3)),
  ...creations(templates, moreTemplates),
  table('a table of a template', at(templates, 2)),
  patch('a label of a template', at(templates, 2), { metadata: { labels: { a: 'b' } } }),
  patch('another template', at(templates, 2), { spec: { metadata: { labels: { a: 'b' } } } }),
  patch('another and wrong template', at(templates, 2), { spec: { spec: { devices: { requests: [{ name: 'x' }] } } } }),
  put('a template without a revision', at(templates, 2), { metadata: { name: `${namespace}-2` }, spec: { spec: one({}) } }),
  ...creations(slices, resourceSlices),
  table('a table of a slice', at(slices, 3)),
  ...['spec.nodeName=no-such-node,spec.driver=GPU.example.com', 'spec.nodeName=', 'spec.pool=x', 'metadata.name=x'].map(
    (selector) => table(`slices by ${selector}`, `${slices}?fieldSelector=${encodeURIComponent(selector)}`),
  ),
  patch('another slice', at(slices, 2), { spec: { devices: [{ name: 'x' }], pool: { generation: 2 } } }),
  patch('what is turned off, in a change of a slice', at(slices, 2), { spec: { perDeviceNodeSelection: true } }),
  patch('what is turned off and is not wanted, in a change of a slice', at(slices, 2), {
    spec: { perDeviceNodeSelection: false },
  }),
  patch('a label of a slice', at(slices, 2), { metadata: { labels: { a: 'b' } } }),
  patch('what is fixed of a slice', at(slices, 2), {
    spec: { driver: 'Other', nodeName: null, allNodes: true, pool: { name: 'q' } },
  }),
  put('a slice without a revision', at(slices, 2), { metadata: { name: `${namespace}-2` }, ...slice({}) }),
  ...removals(slices, resourceSlices),
  ...ofPods,
  ...selecting,
]
