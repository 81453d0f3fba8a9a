import { asTable, creations, namespace, patch, type Said } from './conversation.ts'

const base = '/apis/policy/v1'
const all = `${base}/namespaces/${namespace}/poddisruptionbudgets`
const one = `${all}/budget`
const selector = { matchLabels: { app: 'web' } }
const at = '2020-01-01T00:00:00Z'

const budgets = {
  nothing: {},
  'a number': { spec: { minAvailable: 1, selector } },
  'a share': { spec: { maxUnavailable: '50%', selector: {} } },
  both: { spec: { minAvailable: 1, maxUnavailable: '1%', selector, unhealthyPodEvictionPolicy: 'AlwaysAllow' } },
  'both, without a selector': { spec: { minAvailable: 1, maxUnavailable: 2 } },
  'less than none': { spec: { minAvailable: -1 } },
  'more than all': { spec: { maxUnavailable: '101%' } },
  'no share': { spec: { maxUnavailable: 'x' } },
  'a wrong selector': { spec: { selector: { matchExpressions: [{ key: 'a', operator: 'In' }] } } },
  'a wrong label': { spec: { selector: { matchLabels: { a: 'b c' } } } },
  'another policy': { spec: { unhealthyPodEvictionPolicy: 'x' } },
  'a policy': { spec: { unhealthyPodEvictionPolicy: 'AlwaysAllow' } },
  'an empty policy': { spec: { unhealthyPodEvictionPolicy: '' } },
  status: { spec: { minAvailable: 1 }, status: { currentHealthy: 5 } },
  'a name of capitals': { metadata: { name: 'A b' } },
  'a name with a slash': { metadata: { name: 'a/b' } },
  'no name': { metadata: {} },
  'wrong metadata': {
    metadata: {
      name: 'm',
      labels: { 'a b': 'c d' },
      annotations: { 'x y': 'z' },
      finalizers: ['nope'],
      ownerReferences: [{ kind: '', name: '', apiVersion: '', uid: '' }],
    },
  },
}

export const policy: readonly Said[] = [
  { what: 'discovery', path: base },
  ...creations(all, budgets),
  { what: 'a budget', method: 'POST', path: all, body: { metadata: { name: 'budget' }, spec: { minAvailable: 1, selector } } },
  {
    what: 'an update without a revision',
    method: 'PUT',
    path: one,
    body: { metadata: { name: 'budget' }, spec: { minAvailable: 2 } },
  },
  patch('another number', one, { spec: { minAvailable: 2 } }),
  patch('a label is no new generation', one, { metadata: { labels: { a: 'b' } } }),
  patch('a wrong status', `${one}/status`, {
    status: {
      currentHealthy: -1,
      disruptionsAllowed: -1,
      conditions: [
        { type: 'A b', status: 'x' },
        { type: 'A', status: 'True', reason: 'a b', lastTransitionTime: at, message: '', observedGeneration: -1 },
        { type: 'A', status: 'True', reason: 'x', lastTransitionTime: at, message: 'x'.repeat(32_769) },
      ],
    },
  }),
  patch('a status', `${one}/status`, {
    status: {
      currentHealthy: 3,
      disruptionsAllowed: 2,
      observedGeneration: 2,
      disruptedPods: { a: at },
      conditions: [{ type: 'A', status: 'True', reason: 'x', lastTransitionTime: at, message: '' }],
    },
  }),
  patch('no number', one, { spec: { minAvailable: null } }),
  { what: 'a table', path: all, accept: asTable },
  { what: 'the status', path: `${one}/status` },
]
