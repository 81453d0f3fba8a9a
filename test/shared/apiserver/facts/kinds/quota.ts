import { asTable, creations, namespace, patch, type Said } from './conversation.ts'

const base = `/api/v1/namespaces/${namespace}`
const quotasPath = `${base}/resourcequotas`
const rangesPath = `${base}/limitranges`
const hard = (amounts: object, more: object = {}) => ({ spec: { hard: amounts, ...more } })
const selecting = (...matchExpressions: object[]) => hard({ pods: '1' }, { scopeSelector: { matchExpressions } })

const quotas = {
  nothing: {},
  'an empty spec': { spec: {} },
  amounts: hard({ cpu: '1.5', 'requests.memory': '1024Mi', pods: '10', 'count/deployments.apps': '4', 'example.com/gpu': '1' }),
  'an amount finer than a thousandth': hard({ cpu: '100u' }),
  'more asked than allowed': hard({ 'requests.cpu': '2', 'limits.cpu': '1' }),
  'more asked than allowed, by the bare name': hard({ memory: '2Gi', 'limits.memory': '1Gi' }),
  'more storage asked than allowed': hard({ 'requests.ephemeral-storage': '2', 'limits.ephemeral-storage': '1' }),
  'a resource nobody knows': hard({ gpu: '1' }),
  'a resource without quota': hard({ storage: '1' }),
  'a wrong name': hard({ 'a b': '1' }),
  'huge pages': hard({ 'hugepages-2Mi': '4Mi' }),
  'huge pages asked for': hard({ 'requests.hugepages-2Mi': '4Mi' }),
  'less than none': hard({ pods: '-1' }),
  'half a pod': hard({ pods: '500m' }),
  'half of something of another domain': hard({ 'example.com/gpu': '500m' }),
  'no amount': hard({ pods: 'x' }),
  scopes: hard({ pods: '1' }, { scopes: ['BestEffort'] }),
  'a scope of other resources': hard({ cpu: '1', memory: '1' }, { scopes: ['BestEffort'] }),
  'a scope of claims': hard({ persistentvolumeclaims: '1', pods: '1' }, { scopes: ['VolumeAttributesClass'] }),
  'a scope nobody knows': hard({ pods: '1' }, { scopes: ['x'] }),
  'scopes that exclude each other': hard(
    { pods: '1' },
    { scopes: ['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating'] },
  ),
  'a selector': selecting({ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }),
  'a selector nobody knows': selecting({ scopeName: 'x', operator: 'Exists' }),
  'a selector without values': selecting({ scopeName: 'PriorityClass', operator: 'In' }),
  'a selector with values': selecting({ scopeName: 'PriorityClass', operator: 'Exists', values: ['a'] }),
  'a selector with another operator': selecting({ scopeName: 'PriorityClass', operator: 'Is' }),
  'a selector of what has no values': selecting({ scopeName: 'BestEffort', operator: 'In', values: ['a'] }),
  'an empty rule': selecting({}),
  'selectors that exclude each other': selecting(
    { scopeName: 'Terminating', operator: 'Exists' },
    { scopeName: 'NotTerminating', operator: 'Exists' },
  ),
  'a selector of other resources': hard(
    { services: '1' },
    { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'Exists' }] } },
  ),
  'a status': { ...hard({ pods: '1' }), status: { hard: { pods: '1' }, used: { pods: '5' } } },
  'much at once': hard({ gpu: '-1' }, { scopes: ['x'], scopeSelector: { matchExpressions: [{}] } }),
  'a name of capitals': { metadata: { name: 'A b' } },
}

const limits = (...items: object[]) => ({ spec: { limits: items } })
const container = (bounds: object) => limits({ type: 'Container', ...bounds })
const ranges = {
  nothing: {},
  'no limits': limits(),
  'an empty one': limits({}),
  all: limits(
    {
      type: 'Container',
      max: { cpu: '2', memory: '1Gi' },
      min: { cpu: '100m' },
      default: { cpu: '1' },
      maxLimitRequestRatio: { cpu: '4' },
    },
    { type: 'Pod', max: { cpu: '4' }, min: { memory: '6Mi' } },
    { type: 'PersistentVolumeClaim', max: { storage: '2Gi' }, min: { storage: '1Gi' } },
  ),
  'only the least': container({ min: { cpu: '100m' } }),
  'only a default': container({ default: { memory: '512Mi' } }),
  'an amount finer than a thousandth': container({ max: { cpu: '100u' } }),
  'another type': limits({ type: 'x' }),
  'a type of another domain': limits({ type: 'example.com/x', max: { cpu: '1' } }),
  'a wrong type': limits({ type: 'a b' }),
  'a type twice': limits({ type: 'Pod' }, { type: 'Pod' }),
  'defaults of pods': limits({ type: 'Pod', default: { cpu: '1' }, defaultRequest: { cpu: '1' } }),
  'claims without storage': limits({ type: 'PersistentVolumeClaim', max: { cpu: '1' } }),
  'a resource nobody knows': container({ max: { gpu: '1' } }),
  'a resource of pods': limits({ type: 'Pod', max: { pods: '1' } }),
  'less than the least': container({ min: { cpu: '2' }, max: { cpu: '1' } }),
  'a default below the least': container({ min: { cpu: '2' }, default: { cpu: '1' } }),
  'a default above the most': container({ max: { cpu: '1' }, default: { cpu: '2' } }),
  'a request above the default': container({ default: { cpu: '1' }, defaultRequest: { cpu: '2' } }),
  'a request above the most': container({ max: { cpu: '1' }, defaultRequest: { cpu: '2' } }),
  'a request below the least': container({ min: { cpu: '2' }, defaultRequest: { cpu: '1' } }),
  'a ratio below one': container({ maxLimitRequestRatio: { cpu: '500m' } }),
  'a ratio that cannot be': container({ min: { cpu: '1' }, max: { cpu: '2' }, maxLimitRequestRatio: { cpu: '3' } }),
  'what may not be promised twice': container({
    default: { 'example.com/gpu': '2' },
    defaultRequest: { 'example.com/gpu': '1' },
  }),
  'less than nothing': container({ max: { cpu: '-1' } }),
}

const one = (all: string, index: number) => `${all}/${namespace}-${index}`

export const quota: readonly Said[] = [
  ...creations(quotasPath, quotas),
  patch('other scopes', one(quotasPath, 16), { spec: { scopes: ['Terminating'] } }),
  patch('no scopes', one(quotasPath, 16), { spec: { scopes: null } }),
  patch('another amount', one(quotasPath, 4), { spec: { hard: { 'requests.cpu': '3' } } }),
  patch('a wrong status', `${one(quotasPath, 2)}/status`, { status: { hard: { gpu: '-1' }, used: { pods: '1.5' } } }),
  patch('how much is used', `${one(quotasPath, 2)}/status`, {
    status: { hard: { cpu: '1500m', 'limits.cpu': '2', pods: '10' }, used: { cpu: '1', 'limits.cpu': '1' } },
    spec: { hard: { pods: '99' } },
  }),
  { what: 'a table of a resourcequota', path: one(quotasPath, 2), accept: asTable },
  { what: 'a quota goes', method: 'DELETE', path: one(quotasPath, 2) },
  ...creations(rangesPath, ranges),
  patch('a wrong range', one(rangesPath, 4), { spec: { limits: [{ type: 'x' }] } }),
  { what: 'a table of a limitrange', path: one(rangesPath, 4), accept: asTable },
  {
    what: 'a range that is not there',
    method: 'PUT',
    path: one(rangesPath, 90),
    body: { metadata: { name: `${namespace}-90` } },
  },
  { what: 'a range goes', method: 'DELETE', path: one(rangesPath, 90) },
]
