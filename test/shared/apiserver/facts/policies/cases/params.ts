import type { Case } from '../case.ts'
import { clusterLimit, limit, limits } from './limits.ts'
import { base, create, map, patch, post, role, scaler } from './requests.ts'
import { cluster, concerning, core, only, ref, tells } from './specs.ts'

const paramTells = "params == null ? 'none' : params.kind + ' ' + params.apiVersion + ' ' + params.metadata.name"
const globally = { apiVersion: 'policies.example.com/v1', kind: 'ClusterLimit' }

export const paramCases: readonly Case[] = [
  { what: 'params: no reference', spec: { paramKind: core, ...tells(paramTells) }, requests: [create('a')] },
  {
    what: 'params: a reference, and no kind',
    spec: tells("'none'"),
    bindings: [ref({ name: 'x' })],
    requests: [create('a')],
  },
  {
    what: 'params: a ConfigMap of the namespace',
    spec: { paramKind: core, ...tells(paramTells) },
    bindings: [ref({ name: 'settings' })],
    before: [create('settings', { a: 'b' })],
    requests: [create('a')],
  },
  {
    what: 'params: a ConfigMap of another namespace',
    spec: { paramKind: core, ...tells("params.metadata.namespace + ''") },
    bindings: [ref({ name: 'settings', namespace: 'NS-y' })],
    before: [
      post('/api/v1/namespaces', { metadata: { name: 'NS-y' } }),
      post('/api/v1/namespaces/NS-y/configmaps', map('settings')),
    ],
    requests: [create('a')],
  },
  {
    what: 'params: a Secret',
    spec: { paramKind: { apiVersion: 'v1', kind: 'Secret' }, ...tells("params.kind + ' ' + params.data.a") },
    bindings: [ref({ name: 's' })],
    before: [post(`${base}/secrets`, { metadata: { name: 's' }, stringData: { a: 'b' } })],
    requests: [create('a')],
  },
  {
    what: 'params: a Namespace',
    spec: { paramKind: { apiVersion: 'v1', kind: 'Namespace' }, ...tells(paramTells) },
    bindings: [ref({ name: 'NS' })],
    requests: [create('a')],
  },
  {
    what: 'params: another version of a built-in kind',
    spec: {
      paramKind: { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler' },
      ...tells("params.apiVersion + ' ' + string(params.spec.maxReplicas)"),
    },
    bindings: [ref({ name: 'h' })],
    before: [scaler('v2', 'h')],
    requests: [create('a')],
  },
  {
    what: 'params: a custom kind',
    spec: { paramKind: limits, ...tells("params.kind + ' ' + params.apiVersion + ' ' + string(params.spec.n + 1)") },
    bindings: [ref({ name: 'l' })],
    before: [limit('l', { n: 3 })],
    requests: [create('a')],
  },
  {
    what: 'params: another version of a custom kind',
    spec: { paramKind: { ...limits, apiVersion: 'policies.example.com/v1beta1' }, ...tells("params.apiVersion + ''") },
    bindings: [ref({ name: 'l' })],
    before: [limit('l', { n: 3 })],
    requests: [create('a')],
  },
  {
    what: 'params: a custom kind of the cluster',
    spec: { paramKind: globally, ...tells('params.spec.words.join(",")') },
    bindings: [ref({ name: 'NS' })],
    before: [clusterLimit('NS', { words: ['a', 'b'] })],
    requests: [create('a')],
  },
  {
    what: 'params: not there, and allowed',
    spec: { paramKind: limits, ...only('false') },
    bindings: [ref({ name: 'none' }, 'Allow')],
    requests: [create('a')],
  },
  {
    what: 'params: by labels',
    spec: { paramKind: limits, ...only('params.spec.n > 3', { messageExpression: "string(params.spec.n) + ' is too few'" }) },
    bindings: [ref({ selector: { matchLabels: { use: 'yes' } } })],
    before: [limit('a', { n: 4 }, { use: 'yes' }), limit('b', { n: 2 }, { use: 'yes' }), limit('c', { n: 1 })],
    requests: [create('a')],
  },
  {
    what: 'params: all',
    spec: { paramKind: limits, ...only('params.spec.n > 3') },
    bindings: [ref({ selector: {} })],
    before: [limit('a', { n: 4 }), limit('b', { n: 5 })],
    requests: [create('a')],
  },
  {
    what: 'params: by labels that nothing has',
    spec: { paramKind: limits, ...only('false') },
    bindings: [ref({ selector: { matchLabels: { use: 'no' } } })],
    before: [limit('a', { n: 4 })],
    requests: [create('a')],
  },
  {
    what: 'params: by labels that nothing has, and allowed',
    spec: { paramKind: limits, ...only('false') },
    bindings: [ref({ selector: { matchLabels: { use: 'no' } } }, 'Allow')],
    before: [limit('a', { n: 4 })],
    requests: [create('a')],
  },
  {
    what: 'params: in the namespace of what is in none',
    spec: { paramKind: limits, ...only('false'), ...concerning(['clusterroles'], {}, { resourceNames: ['NS-r'] }) },
    bindings: [ref({ name: 'l' })],
    requests: [role('NS-r')],
  },
  {
    what: 'params: in a namespace, for what is in none',
    spec: { paramKind: limits, ...tells(paramTells), ...concerning(['clusterroles'], {}, { resourceNames: ['NS-r'] }) },
    bindings: [ref({ name: 'l', namespace: 'NS' })],
    before: [limit('l', {})],
    requests: [role('NS-r')],
  },
  {
    what: 'params: in the namespace that is written',
    spec: { paramKind: limits, ...tells(paramTells), ...cluster({}, { operations: ['UPDATE'] }) },
    bindings: [ref({ name: 'l' })],
    before: [limit('l', {})],
    requests: [patch('/api/v1/namespaces/NS', { metadata: { labels: { x: 'y' } } })],
  },
  {
    what: 'params: in conditions',
    spec: {
      paramKind: limits,
      matchConditions: [{ name: 'c', expression: 'object.metadata.name == params.spec.name' }],
      ...only('false'),
    },
    bindings: [ref({ name: 'l' })],
    before: [limit('l', { name: 'b' })],
    requests: [create('a'), create('b')],
  },
]
