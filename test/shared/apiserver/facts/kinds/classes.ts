import { asTable, creations, namespace, patch, removals, type Said } from './conversation.ts'

const scheduling = '/apis/scheduling.k8s.io/v1'
const priorities = `${scheduling}/priorityclasses`
const nodes = '/apis/node.k8s.io/v1'
const runtimes = `${nodes}/runtimeclasses`

const priorityClasses = {
  nothing: {},
  'an ordinary one': { value: 1000, description: 'x' },
  never: { value: -5, preemptionPolicy: 'Never', globalDefault: false },
  'the highest': { value: 1_000_000_000 },
  'too high': { value: 1_000_000_001 },
  'another policy': { value: 1, preemptionPolicy: 'x' },
  'an empty policy': { value: 1, preemptionPolicy: '' },
  'too high, with another policy': { value: 2_000_000_000, preemptionPolicy: 'x' },
  'a name of the system': { metadata: { name: 'system-x' }, value: 1 },
  'a class of the system with another value': { metadata: { name: 'system-node-critical' }, value: 1 },
  'a class of the system as default': { metadata: { name: 'system-node-critical' }, value: 2_000_001_000, globalDefault: true },
  'no number': { value: 'x' },
  'a generation': { metadata: { name: `${namespace}-12`, generation: 7 }, value: 1 },
  'a name of capitals': { metadata: { name: 'A b' }, value: 1 },
}

const toleration = { key: 'a', operator: 'Exists', effect: 'NoSchedule' }
const runtimeClasses = {
  nothing: {},
  'an ordinary one': { handler: 'runc' },
  all: {
    handler: 'kata',
    overhead: { podFixed: { cpu: '0.25', memory: '120Mi' } },
    scheduling: { nodeSelector: { kata: 'yes' }, tolerations: [toleration, { ...toleration, key: 'b' }] },
  },
  empties: { handler: 'x', overhead: {}, scheduling: {} },
  'a wrong handler': { handler: 'Run_C' },
  'a wrong overhead': { handler: 'x', overhead: { podFixed: { gpu: '-1' } } },
  'less than none': { handler: 'x', overhead: { podFixed: { cpu: '-1' } } },
  'a wrong selector': { handler: 'x', scheduling: { nodeSelector: { 'a b': 'c d' } } },
  'a label of old': { handler: 'x', scheduling: { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } } },
  'a wrong toleration': { handler: 'x', scheduling: { tolerations: [{ operator: 'x' }, { key: 'a b', effect: 'y' }] } },
  'tolerations twice': { handler: 'x', scheduling: { tolerations: [toleration, { ...toleration, effect: 'NoSchedule' }] } },
  'much at once': { handler: '', scheduling: { nodeSelector: { 'a b': '' }, tolerations: [{ key: 'a', effect: 'x' }] } },
  'a wrong name': { metadata: { name: 'A_b' }, handler: 'x' },
}

const one = (all: string, index: number) => `${all}/${namespace}-${index}`
const put = (what: string, path: string, body: object): Said => ({ what, method: 'PUT', path, body })

export const classes: readonly Said[] = [
  { what: 'discovery of scheduling', path: scheduling },
  ...creations(priorities, priorityClasses),
  { what: 'a table of a priorityclass', path: one(priorities, 2), accept: asTable },
  patch('another value', one(priorities, 1), { value: 2, preemptionPolicy: 'Never' }),
  patch('another description', one(priorities, 1), { description: 'y' }),
  {
    what: 'the default',
    method: 'POST',
    path: priorities,
    body: { metadata: { name: 'facts-default' }, value: 3, globalDefault: true },
  },
  put('a class without a revision', one(priorities, 1), { metadata: { name: `${namespace}-1` }, value: 1000 }),
  { what: 'the default goes', method: 'DELETE', path: `${priorities}/facts-default` },
  ...removals(priorities, priorityClasses),
  { what: 'discovery of node', path: nodes },
  ...creations(runtimes, runtimeClasses),
  { what: 'a table of runtimeclasses', path: runtimes, accept: asTable },
  patch('another handler', one(runtimes, 1), { handler: 'x' }),
  patch('wrong and another handler', one(runtimes, 1), { handler: 'X_' }),
  patch('an overhead', one(runtimes, 1), { overhead: { podFixed: { cpu: '1' } } }),
  put('a class that is not there', one(runtimes, 50), { metadata: { name: `${namespace}-50` }, handler: 'x' }),
  put('a runtime class without a revision', one(runtimes, 1), { metadata: { name: `${namespace}-1` }, handler: 'runc' }),
  { what: 'the one that was put goes', method: 'DELETE', path: one(runtimes, 50) },
  ...removals(runtimes, runtimeClasses),
]
